"""Get-or-404 in one school; another school's id is an id that never was."""

from shared.data import reader
from shared.data.item import Record
from shared.errors import Conflict, NotFound
from shared.http.request import current


class Repository[T: Record]:
    """The records of one kind in one school. Modules add their access patterns."""

    kind: type[T]

    def __init__(self, school_id: str) -> None:
        self.school_id = school_id

    def find(self, entity_id: str, *, consistent: bool = False) -> T | None:
        """The record, or None."""
        return reader.load(self.kind, consistent=consistent, school_id=self.school_id, id=entity_id)

    def get(self, entity_id: str, *, consistent: bool = False) -> T:
        """The record, or NotFound."""
        found = self.find(entity_id, consistent=consistent)
        if found is None:
            raise NotFound
        return found

    def get_for_change(self, entity_id: str) -> T:
        """The record as it stands now; a Conflict with the current version where the request's If-Match is behind."""
        found = self.get(entity_id, consistent=True)
        wanted = current().if_match
        if wanted is not None and wanted != found.version:
            raise Conflict("This record was changed in the meantime", current_version=found.version)
        return found

    def get_many(self, ids: list[str], *, consistent: bool = False) -> list[T]:
        """The records that exist among the ids, in their order."""
        return reader.load_many(self.kind, [{"school_id": self.school_id, "id": i} for i in ids], consistent=consistent)

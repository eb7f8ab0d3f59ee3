"""The access patterns of the audit log."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from functions.logs.window import Window
from shared.data import reader
from shared.data.reader import Raw
from shared.entities.audit import AuditDay, StudentView
from shared.entities.ground import Journal
from shared.entities.tenancy import User

SLIM = ("pk", "sk", "id", "kind", "action", "module", "entityId", "entityIds", "userId", "status", "errorMessage")
OPERATOR, SYSTEM = "Platform operator", "System"


class Log:
    """A school's journal, over all kinds, by time."""

    def __init__(self, school_id: str) -> None:
        self.school_id = school_id

    def between(
        self, since: str, until: str, *, kind: str | None = None, newest_first: bool = False, slim: bool = False, limit: int | None = None
    ) -> Iterator[Raw]:
        """The entries between two ids, of one kind or of all; slim ones hold what filters look at."""
        if kind:
            partition = Journal.partition_of(school_id=self.school_id, kind=kind)
        else:
            partition = Journal.index_partition_of(school_id=self.school_id)
        return reader.query(
            partition,
            after=since,
            until=until,
            index=kind is None,
            newest_first=newest_first,
            fields=SLIM if slim else (),
            limit=limit,
        )

    def whole(self, slim: list[Raw]) -> list[Raw]:
        """The whole entries of slim ones, in their order."""
        keys = [(raw["pk"]["S"], raw["sk"]["S"]) for raw in slim]
        found = reader.get_many(keys)
        return [found[key] for key in keys if key in found]

    def entry(self, entry_id: str) -> Raw | None:
        """One entry by its id."""
        return next(self.between(entry_id, entry_id), None)

    def oldest(self) -> Raw | None:
        """The oldest entry that is still in the table."""
        return next(self.between("", "", slim=True, limit=1), None)

    def sealed(self, first: str, last: str) -> dict[str, AuditDay]:
        """The sealed days between two dates, both inclusive."""
        partition = AuditDay.partition_of(school_id=self.school_id)
        found = (AuditDay.from_item(raw) for raw in reader.query(partition, after=first, until=last))
        return {made.day: made for made in found}

    def sealed_in(self, window: Window) -> dict[str, AuditDay]:
        """The sealed days that a window touches."""
        return self.sealed(window.day, window.until.date().isoformat())

    def last_sealed(self) -> AuditDay | None:
        """The newest sealed day."""
        partition = AuditDay.partition_of(school_id=self.school_id)
        for raw in reader.query(partition, consistent=True, newest_first=True, limit=1):
            return AuditDay.from_item(raw)
        return None

    def views(self, student_id: str, first: date, last: date) -> list[dict[str, Any]]:
        """Who looked at a student between two dates, the newest day first."""
        partition = StudentView.partition_of(school_id=self.school_id, student_id=student_id)
        until = (last + timedelta(days=1)).isoformat()
        found = reader.query(partition, after=first.isoformat(), until=until, newest_first=True)
        return [reader.plain(raw) for raw in found]

    def names(self, user_ids: set[str]) -> dict[str, str]:
        """The names of the school's users among some ids, as they are today."""
        users = reader.load_many(User, [{"school_id": self.school_id, "id": i} for i in sorted(user_ids)])
        return {u.id: " ".join(filter(None, (u.first_name, u.last_name))) for u in users}


def name_of(user_id: str | None, role: str | None, names: dict[str, str]) -> str | None:
    """How an actor is called: operators are no users of the school, and jobs are nobody."""
    if user_id in names:
        return names[user_id]
    if role == "SUPER_ADMIN":
        return OPERATOR
    return SYSTEM if user_id is None and role == "SYSTEM" else None

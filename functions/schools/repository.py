"""The access patterns of schools and holidays."""

from functools import partial
from typing import Any

from shared.auth import gate
from shared.data import reader
from shared.data.item import Item
from shared.data.repository import Repository
from shared.data.unit_of_work import RetryWrite, UnitOfWork
from shared.entities.academics import Holiday
from shared.entities.tenancy import School, SchoolListing
from shared.errors import Conflict, NotFound
from shared.http.request import current
from shared.names import PLATFORM_SCHOOL


def get_school(school_id: str, *, consistent: bool = False) -> School:
    """A school by its id, or NotFound."""
    found = reader.load(School, consistent=consistent, school_id=school_id)
    if found is None:
        raise NotFound
    return found


def school_for_change(school_id: str) -> School:
    """A school as it stands now; a Conflict with the current version where the request's If-Match is behind."""
    found = get_school(school_id, consistent=True)
    wanted = current().if_match
    if wanted is not None and wanted != found.version:
        raise Conflict("This record was changed in the meantime", current_version=found.version)
    return found


def add_school(unit: UnitOfWork, school: School, told: dict[str, list[Any]]) -> None:
    """Create a school and its place in the platform's list; `told` is what the platform's journal says of it."""
    unit.create(school)
    unit.put(SchoolListing.of(school), Item.pk.does_not_exist(), RetryWrite())
    unit.note("CREATE_SCHOOL", "SchoolListing", school.id, told, school_id=PLATFORM_SCHOOL)


def change_school(unit: UnitOfWork, school: School) -> None:
    """Update a school and its place in the list, whose order the school's version keeps."""
    unit.update(school)
    unit.put(SchoolListing.of(school), None, RetryWrite())
    unit.note("UPDATE_SCHOOL", "SchoolListing", school.id, {"version": [school.version - 1, school.version]}, school_id=PLATFORM_SCHOOL)
    unit.after_commit.append(partial(gate.forget, school.id))


class Holidays(Repository[Holiday]):
    """The holidays of a school."""

    kind = Holiday

    def add(self, unit: UnitOfWork, made: Holiday) -> None:
        """Create a holiday."""
        unit.create(made)
        unit.claim("HOLIDAY", identity(made), made.id, _twice())

    def change(self, unit: UnitOfWork, made: Holiday, before: str) -> None:
        """Update a holiday, which was told apart by `before`."""
        unit.update(made)
        if identity(made) != before:
            unit.release("HOLIDAY", before, made.id)
            unit.claim("HOLIDAY", identity(made), made.id, _twice())

    def remove(self, unit: UnitOfWork, made: Holiday) -> None:
        """Remove a holiday."""
        unit.delete(made)
        unit.release("HOLIDAY", identity(made), made.id)


def identity(holiday: Holiday) -> str:
    """What tells a holiday from another: its name, ignoring case, and its days. Different ones may overlap."""
    return f"{holiday.name.casefold()}\t{holiday.start_date}\t{holiday.end_date}"


def _twice() -> Conflict:
    return Conflict.of("name", "A holiday of this name stands on these days already")

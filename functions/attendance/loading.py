"""The fast way in for a year of registers that come from elsewhere: registers and their roll-ups as they would have become, put in batches.

    put_many(class_year(school_id, class_id, {"2026-06-01": {student_id: "PRESENT"}}, by=user_id))

For classes that nobody marks meanwhile: nothing is journalled, and what stands there is written over.
"""

from collections.abc import Iterator, Mapping

from functions.attendance import rollups
from functions.attendance.repository import OpenRegister, made_register
from shared.attendance_codes import LETTERS, Mark
from shared.data.derived import put_many
from shared.data.item import Item
from shared.entities.attendance import Register

__all__ = ["class_year", "put_many", "register_of"]


def register_of(school_id: str, class_id: str, day: str, statuses: Mapping[str, str], *, by: str, at: str | None = None) -> Register:
    """A register as one call of marking makes it: student → status. `at` is when; ten in the morning (UTC) of the day unless it is told."""
    moment = at or f"{day}T10:00:00.000Z"
    marks = [Mark(student, LETTERS[status], by, moment, by, moment) for student, status in statuses.items()]
    return made_register(school_id, OpenRegister(class_id, day, 0, []), marks)


def class_year(school_id: str, class_id: str, days: Mapping[str, Mapping[str, str]], *, by: str, registers: bool = True) -> Iterator[Item]:
    """The registers of a class (day → student → status) and the roll-ups of their months; without the registers where only those are asked for.

    The list of low attendance is made by the daily job.
    """
    months: dict[str, list[tuple[str, str]]] = {}
    for day in sorted(days):
        register = register_of(school_id, class_id, day, days[day], by=by)
        months.setdefault(day[:7], []).append((day, register.marks))
        if registers:
            yield register
    for month, listed in months.items():
        yield from rollups.month_of(school_id, class_id, month, listed)

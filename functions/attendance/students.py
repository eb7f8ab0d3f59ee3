"""A student's marked days, each with the class of its time (rule S3)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from shared.attendance_totals import class_marks
from shared.entities.people import Student
from shared.stays import class_on


class Day(NamedTuple):
    """A student's mark of a day."""

    day: str
    class_id: str
    student_id: str
    letter: str


def history_of(student: Student) -> list[dict[str, Any]]:
    """The classes in which a student was, and when."""
    return student.stays or [{"classId": student.class_id, "since": student.admission_date}]


def history_of_row(row: dict[str, Any]) -> list[dict[str, Any]]:
    """The same from a row of the list."""
    return row.get("stays") or [{"classId": row["classId"], "since": row["admissionDate"]}]


def marked_days(
    school_id: str,
    histories: Mapping[str, Sequence[dict[str, Any]]],
    first: date,
    last: date,
    today: date,
    *,
    only: Iterable[str] | None = None,
) -> list[Day]:
    """The days of some students in a span, one query for each class. `only`: of these classes.

    A student has one status a day: where the registers of two classes hold one, as after a move in the middle of a day, that of the
    class in which the student was by its history stands. A mark is not lost where a move was dated back behind it.
    """
    allowed = None if only is None else frozenset(only)
    wanted = {class_id for stays in histories.values() for class_id in _classes(stays, first.isoformat(), last.isoformat())}
    found: dict[tuple[str, str], Day] = {}
    for class_id in sorted(wanted):
        marks = class_marks(school_id, class_id, first, last, today)
        for student_id, stays in histories.items():
            for day, letter in marks.get(student_id, {}).items():
                if (student_id, day) not in found or class_on(stays, day) == class_id:
                    found[student_id, day] = Day(day, class_id, student_id, letter)
    return [day for day in found.values() if allowed is None or day.class_id in allowed]


def _classes(stays: Sequence[dict[str, Any]], first: str, last: str) -> set[str]:
    """The classes in which a student was within some days, and the one before them."""
    within = [n for n, stay in enumerate(stays) if stay["since"] <= last and stay.get("until", last) >= first]
    return {stay["classId"] for stay in stays[max(within[0] - 1, 0) : within[-1] + 1]} if within else {s["classId"] for s in stays[-1:]}

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

    A mark counts in the class in which the student was on that day: what a class says of somebody who had left it is no second status.
    """
    allowed = None if only is None else frozenset(only)
    wanted = {
        stay["classId"]
        for stays in histories.values()
        for stay in stays
        if stay["since"] <= last.isoformat() and stay.get("until", "9999") >= first.isoformat()
    }
    found = []
    for class_id in sorted(wanted if allowed is None else wanted & allowed):
        marks = class_marks(school_id, class_id, first, last, today)
        for student_id, stays in histories.items():
            days = marks.get(student_id, {})
            found += [Day(day, class_id, student_id, letter) for day, letter in days.items() if class_on(stays, day) == class_id]
    return found

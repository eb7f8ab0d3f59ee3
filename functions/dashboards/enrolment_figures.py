"""Enrolment, counted over the list of students that the container holds."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from functions.dashboards import rules
from functions.dashboards import schemas_analytics as wire
from shared.data.list_model import Row
from shared.lists import CLASSES, STUDENTS

PRESENT = frozenset({"ACTIVE", "SUSPENDED"})  # who is at the school now, as in the list of students


def present_students(school_id: str) -> list[Row]:
    """The students who are at the school now."""
    return [row for row in STUDENTS.recent(school_id).values() if row["status"] in PRESENT]


def analyse(school_id: str, first: date, last: date, today: date, class_id: str | None, grade: str | None) -> wire.StudentAnalytics:
    """The figures of the students of a class or grade, or of all."""
    classes = CLASSES.recent(school_id)

    def grade_of(row: Row) -> str:
        return str(classes[row["classId"]]["grade"]) if row["classId"] in classes else ""

    rows = [
        row
        for row in STUDENTS.recent(school_id).values()
        if (class_id is None or row["classId"] == class_id) and (grade is None or grade_of(row) == grade)
    ]
    here = [row for row in rows if row["status"] in PRESENT]
    labels = {i: f"{c['name']} {c['section']}".strip() for i, c in classes.items()}
    return wire.StudentAnalytics(
        date_from=first.isoformat(),
        date_to=last.isoformat(),
        total=len(here),
        by_month=list(_by_month(rows, first, min(last, today))),
        by_class=counts((row["classId"] for row in here), labels),
        by_grade=counts(grade_of(row) for row in here),
        by_gender=counts(row["gender"] for row in here),
        by_status=counts(row["status"] for row in rows),
    )


def counts(keys: Iterable[str], labels: dict[str, str] | None = None) -> list[wire.Count]:
    """How often each key occurs, in the order of their labels."""
    found = [wire.Count(key=k, label=(labels or {}).get(k, k), students=n) for k, n in Counter(keys).items()]
    return sorted(found, key=lambda c: natural(c.label))


def natural(label: str) -> list[tuple[int, int | str]]:
    """A sort key by which `9` comes before `10`."""
    return [(0, int(p)) if p.isdecimal() else (1, p) for p in _parts(label)]


def _parts(label: str) -> list[str]:
    parts: list[str] = []
    for char in label:
        if parts and parts[-1].isdecimal() == char.isdecimal():
            parts[-1] += char
        else:
            parts.append(char)
    return parts


def _by_month(rows: list[Row], first: date, last: date) -> Iterable[wire.MonthCount]:
    """Admissions, leavings and who was enrolled at each month's end. A student has left after the exit date."""
    came = sorted(str(row["admissionDate"]) for row in rows)
    went = sorted(_left(row) for row in rows if _left(row))
    for month in rules.months(first, last):
        end = min(rules.month_end(month), last.isoformat())
        yield wire.MonthCount(
            month=month,
            admitted=sum(1 for day in came if day.startswith(month)),
            left=sum(1 for day in went if day.startswith(month)),
            enrolled=sum(1 for day in came if day <= end) - sum(1 for day in went if day < end),
        )


def _left(row: Row) -> str:
    """The last day of a student who is not at the school any more; the day of admission where none is told."""
    if row["status"] in PRESENT:
        return ""
    told: Any = row.get("exitDate")
    return str(told or row["admissionDate"])

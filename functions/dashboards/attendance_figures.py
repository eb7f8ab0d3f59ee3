"""Attendance as dashboards and analytics show it, from the daily counts of the classes."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from functions.dashboards import days, enrolment_figures, schemas
from functions.dashboards import schemas_analytics as wire
from shared import attendance_totals
from shared.attendance_codes import STATUSES, Counts, summed
from shared.auth.caller import Caller
from shared.entities.people import Student
from shared.lists import CLASSES, STUDENTS
from shared.regions import WEEK
from shared.school_settings import SchoolSettings
from shared.stays import Stay

type Days = attendance_totals.Days


@dataclass(frozen=True, slots=True)
class Month:
    """A month so far: class → day → counts."""

    classes: Mapping[str, Days]

    @property
    def total(self) -> Counts:
        """All marks of the month."""
        return summed(c for of_class in self.classes.values() for c in of_class.values())

    def of_class(self, class_id: str) -> Counts:
        """All marks of a class."""
        return summed(self.classes.get(class_id, {}).values())

    def day_of(self, class_id: str, day: str) -> Counts | None:
        """The counts of a class's register of a day; None where it is not marked."""
        return self.classes.get(class_id, {}).get(day)

    def marked_on(self, day: str) -> frozenset[str]:
        """The classes whose register of a day is marked."""
        return frozenset(i for i, of_class in self.classes.items() if day in of_class)


def percentage(counts: Counts) -> Decimal | None:
    """Rule T3."""
    return counts.percentage


def of_month(caller: Caller, today: date) -> Month:
    """The school's month up to today."""
    return Month(attendance_totals.daily_counts(caller.school_id, today.replace(day=1), today, today, fresh=False))


def of_classes(caller: Caller, today: date, class_ids: Collection[str]) -> Month:
    """The same of some classes."""
    if not class_ids:
        return Month({})
    return Month(attendance_totals.daily_counts(caller.school_id, today.replace(day=1), today, today, class_ids=class_ids, fresh=False))


def of_day(caller: Caller, month: Month, today: date, classes: Mapping[str, Any]) -> schemas.TodayAttendance:
    """How far today's registers are."""
    iso = today.isoformat()
    counts = summed(c for i in classes if (c := month.day_of(i, iso)))
    return schemas.TodayAttendance(
        school_day=days.is_school_day(caller, today),
        classes=len(classes),
        marked=len(month.marked_on(iso) & classes.keys()),
        rate=counts.percentage,
        **counts._asdict(),
    )


def low(caller: Caller, class_ids: frozenset[str] | None = None) -> list[schemas.LowAttendance]:
    """The students whose attendance of the academic year is below the school's threshold, the lowest first."""
    below = SchoolSettings.of(caller.school).attendance.low_percentage
    students = STUDENTS.recent(caller.school_id)
    return [
        schemas.LowAttendance(
            student_id=one.student_id,
            name=" ".join(filter(None, (students[one.student_id]["firstName"], students[one.student_id].get("lastName")))),
            class_id=one.class_id,
            percentage=one.percentage,
            marked_days=one.counts.total,
        )
        for one in attendance_totals.low_attendance(caller.school_id, below, class_ids=class_ids)
        if one.student_id in students
    ]


def of_student(caller: Caller, student: Student, today: date) -> dict[str, Any]:
    """A student's status of today, percentage of the academic year and absences of this month."""
    start = date.fromisoformat(caller.school.academic_year["start"])
    marks = _marks(caller, student, min(start, today), today)
    holidays = attendance_totals.holidays_between(caller.school_id, min(start, today), today)
    counted = {day: letter for day, letter in marks.items() if day not in holidays}
    month = today.isoformat()[:7]
    return {
        "attendance_today": STATUSES[counted[today.isoformat()]] if today.isoformat() in counted else None,
        "attendance_percentage": Counts.of(counted.values()).percentage,
        "absences_this_month": sum(1 for day, letter in counted.items() if letter == "A" and day.startswith(month)),
    }


def _marks(caller: Caller, student: Student, first: date, today: date) -> dict[str, str]:
    """Day → letter of a student, in each class for the time in it."""
    found: dict[str, str] = {}
    stays: Sequence[Stay] = student.stays or [{"classId": student.class_id, "since": student.admission_date}]
    for stay in stays:
        since = max(first, date.fromisoformat(stay["since"]))
        until = min(today, date.fromisoformat(stay.get("until", today.isoformat())))
        if since <= until:
            sheet = attendance_totals.class_marks(caller.school_id, stay["classId"], since, until, today)
            found |= sheet.get(student.id, {})
    return found


def analyse(
    caller: Caller, first: date, last: date, class_id: str | None, grade: str | None, own: frozenset[str] | None, *, gender: bool = False
) -> wire.AttendanceAnalytics:
    """The figures of a class, a grade, a teacher's classes, or of all."""
    known = CLASSES.recent(caller.school_id)
    asked = {
        i
        for i, c in known.items()
        if class_id in (None, i) and grade in (None, c["grade"]) and (own is None or i in own)
    }  # fmt: skip
    everything = class_id is None and grade is None and own is None
    counts = attendance_totals.daily_counts(
        caller.school_id, first, last, caller.today(), class_ids=None if everything else frozenset(asked)
    )
    return wire.AttendanceAnalytics(
        date_from=first.isoformat(),
        date_to=last.isoformat(),
        total=_group("", "All", (c for of_class in counts.values() for c in of_class.values())),
        by_month=_groups(((day[:7], c) for _, day, c in _flat(counts))),
        by_weekday=_weekdays(counts),
        by_class=_groups(((i, c) for i, _, c in _flat(counts)), {i: f"{c['name']} {c['section']}".strip() for i, c in known.items()}),
        by_grade=_groups((known[i]["grade"], c) for i, _, c in _flat(counts) if i in known),
        by_gender=_genders(caller, first, last, counts) if gender else None,
    )


def _flat(counts: Mapping[str, Days]) -> Iterable[tuple[str, str, Counts]]:
    return ((i, day, c) for i, of_class in counts.items() for day, c in of_class.items())


def _group(key: str, label: str, counts: Iterable[Counts]) -> wire.AttendanceGroup:
    together = summed(counts)
    return wire.AttendanceGroup(key=key, label=label, total_days=together.total, percentage=together.percentage, **together._asdict())


def _groups(pairs: Iterable[tuple[str, Counts]], labels: Mapping[str, str] | None = None) -> list[wire.AttendanceGroup]:
    found: dict[str, list[Counts]] = defaultdict(list)
    for key, counts in pairs:
        found[key].append(counts)
    groups = [_group(k, (labels or {}).get(k, k), c) for k, c in found.items()]
    return sorted(groups, key=lambda g: (enrolment_figures.natural(g.label), g.key))


def _weekdays(counts: Mapping[str, Days]) -> list[wire.AttendanceGroup]:
    groups = {g.key: g for g in _groups((WEEK[date.fromisoformat(day).weekday()], c) for _, day, c in _flat(counts))}
    return [groups[day] for day in WEEK if day in groups]


def _genders(caller: Caller, first: date, last: date, classes: Iterable[str]) -> list[wire.AttendanceGroup]:
    """By the students' gender: one query a class, because it goes by student."""
    students, today = STUDENTS.recent(caller.school_id), caller.today()
    holidays = attendance_totals.holidays_between(caller.school_id, first, last)
    letters: dict[str, list[str]] = defaultdict(list)
    for class_id in classes:
        for student, marks in attendance_totals.class_marks(caller.school_id, class_id, first, last, today).items():
            gender = students[student]["gender"] if student in students else "UNKNOWN"
            letters[gender] += [letter for day, letter in marks.items() if day not in holidays]
    return _groups((gender, Counts.of(found)) for gender, found in letters.items())

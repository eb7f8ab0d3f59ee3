"""Sums of attendance: a student's, and a class's with its students (rule T3)."""

from datetime import date
from decimal import Decimal
from typing import Any

from functions.attendance import answers, calendar, rules, schemas, students
from shared.attendance_codes import Counts, summed
from shared.attendance_totals import class_marks, holidays_between
from shared.auth.caller import Caller
from shared.auth.scope import visible_student
from shared.lists import STUDENTS
from shared.school_settings import SchoolSettings


def low_line(caller: Caller) -> Decimal:
    """The percentage below which attendance is called low."""
    return SchoolSettings.of(caller.school).attendance.low_percentage


def is_low(counts: Counts, line: Decimal) -> bool:
    """Whether a percentage is low; where nothing is marked, nothing is."""
    return counts.percentage is not None and counts.percentage < line


def get_student_summary(caller: Caller, student_id: str, query: schemas.SummaryQuery) -> schemas.StudentSummary:
    """The sums of a student whom the caller may see."""
    student = visible_student(caller, student_id, what="academics")
    first, last = calendar.span_of(query.date_from, query.date_to, calendar.year_to_date(caller))
    days = students.marked_days(caller.school_id, {student_id: students.history_of(student)}, first, last, caller.today())
    holidays = holidays_between(caller.school_id, first, last)
    counts = Counts.of(day.letter for day in days if day.day not in holidays)
    line = low_line(caller)
    kept = {day.day: holidays[day.day] for day in days if day.day in holidays}
    return schemas.StudentSummary(
        student_id=student_id,
        date_from=first.isoformat(),
        date_to=last.isoformat(),
        low=is_low(counts, line),
        explain=answers.explanation(counts, kept, low=line) if query.explain else None,
        **answers.totals(counts),
    )


def get_class_summary(caller: Caller, class_id: str, query: schemas.SummaryQuery) -> schemas.ClassSummary:
    """The sums of a class that the caller may see, by student in the order of their numbers."""
    calendar.visible_class(caller, class_id)
    first, last = calendar.span_of(query.date_from, query.date_to, calendar.year_to_date(caller))
    sums = class_sums(caller, class_id, first, last)
    line, total = low_line(caller), summed(sums.by_student.values())
    return schemas.ClassSummary(
        class_id=class_id,
        date_from=first.isoformat(),
        date_to=last.isoformat(),
        registers=len(sums.days),
        students=[_student(caller, student, counts, line, explain=query.explain) for student, counts in sums.by_student.items()],
        explain=answers.explanation(total, sums.holidays, low=line) if query.explain else None,
        **answers.totals(total),
    )


class ClassSums:
    """What a class's registers say: each student's counts in the order of their numbers, the days that count, and those that do not."""

    def __init__(self, by_student: dict[str, Counts], days: set[str], holidays: dict[str, str]) -> None:
        self.by_student = by_student
        self.days = days
        self.holidays = holidays


def class_sums(caller: Caller, class_id: str, first: date, last: date) -> ClassSums:
    """The sums of a class over some days, as its registers tell them: its report says the same."""
    marks = class_marks(caller.school_id, class_id, first, last, caller.today())
    holidays = holidays_between(caller.school_id, first, last)
    rows = STUDENTS.recent(caller.school_id)
    counted: dict[str, Counts] = {}
    days: set[str] = set()
    for student_id in sorted(marks, key=lambda s: (rows[s]["rollNumber"] if s in rows else "~", s)):
        days |= marks[student_id].keys() - holidays.keys()
        counted[student_id] = rules.counts_of_days(marks[student_id], holidays)
    kept = {day for student in marks.values() for day in student if day in holidays}
    return ClassSums(counted, days, {day: holidays[day] for day in kept})


def _student(caller: Caller, student_id: str, counts: Counts, line: Decimal, *, explain: bool) -> schemas.StudentTotals:
    row = STUDENTS.recent(caller.school_id).get(student_id)
    named: dict[str, Any] = {"student_name": calendar.full_name(row), "roll_number": row["rollNumber"]} if row else {}
    return schemas.StudentTotals(
        student_id=student_id,
        low=is_low(counts, line),
        explain=answers.explanation(counts) if explain else None,
        **named,
        **answers.totals(counts),
    )

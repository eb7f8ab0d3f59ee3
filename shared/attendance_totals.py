"""What is read of attendance: by student and day in a class, by class and day in a school, and whose attendance is low.

How a read sees what was written a moment ago although roll-ups lag:
- A day's counts (MonthCounts) are written in the transaction of its register, so they are never behind. Months that may still change are
  read strongly consistent where that is asked for, older ones not.
- A month's sheet (MonthSheet) is made by a journal consumer. The registers of the last FRESH_DAYS days are read themselves, in the same
  query, and stand above the sheet; a change of an older day makes the sheet anew before its request is answered.
- LowAttendance follows within seconds; it feeds dashboards and nothing else.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from shared.attendance_codes import Counts, Sheet, letters_of, month_span, unpack_counts, unpack_sheet
from shared.data import reader
from shared.data.reader import Raw
from shared.entities.attendance import LowAttendance, MonthCounts, Register
from shared.lists import HOLIDAYS, STUDENTS

FRESH_DAYS = 7
_ONE_BY_ONE = 12  # so many months of classes are cheaper by their keys than with the whole school's
_SHEETS_END = "SHEET#~"

type Days = dict[str, Counts]  # YYYY-MM-DD → counts


def fresh_from(today: date) -> date:
    """The first day whose register is read itself rather than its month's sheet."""
    return today - timedelta(days=FRESH_DAYS)


def holidays_between(school_id: str, first: date, last: date) -> dict[str, str]:
    """The days of the span that are holidays, with the holiday's name."""
    found: dict[str, str] = {}
    for row in HOLIDAYS.recent(school_id).values():
        day, until = max(date.fromisoformat(row["startDate"]), first), min(date.fromisoformat(row["endDate"]), last)
        while day <= until:
            found[day.isoformat()] = row["name"]
            day += timedelta(days=1)
    return found


def class_marks(school_id: str, class_id: str, first: date, last: date, today: date) -> Sheet:
    """Student → day → letter of a class in a span of days, in one query. Holidays are in it: a mark is kept, whether it counts or not."""
    fresh = fresh_from(today)
    partition = Register.partition_of(school_id=school_id, class_id=class_id)
    if first >= min(fresh, last - timedelta(days=FRESH_DAYS)):
        found = reader.query(partition, after=first.isoformat(), until=last.isoformat(), consistent=True)
        return _merged(found, first.isoformat(), last.isoformat(), first.isoformat())
    months = month_span(first, last)
    after = fresh.isoformat() if last >= fresh else f"SHEET#{months[0]}"
    found = reader.query(partition, after=after, until=f"SHEET#{months[-1]}", consistent=True)
    return _merged(found, first.isoformat(), last.isoformat(), fresh.isoformat())


def _merged(found: Iterable[Raw], first: str, last: str, fresh: str) -> Sheet:
    """Registers from `fresh` on, and sheets before it."""
    sheet: Sheet = {}
    for raw in found:
        if raw["type"]["S"] == Register.__name__:
            day = raw["day"]["S"]
            if first <= day <= last:
                for student, letter in letters_of(raw["marks"]["S"]).items():
                    sheet.setdefault(student, {})[day] = letter
        elif first[:7] <= raw["month"]["S"] <= last[:7]:
            for student, marks in unpack_sheet(raw["month"]["S"], reader.blob(raw, "content")).items():
                kept = {day: letter for day, letter in marks.items() if first <= day <= last and day < fresh}
                if kept:
                    sheet.setdefault(student, {}).update(kept)
    return sheet


def marked_students(school_id: str, class_id: str, today: date) -> set[str]:
    """Every student who has a mark in the class."""
    partition = Register.partition_of(school_id=school_id, class_id=class_id)
    found = reader.query(partition, after=(fresh_from(today) - timedelta(days=2)).isoformat(), until=_SHEETS_END, consistent=True)
    return set(_merged(found, "0000-00-00", "9999-99-99", "9999-99-99"))


def daily_counts(
    school_id: str,
    first: date,
    last: date,
    today: date,
    *,
    class_ids: Collection[str] | None = None,
    holidays: bool = False,
    fresh: bool = True,
) -> dict[str, Days]:
    """Class → day → counts of the registers in a span of days. Holidays are left out (rule T3) unless they are asked for.

    `class_ids`: these classes alone. The whole school is one query for months that can still change, and one for older ones.
    `fresh`: what was marked a moment ago is in it; a second's delay costs half of the present month.
    """
    months = month_span(first, last)
    left_out = {} if holidays else holidays_between(school_id, first, last)
    found: dict[str, Days] = {}
    for raw in _counted(school_id, months, today, class_ids, fresh=fresh):
        month, _, class_id = raw["sk"]["S"].partition("#")
        if class_ids is not None and class_id not in class_ids:
            continue
        for number, counts in unpack_counts(raw["days"]["S"]).items():
            day = f"{month}-{number:02d}"
            if first.isoformat() <= day <= last.isoformat() and day not in left_out:
                found.setdefault(class_id, {})[day] = counts
    return found


def _counted(school_id: str, months: list[str], today: date, class_ids: Collection[str] | None, *, fresh: bool) -> Iterator[Raw]:
    if class_ids is not None and len(class_ids) * len(months) <= _ONE_BY_ONE:
        keys = [MonthCounts.key_of(school_id=school_id, month=m, class_id=c) for m in months for c in sorted(class_ids)]
        yield from reader.get_many(keys, consistent=fresh).values() if keys else ()
        return
    partition, turning = MonthCounts.partition_of(school_id=school_id), fresh_from(today).isoformat()[:7]
    for part, consistent in (([m for m in months if m < turning], False), ([m for m in months if m >= turning], fresh)):
        if part:
            yield from reader.query(partition, after=f"{part[0]}#", until=f"{part[-1]}#~", consistent=consistent)


@dataclass(frozen=True, slots=True)
class Low:
    """A student whose attendance of the academic year is low."""

    student_id: str
    class_id: str
    counts: Counts

    @property
    def percentage(self) -> Decimal:
        """Rule T3; a student without a marked day is not listed."""
        return self.counts.percentage or Decimal("0.00")


def low_attendance(school_id: str, below: Decimal, *, class_ids: Collection[str] | None = None) -> list[Low]:
    """The students now in their class whose attendance of the year is below a percentage, the lowest first. One query of about 15 read units.

    `below` is the school's `attendance.lowPercentage`, or less.
    """
    students = STUDENTS.recent(school_id)
    found = []
    for raw in reader.query(LowAttendance.partition_of(school_id=school_id)):
        class_id = raw["classId"]["S"]
        if class_ids is None or class_id in class_ids:
            plain = reader.plain(raw)["students"]
            found += [Low(student, class_id, Counts(*numbers)) for student, numbers in plain.items()]
    here = [low for low in found if low.percentage < below and _is_in(students.get(low.student_id), low.class_id)]
    return sorted(here, key=lambda low: (low.percentage, low.student_id))


def _is_in(row: Mapping[str, Any] | None, class_id: str) -> bool:
    return row is not None and row["classId"] == class_id and row["status"] == "ACTIVE"


def still_absent(school_id: str, student_id: str, facts: Mapping[str, Any]) -> bool:
    """Whether an ABSENCE message still says the truth: asked right before it is sent, for a mark may have been corrected."""
    register = reader.get(Register.key_of(school_id=school_id, class_id=facts["classId"], day=facts["date"]), consistent=True)
    return register is not None and letters_of(register["marks"]["S"]).get(student_id) == "A"

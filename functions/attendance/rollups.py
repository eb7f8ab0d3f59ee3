"""Roll-ups of attendance: made from the registers of a class's month, never incremented, under a version condition.

Told of a change twice, late or out of order, they end as a rebuild from scratch would have them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from functions.attendance import rules
from shared import clock
from shared.attendance_codes import Sheet, counts_of, letters_of, pack_counts, pack_sheet
from shared.attendance_totals import class_marks, holidays_between
from shared.data import reader
from shared.data.derived import put_if
from shared.data.item import Item
from shared.data.reader import Raw
from shared.data.unit_of_work import RetryWrite
from shared.entities.attendance import LowAttendance, MonthCounts, MonthSheet, Register
from shared.entities.tenancy import School
from shared.school_settings import SchoolSettings

_ROUNDS = 6
_AT_LEAST_BELOW = Decimal(85)  # students are listed from here down, so that a school may raise its own line without waiting


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild had to write, because it differed."""

    sheet: bool = False
    counts: bool = False


def month_of(school_id: str, class_id: str, month: str, registers: Iterable[tuple[str, str]]) -> tuple[MonthSheet, MonthCounts]:
    """The roll-ups of a class's month from its registers, as (day, packed marks)."""
    sheet: Sheet = {}
    days = {}
    for day, marks in registers:
        days[int(day[8:])] = counts_of(marks)
        for student, letter in letters_of(marks).items():
            sheet.setdefault(student, {})[day] = letter
    made = MonthSheet(school_id=school_id, class_id=class_id, month=month, content=pack_sheet(sheet), version=1)
    return made, MonthCounts(school_id=school_id, class_id=class_id, month=month, days=pack_counts(days), version=1)


def rebuild(school_id: str, class_id: str, month: str) -> Rebuilt:
    """Make a class's month from its registers and write what differs. Safe to repeat at any time."""
    keys = {
        "sheet": MonthSheet.key_of(school_id=school_id, class_id=class_id, month=month),
        "counts": MonthCounts.key_of(school_id=school_id, class_id=class_id, month=month),
    }
    written = Rebuilt()
    for _ in range(_ROUNDS):
        known = reader.get_many(keys.values(), consistent=True)  # before the registers: what changes after this makes the condition fail
        partition = Register.partition_of(school_id=school_id, class_id=class_id)
        found = reader.query(partition, after=f"{month}-01", until=f"{month}-31", consistent=True, fields=("day", "marks"))
        registers = [(raw["day"]["S"], raw["marks"]["S"]) for raw in found]
        if not registers and not known:
            return written
        sheet, counts = month_of(school_id, class_id, month, registers)
        old_sheet, old_counts = known.get(keys["sheet"]), known.get(keys["counts"])
        wrong_sheet = old_sheet is None or reader.blob(old_sheet, "content") != sheet.content
        wrong_counts = old_counts is None or old_counts["days"]["S"] != counts.days
        done_sheet = not wrong_sheet or _replace(sheet, old_sheet)
        done_counts = not wrong_counts or _replace(counts, old_counts)
        written = Rebuilt(written.sheet or (wrong_sheet and done_sheet), written.counts or (wrong_counts and done_counts))
        if done_sheet and done_counts:
            return written
    raise RetryWrite


def _replace(made: MonthSheet | MonthCounts | LowAttendance, known: Raw | None) -> bool:
    """Put a roll-up over the version that was read."""
    version = int(known["version"]["N"]) if known else 0
    made.version = version + 1
    return put_if(made, type(made).version == version if version else Item.pk.does_not_exist())


def rebuild_low(school: School, class_id: str) -> bool:
    """List the students of a class whose attendance of the academic year is low; whether the list changed."""
    first, last = (date.fromisoformat(school.academic_year[name]) for name in ("start", "end"))
    below = max(_AT_LEAST_BELOW, SchoolSettings.of(school).attendance.low_percentage)
    key = LowAttendance.key_of(school_id=school.id, class_id=class_id)
    for _ in range(_ROUNDS):
        known = reader.get(key, consistent=True)
        marks = class_marks(school.id, class_id, first, last, clock.today(school.timezone))
        holidays = holidays_between(school.id, first, last)
        counted = {student: rules.counts_of_days(days, holidays) for student, days in sorted(marks.items())}
        low = {s: list(c) for s, c in counted.items() if c.percentage is not None and c.percentage < below}
        made = LowAttendance(school_id=school.id, class_id=class_id, students=low, below=str(below))
        if (not low and known is None) or (known is not None and reader.plain(known)["students"] == low):
            return False
        if _replace(made, known):
            return True
    raise RetryWrite

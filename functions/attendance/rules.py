"""The rules of the register; pure: which days may be marked (T2), how marks merge (T1), what a percentage is (T3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shared.attendance_codes import STATUSES, Counts, Mark, explained, instant

__all__ = ["Calendar", "Finding", "Wish", "counts_of_days", "differences", "explained", "finding", "later_mark", "merged"]
_WEEK = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_LONGEST = 400  # days back that are looked through for school days

type Finding = tuple[str, str]  # (field, what is wrong)


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a school is open: its academic year, the days of its week, its holidays by name, and today in its own time zone."""

    today: date
    year_start: date
    year_end: date
    school_days: tuple[str, ...]
    holidays: Mapping[str, str]
    correction_days: int

    def closed(self, day: date) -> str | None:
        """Why there is no school on a day, or None."""
        if not self.year_start <= day <= self.year_end:
            return f"{day} lies outside the academic year, {self.year_start} to {self.year_end}"
        if day.isoformat() in self.holidays:
            return f"{day} is a holiday: {self.holidays[day.isoformat()]}"
        if _WEEK[day.weekday()] not in self.school_days:
            return f"{day} is a {day:%A}, on which there is no school"
        return None

    @property
    def open_from(self) -> date:
        """The first day that anybody may mark: so many school days before today."""
        day, left = self.today, self.correction_days
        for _ in range(_LONGEST):
            if left == 0 or day <= self.year_start:
                break
            day -= timedelta(days=1)
            left -= self.closed(day) is None
        return day


def finding(calendar: Calendar, day: date, *, is_admin: bool, reason: str | None) -> Finding | None:
    """What stands against marking a day (rule T2), or None."""
    if day > calendar.today:
        return ("date", f"{day} has not come yet: it is {calendar.today} at the school")
    closed = calendar.closed(day)
    if closed:
        return ("date", closed)
    if day >= calendar.open_from:
        return None
    if not is_admin:
        return ("date", f"Days before {calendar.open_from} can be changed by an admin of the school only")
    return None if reason else ("reason", f"Give a reason for a change of a day before {calendar.open_from}")


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants a student's mark to be."""

    student_id: str
    letter: str
    remarks: str | None


def merged(before: Sequence[Mark], wishes: Sequence[Wish], by: str, at: str) -> list[Mark]:
    """The marks with the wishes over them: each keeps its slot, new ones come behind; who is not named stays as it was (rule T1).

    Doing it again changes nothing.
    """
    marks = {mark.student_id: mark for mark in before}
    for wish in wishes:
        known = marks.get(wish.student_id)
        made = Mark(wish.student_id, wish.letter, by, at, by, at, wish.remarks)
        marks[wish.student_id] = known.changed(wish.letter, wish.remarks, by, at) if known else made
    return list(marks.values())


def later_mark(mark: Mark | None, wish: Wish, marked_at: datetime) -> bool:
    """Whether the register already says something else that was marked after the phone's own mark."""
    return mark is not None and (mark.letter, mark.remarks) != (wish.letter, wish.remarks) and instant(mark.at) > marked_at


def differences(before: Sequence[Mark], after: Sequence[Mark]) -> dict[str, list[object]]:
    """For the journal: a first marking as one letter for each slot, later ones as before and after of what differs, student by student."""
    if list(before) == list(after):
        return {}
    if not before:
        told: dict[str, list[object]] = {"statuses": [None, "".join(mark.letter for mark in after)]}
        remarks = {mark.student_id: mark.remarks for mark in after if mark.remarks}
        return {**told, "remarks": [None, remarks]} if remarks else told
    known = {mark.student_id: mark for mark in before}
    fields: dict[str, list[object]] = {}
    for mark in after:
        old = known.get(mark.student_id)
        if old is None or old.letter != mark.letter:
            fields[mark.student_id] = [STATUSES[old.letter] if old else None, STATUSES[mark.letter]]
        if (old.remarks if old else None) != mark.remarks:
            fields[f"{mark.student_id}.remarks"] = [old.remarks if old else None, mark.remarks]
    return fields


def counts_of_days(days: Mapping[str, str], holidays: Mapping[str, str]) -> Counts:
    """The counts of a student's marked days: holidays never count, whenever they were declared (rule T3)."""
    return Counts.of(letter for day, letter in days.items() if day not in holidays)

"""The periods of an academic year and when each is due (rule F5); pure."""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Frequency(StrEnum):
    """How often a fee is charged in an academic year."""

    MONTHLY = "MONTHLY"
    QUARTERLY = "QUARTERLY"
    ANNUALLY = "ANNUALLY"
    ONE_TIME = "ONE_TIME"


COUNT = {Frequency.MONTHLY: 12, Frequency.QUARTERLY: 4, Frequency.ANNUALLY: 1, Frequency.ONE_TIME: 1}


@dataclass(frozen=True, slots=True)
class Period:
    """A part of the year that is charged once: from its first day to the day before `until`."""

    name: str  # 2026-04, Q1, YEAR or ONCE
    since: date
    until: date
    due: date


def month_later(day: date, months: int) -> date:
    """The same day some months later, or that month's last where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def due_in(since: date, due_day: int) -> date:
    """The first day from `since` on that is the due day of its month."""
    this_month = since.replace(day=min(due_day, monthrange(since.year, since.month)[1]))
    if this_month >= since:
        return this_month
    following = month_later(since.replace(day=1), 1)
    return following.replace(day=min(due_day, monthrange(following.year, following.month)[1]))


def periods(frequency: Frequency, starts_on: date, due_day: int, due_date: date | None = None) -> list[Period]:
    """The periods of an academic year that begins on a day."""
    count = COUNT[frequency]
    made = []
    for number in range(count):
        since = month_later(starts_on, number * 12 // count)
        until = month_later(starts_on, (number + 1) * 12 // count)
        made.append(Period(_name(frequency, number, since), since, until, due_date or due_in(since, due_day)))
    return made


def _name(frequency: Frequency, number: int, since: date) -> str:
    match frequency:
        case Frequency.MONTHLY:
            return f"{since:%Y-%m}"
        case Frequency.QUARTERLY:
            return f"Q{number + 1}"
        case Frequency.ANNUALLY:
            return "YEAR"
    return "ONCE"


def owed_from(all_periods: Iterable[Period], joined: date) -> Iterator[tuple[Period, date]]:
    """The periods that are not over when a student joins, and when each is due: never before the student was there."""
    for period in all_periods:
        if period.until > joined:
            yield period, max(period.due, joined)


def instalment_days(first: date, count: int, frequency: Frequency) -> list[date]:
    """When the parts of one period's fee are due: spread evenly over it from its first due date."""
    months = 12 // COUNT[frequency]
    return [month_later(first, number * months // count) for number in range(count)]


def year_start(name: str, current_name: str, current_start: date) -> date | None:
    """The first day of an academic year, by the distance of its name from the school's current one; None where none can be told."""
    if name == current_name:
        return current_start
    told, current = _first_year(name), _first_year(current_name)
    if told is None or current is None:
        return None
    return month_later(current_start, 12 * (told - current))


def _first_year(name: str) -> int | None:
    digits = name[:4]
    return int(digits) if len(digits) == 4 and digits.isascii() and digits.isdigit() and 1900 <= int(digits) <= 2200 else None

"""When daily jobs are due, by the wall clocks of schools all over the world."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LATE = timedelta(hours=6)  # a day that is over is still made up for so long after its time
_ONE = timedelta(days=1)
_MOST_DAYS = 400  # that are counted as missed


@dataclass(frozen=True, slots=True)
class Due:
    """The school's date for which a job is to be asked for now, if any, and how many dates went by unasked."""

    day: date | None
    missed: int


def due_at(day: date, at: str, zone: ZoneInfo) -> datetime:
    """The instant at which a job is due on a date.

    A time that the clock skips on that date counts as if it had not been put forward, and one that it shows twice counts the
    first time: so each date has one such instant.
    """
    return datetime.combine(day, time.fromisoformat(at), tzinfo=zone).astimezone(UTC)


def due_between(at: str, zone: ZoneInfo, since: datetime, now: datetime) -> Due:
    """What is due of a job after `since`, until now: the last date alone, and only while it lasts or shortly after."""
    today = now.astimezone(zone).date()
    day, found, missed = today, None, 0
    for _ in range(_MOST_DAYS):
        instant = due_at(day, at, zone)
        if instant <= since:
            break
        if instant <= now:
            if found is None and not missed and (day == today or now - instant <= LATE):
                found = day
            else:
                missed += 1
        day -= _ONE
    return Due(found, missed)


def next_due(at: str, zone: ZoneInfo, now: datetime) -> datetime:
    """The next instant at which a job is due."""
    today = now.astimezone(zone).date()
    return next(instant for n in range(3) if (instant := due_at(today + n * _ONE, at, zone)) > now)

"""From when to when a request looks, as a range of entries' ids; and the UTC days in it, by which the log is sealed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from functions.logs import schemas
from shared import clock
from shared.auth.caller import Caller
from shared.errors import ValidationFailed
from shared.ids import floor_id

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open range of time."""

    since: datetime
    until: datetime

    @property
    def ids(self) -> tuple[str, str]:
        """The bounds of the entries' ids."""
        return floor_id(_ms(self.since)), floor_id(_ms(self.until))

    def days(self) -> Iterator["Window"]:
        """Its UTC days, the newest first; the outer ones may be cut."""
        until = self.until
        while until > self.since:
            start = max(self.since, midnight((until - timedelta(microseconds=1)).date()))
            yield Window(start, until)
            until = start

    @property
    def whole_day(self) -> str | None:
        """The UTC date, where it is exactly one."""
        return self.since.date().isoformat() if self.since == midnight(self.since.date()) and self.until == self.since + _DAY else None

    @property
    def day(self) -> str:
        """The UTC date in which it begins."""
        return self.since.date().isoformat()


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def midnight(day: date) -> datetime:
    """When a UTC day begins."""
    return datetime.combine(day, time(), UTC)


def of_day(day: str) -> Window:
    """A UTC day."""
    start = midnight(date.fromisoformat(day))
    return Window(start, start + _DAY)


def zone(caller: Caller) -> str:
    """The school's time zone; UTC on the platform."""
    return caller.profile.timezone if caller.profile else "UTC"


def _moment(text: str, timezone: str, *, end: bool) -> datetime:
    if len(text) == 10:  # a date
        day = date.fromisoformat(text) + (_DAY if end else timedelta())
        return datetime.combine(day, time(), ZoneInfo(timezone)).astimezone(UTC)
    return datetime.fromisoformat(text).astimezone(UTC)


def of(caller: Caller, query: schemas.Period, *, most: int = schemas.MOST_DAYS) -> Window:
    """The window that a request asks for; a ValidationFailed where it is none, or too wide."""
    timezone = zone(caller)
    now = clock.now()
    try:
        until = _moment(query.until, timezone, end=True) if query.until else now
        since = _moment(query.since, timezone, end=False) if query.since else until - timedelta(days=schemas.DEFAULT_DAYS)
    except OverflowError as error:
        raise ValidationFailed.of("to", "is out of range") from error
    if since >= until:
        raise ValidationFailed.of("from", "Send a time before `to`")
    if until - since > timedelta(days=most, hours=2):  # a month in which the clocks change is no longer for that
        raise ValidationFailed.of("from", f"Ask for at most {most} days at once")
    return Window(since, min(until, now + timedelta(minutes=1)) if since < now else until)

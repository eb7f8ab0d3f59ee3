"""The application's clock. Dates are the school's: ask for them with its time zone."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def _system() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system


def use(source: Callable[[], datetime] | None) -> None:
    """Take the time from `source` (UTC) instead of the system; None goes back to the system's clock."""
    global _source  # one clock a process, moved by the local stack and by tests
    _source = source or _system


def now() -> datetime:
    """The current instant in UTC."""
    return _source()


def today(timezone: str) -> date:
    """The current date in an IANA time zone."""
    return now().astimezone(ZoneInfo(timezone)).date()


def stamp(moment: datetime | None = None) -> str:
    """An instant (default: now) as ISO 8601 in UTC with milliseconds and `Z`."""
    moment = (moment or now()).astimezone(UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def epoch() -> int:
    """The current instant in whole seconds since 1970, as TTL attributes want it."""
    return int(now().timestamp())

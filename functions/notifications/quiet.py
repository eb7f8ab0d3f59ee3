"""A school's quiet hours, in its own time zone; pure."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_A_DAY = timedelta(days=1)


def quiet_until(start: str, end: str, timezone: str, now: datetime) -> datetime | None:
    """The instant (UTC) at which the quiet hours of now end, or None where it is not quiet.

    `start` and `end` are times of the day, `HH:MM`; the same twice means never. They may go over midnight. An hour that a change of
    the clocks repeats is quiet both times where it lies in the quiet hours at all.
    """
    first, last = time.fromisoformat(start), time.fromisoformat(end)
    if first == last:
        return None
    zone = ZoneInfo(timezone)
    today = now.astimezone(zone).date()
    for day in (today - _A_DAY, today):
        begins = _instant(day, first, zone, fold=0)
        last_day = day if first < last else day + _A_DAY
        ends = max(_instant(last_day, last, zone, fold=fold) for fold in (0, 1))
        if begins <= now < ends:
            return ends
    return None


def _instant(day: date, moment: time, zone: ZoneInfo, *, fold: int) -> datetime:
    return datetime.combine(day, moment.replace(fold=fold), zone).astimezone(UTC)

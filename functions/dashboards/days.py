"""School days and holidays."""

from datetime import date

from functions.dashboards import schemas
from shared.auth.caller import Caller
from shared.lists import HOLIDAYS
from shared.regions import WEEK
from shared.school_settings import SchoolSettings

_SHOWN = 5


def is_school_day(caller: Caller, day: date) -> bool:
    """Whether there is school on a day: within the academic year, on a day of the week with school, no holiday."""
    year, iso = caller.school.academic_year, day.isoformat()
    if not year["start"] <= iso <= year["end"] or WEEK[day.weekday()] not in SchoolSettings.of(caller.school).school_days:
        return False
    return not any(h["startDate"] <= iso <= h["endDate"] for h in HOLIDAYS.recent(caller.school_id).values())


def next_holidays(caller: Caller, day: date) -> list[schemas.HolidayRow]:
    """The holidays that are now or come next."""
    coming = [h for h in HOLIDAYS.recent(caller.school_id).values() if h["endDate"] >= day.isoformat()]
    coming.sort(key=lambda h: (h["startDate"], h["id"]))
    return [schemas.HolidayRow(name=h["name"], start_date=h["startDate"], end_date=h["endDate"]) for h in coming[:_SHOWN]]

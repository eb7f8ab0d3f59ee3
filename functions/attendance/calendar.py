"""The school's calendar and the classes that a caller may look into, as the rules of the register need them."""

from datetime import date
from typing import Any

from functions.attendance import rules
from shared import clock
from shared.attendance_totals import holidays_between
from shared.auth.caller import Caller
from shared.auth.permissions import Role
from shared.auth.scope import own_class_ids
from shared.data.list_model import Row
from shared.entities.tenancy import School
from shared.errors import Forbidden, NotFound, ValidationFailed
from shared.lists import CLASSES
from shared.school_settings import SchoolSettings

MAX_DAYS = 366


def calendar_of(school: School) -> rules.Calendar:
    """When the school is open, and today in its own time zone (rule G2)."""
    settings = SchoolSettings.of(school)
    first, last = (date.fromisoformat(school.academic_year[name]) for name in ("start", "end"))
    return rules.Calendar(
        today=clock.today(school.timezone),
        year_start=first,
        year_end=last,
        school_days=tuple(settings.school_days),
        holidays=holidays_between(school.id, first, last),
        correction_days=settings.attendance.correction_days,
    )


def refuse_day(caller: Caller, calendar: rules.Calendar, day: date, reason: str | None) -> None:
    """A VALIDATION_ERROR where the day may not be marked (rule T2)."""
    found = rules.finding(calendar, day, is_admin=caller.is_admin, reason=reason)
    if found:
        raise ValidationFailed.of(*found)


def known_class(school_id: str, class_id: str) -> Row | None:
    """The class, also one that another container made this moment."""
    return CLASSES.recent(school_id).get(class_id) or CLASSES.all(school_id).get(class_id)


def class_to_mark(caller: Caller, class_id: str) -> Row:
    """A class that the caller may mark: a teacher one of its own of this year (rule A2)."""
    found = known_class(caller.school_id, class_id)
    if found is None:
        raise ValidationFailed.of("classId", "No class of this school has this id")
    refuse_others_class(caller, class_id)
    if found["status"] != "ACTIVE" or found["academicYear"] != caller.school.academic_year["name"]:
        raise ValidationFailed.of("classId", "This class is not in use this academic year")
    return found


def visible_class(caller: Caller, class_id: str) -> Row:
    """A class whose registers the caller may see: NotFound where the school has none of this id."""
    found = known_class(caller.school_id, class_id)
    if found is None:
        raise NotFound
    refuse_others_class(caller, class_id)
    return found


def refuse_others_class(caller: Caller, class_id: str) -> None:
    """Forbidden where the class is not the teacher's; parents see their own children, never a class."""
    if caller.role == Role.STUDENT_PARENT or (caller.role == Role.TEACHER and class_id not in own_class_ids(caller)):
        raise Forbidden


def span_of(first: date | None, last: date | None, default: tuple[date, date]) -> tuple[date, date]:
    """The days that a query asks for, a bounded number of them."""
    made = first or (min(default[0], last) if last else default[0]), last or (max(default[1], first) if first else default[1])
    if made[1] < made[0]:
        raise ValidationFailed.of("dateTo", "The last day must not be before the first")
    if (made[1] - made[0]).days > MAX_DAYS:
        raise ValidationFailed.of("dateTo", f"Ask for no more than {MAX_DAYS} days at once")
    return made


def year_to_date(caller: Caller) -> tuple[date, date]:
    """The academic year up to today, or the whole of it where it has ended or not begun."""
    first, last = (date.fromisoformat(caller.school.academic_year[name]) for name in ("start", "end"))
    today = caller.today()
    return first, today if first <= today <= last else last


def full_name(row: dict[str, Any]) -> str:
    """A student's name as it is told to people."""
    return " ".join(filter(None, (row.get("firstName"), row.get("lastName"))))


def parse_day(text: str) -> date:
    """A day of a path."""
    try:
        return date.fromisoformat(text if len(text) == 10 else "")
    except ValueError as error:
        raise ValidationFailed.of("date", "A date is written YYYY-MM-DD") from error

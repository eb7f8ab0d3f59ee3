"""Figures by month, class, grade and gender."""

from datetime import date

from functions.dashboards import attendance_figures, cache, enrolment_figures, fee_figures, schemas
from shared.auth.caller import Caller
from shared.auth.scope import visible_class_ids
from shared.errors import Forbidden, ValidationFailed

_LONGEST_DAYS = 800


def analyse_students(caller: Caller, query: schemas.StudentAnalyticsQuery) -> schemas.StudentAnalytics:
    """Enrolment within a range of days."""
    first, last = bounds(caller, query)
    return enrolment_figures.analyse(caller.school_id, first, last, caller.today(), query.class_id, query.grade)


def analyse_attendance(caller: Caller, query: schemas.AttendanceAnalyticsQuery) -> schemas.AttendanceAnalytics:
    """Attendance within a range of days; a teacher's own classes."""
    first, last = bounds(caller, query)
    own = visible_class_ids(caller)
    if own is not None and query.class_id is not None and query.class_id not in own:
        raise Forbidden
    what = f"attendance {first} {last} {query.class_id} {query.grade} {query.gender} {caller.user_id if own is not None else ''}"
    made: schemas.AttendanceAnalytics = cache.cached(
        caller.school_id,
        what,
        caller.today().isoformat(),
        lambda: attendance_figures.analyse(caller, first, last, query.class_id, query.grade, own, gender=query.gender),
    )
    return made


def analyse_fees(caller: Caller, query: schemas.FeeAnalyticsQuery) -> schemas.FeeAnalytics:
    """Fees of an academic year."""
    year = query.academic_year or caller.school.academic_year["name"]
    what = f"fees {year} {query.class_id} {query.grade}"
    made: schemas.FeeAnalytics = cache.cached(
        caller.school_id, what, caller.today().isoformat(), lambda: fee_figures.analyse(caller, year, query.class_id, query.grade)
    )
    return made


def analyse_performance(caller: Caller, query: schemas.PerformanceQuery) -> schemas.PerformanceAnalytics:
    """Results of an academic year; there are no exams yet, and so none."""
    year = query.academic_year or caller.school.academic_year["name"]
    return schemas.PerformanceAnalytics(academic_year=year, exams=0, by_class=[], by_subject=[])


def bounds(caller: Caller, query: schemas.Range) -> tuple[date, date]:
    """The first and last day that are asked for."""
    today = caller.today()
    start = date.fromisoformat(caller.school.academic_year["start"])
    last = query.date_to or today
    first = query.date_from or min(start, last)
    if first > last:
        raise ValidationFailed.of("dateFrom", "The first day lies after the last")
    if (last - first).days > _LONGEST_DAYS:
        raise ValidationFailed.of("dateFrom", f"At most {_LONGEST_DAYS} days can be asked for at once")
    return first, last

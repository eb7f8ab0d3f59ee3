"""Decisions about dashboards and analytics: whose figures, of which days, and how long they are kept."""

from datetime import date

from functions.dashboards import accountant, attendance_figures, cache, enrolment_figures, family, fee_figures, schemas, school, teacher
from functions.dashboards import schemas_analytics as wire
from shared.auth.caller import Caller
from shared.auth.scope import visible_class_ids
from shared.errors import Forbidden, ValidationFailed

_LONGEST_DAYS = 800


def get_school_dashboard(caller: Caller) -> schemas.SchoolDashboard:
    """How the school stands, at most a minute old."""
    today = caller.today()
    made: schemas.SchoolDashboard = cache.cached(caller.school_id, "school", today.isoformat(), lambda: school.reckon(caller, today))
    return made


def get_teacher_dashboard(caller: Caller, query: schemas.TeacherQuery) -> schemas.TeacherDashboard:
    """The caller's day, or that of a teacher whom an admin names; at most a minute old."""
    teacher_id, today = teacher.whose(caller, query), caller.today()
    made: schemas.TeacherDashboard = cache.cached(
        caller.school_id, f"teacher {teacher_id}", today.isoformat(), lambda: teacher.reckon(caller, teacher_id, today)
    )
    return made


def get_accountant_dashboard(caller: Caller) -> schemas.AccountantDashboard:
    """The money, at most a minute old."""
    today = caller.today()
    made: schemas.AccountantDashboard = cache.cached(caller.school_id, "money", today.isoformat(), lambda: accountant.reckon(caller, today))
    return made


def get_student_dashboard(caller: Caller, query: schemas.FamilyQuery) -> schemas.FamilyDashboard:
    """The children whom the caller may see, or the one that is named; of this moment."""
    return family.reckon(caller, query)


def analyse_students(caller: Caller, query: wire.StudentAnalyticsQuery) -> wire.StudentAnalytics:
    """Enrolment within a range of days."""
    first, last = bounds(caller, query)
    return enrolment_figures.analyse(caller.school_id, first, last, caller.today(), query.class_id, query.grade)


def analyse_attendance(caller: Caller, query: wire.AttendanceAnalyticsQuery) -> wire.AttendanceAnalytics:
    """Attendance within a range of days; a teacher's own classes."""
    first, last = bounds(caller, query)
    own = visible_class_ids(caller)
    if own is not None and query.class_id is not None and query.class_id not in own:
        raise Forbidden
    what = f"attendance {first} {last} {query.class_id} {query.grade} {query.gender} {caller.user_id if own is not None else ''}"
    made: wire.AttendanceAnalytics = cache.cached(
        caller.school_id,
        what,
        caller.today().isoformat(),
        lambda: attendance_figures.analyse(caller, first, last, query.class_id, query.grade, own, gender=query.gender),
    )
    return made


def analyse_fees(caller: Caller, query: wire.FeeAnalyticsQuery) -> wire.FeeAnalytics:
    """Fees of an academic year."""
    year = query.academic_year or caller.school.academic_year["name"]
    what = f"fees {year} {query.class_id} {query.grade}"
    made: wire.FeeAnalytics = cache.cached(
        caller.school_id, what, caller.today().isoformat(), lambda: fee_figures.analyse(caller, year, query.class_id, query.grade)
    )
    return made


def analyse_performance(caller: Caller, query: wire.PerformanceQuery) -> wire.PerformanceAnalytics:
    """Results of an academic year; there are no exams yet, and so none."""
    year = query.academic_year or caller.school.academic_year["name"]
    return wire.PerformanceAnalytics(academic_year=year, exams=0, by_class=[], by_subject=[])


def bounds(caller: Caller, query: wire.Range) -> tuple[date, date]:
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

"""The routes of dashboards and analytics."""

from functions.dashboards import schemas, schemas_analytics, service
from shared.auth.caller import Caller
from shared.auth.permissions import Permission
from shared.errors import NotFound
from shared.http.envelope import Ok, ok
from shared.http.router import Router

router = Router("Dashboards")


@router.get("/dashboard/school-admin", allow=Permission.DASHBOARDS_SCHOOL)
def get_school_dashboard(caller: Caller) -> Ok[schemas.SchoolDashboard]:
    """Show how the school stands: people, attendance, fees, what happened last and what to act on. At most a minute old."""
    return ok(service.get_school_dashboard(caller))


@router.get("/dashboard/teacher", allow=Permission.DASHBOARDS_TEACHER)
def get_teacher_dashboard(query: schemas.TeacherQuery, caller: Caller) -> Ok[schemas.TeacherDashboard]:
    """Show a teacher's day: own classes with today's registers, students whose attendance is low, unread notices."""
    return ok(service.get_teacher_dashboard(caller, query))


@router.get("/dashboard/accountant", allow=Permission.DASHBOARDS_ACCOUNTANT)
def get_accountant_dashboard(caller: Caller) -> Ok[schemas.AccountantDashboard]:
    """Show the money: what came in today and this month, what is open and overdue, cheques that are not cleared."""
    return ok(service.get_accountant_dashboard(caller))


@router.get("/dashboard/student", allow=Permission.DASHBOARDS_STUDENT, raises=(NotFound,))
def get_student_dashboard(query: schemas.FamilyQuery, caller: Caller) -> Ok[schemas.FamilyDashboard]:
    """Show a student or a parent each child's day: attendance, fees, notices and the next holidays."""
    return ok(service.get_student_dashboard(caller, query))


@router.get("/analytics/students", allow=Permission.ANALYTICS_STUDENTS, tag="Analytics")
def analyse_students(query: schemas_analytics.StudentAnalyticsQuery, caller: Caller) -> Ok[schemas_analytics.StudentAnalytics]:
    """Count students by month, class, grade, gender and status."""
    return ok(service.analyse_students(caller, query))


@router.get("/analytics/attendance", allow=Permission.ANALYTICS_ATTENDANCE, raises=(NotFound,), tag="Analytics")
def analyse_attendance(query: schemas_analytics.AttendanceAnalyticsQuery, caller: Caller) -> Ok[schemas_analytics.AttendanceAnalytics]:
    """Show attendance by month, class, grade, gender and weekday. Teachers see their own classes."""
    return ok(service.analyse_attendance(caller, query))


@router.get("/analytics/fees", allow=Permission.ANALYTICS_FEES, tag="Analytics")
def analyse_fees(query: schemas_analytics.FeeAnalyticsQuery, caller: Caller) -> Ok[schemas_analytics.FeeAnalytics]:
    """Show what was charged, collected and is open, by month, class, grade, gender and method."""
    return ok(service.analyse_fees(caller, query))


@router.get("/analytics/performance", allow=Permission.ANALYTICS_PERFORMANCE, tag="Analytics")
def analyse_performance(query: schemas_analytics.PerformanceQuery, caller: Caller) -> Ok[schemas_analytics.PerformanceAnalytics]:
    """Show approved results by class and subject; empty while the school has no exams."""
    return ok(service.analyse_performance(caller, query))

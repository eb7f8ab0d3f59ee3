"""Dashboards and analytics over their handler, on DynamoDB Local."""

import time
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from functions.dashboards import cache
from functions.fees import consumers, reading_fold
from shared import clock
from shared.auth import tokens
from shared.auth.permissions import Role
from tests.support import client as calls
from tests.support import journal
from tests.support.guard import Guard
from tests.support.world import Person, make_person, make_school

MORNING = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)  # 08:00 in Kolkata, a Tuesday
STUDENT = {
    "firstName": "Meera", "lastName": "Iyer", "dateOfBirth": "2012-05-17", "gender": "FEMALE", "admissionDate": "2026-06-01",
    "parentName": "R. Iyer", "parentPhone": "98765 43210", "parentRelation": "FATHER",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _morning(world: Guard, monkeypatch):
    monkeypatch.setattr(tokens, "clock", SimpleNamespace(epoch=lambda: int(time.time())))  # the tests move the clock by hours
    cache.forget()
    clock.use(lambda: MORNING)
    yield
    cache.forget()


def at(hour: int, minute: int = 0) -> None:
    """Move the clock to a UTC time of the same day."""
    clock.use(lambda: MORNING.replace(hour=hour, minute=minute))


@pytest.fixture
def school():
    return make_school()


@pytest.fixture
def admin(school):
    return make_person(school).client


@pytest.fixture
def teacher(school) -> Person:
    return make_person(school, Role.TEACHER, first_name="Asha", last_name="Rao")


@pytest.fixture
def room(admin, teacher):
    body = {"name": "Class 9", "section": "A", "grade": "9", "capacity": 40, "classTeacherId": teacher.id}
    return admin.post("/api/classes", body).data


@pytest.fixture
def students(admin, room):
    rows = [("Meera", "FEMALE"), ("Arjun", "MALE"), ("Noor", "OTHER")]
    return [admin.post("/api/students", {**STUDENT, "firstName": n, "gender": g, "classId": room["id"]}).data for n, g in rows]


def mark(client, room, students, *statuses, date="2026-11-24"):
    records = [{"studentId": s["id"], "status": status} for s, status in zip(students, statuses, strict=True)]
    reply = client.post("/api/attendance/mark", {"classId": room["id"], "date": date, "records": records})
    assert reply.status in (200, 201), reply.json
    return reply.data


def charge(client, student, amount="1000.00", due="2026-11-10", name="Tuition"):
    reply = client.post("/api/fees", {"studentId": student["id"], "name": name, "totalAmount": float(amount), "dueDate": due})
    assert reply.status == 201, reply.json
    return reply.data


def test_the_dashboard_of_an_empty_school_has_no_rates_and_no_alerts(admin):
    told = admin.get("/api/dashboard/school-admin").data
    assert (told["totalStudents"], told["totalTeachers"], told["totalClasses"], told["pendingAdmissions"]) == (0, 0, 0, 0)
    assert (told["attendanceRate"], told["feeCollectionRate"]) == (None, None)
    assert (told["totalRevenue"], told["upcomingEvents"], told["alerts"]) == (0, 0, [])
    assert told["date"] == "2026-11-24"


def test_the_dashboard_counts_people_and_tells_what_was_done_last(admin, room, students, teacher):
    told = admin.get("/api/dashboard/school-admin").data
    assert (told["totalStudents"], told["totalTeachers"], told["totalClasses"]) == (3, 1, 1)
    assert told["recentActivities"][0]["action"] == "CREATE_STUDENT"
    assert told["recentActivities"][0]["userName"] == "Test Person"


def test_attendance_of_today_and_the_month_is_on_the_dashboard(admin, room, students):
    mark(admin, room, students, "PRESENT", "ABSENT", "LATE", date="2026-11-23")
    mark(admin, room, students, "PRESENT", "PRESENT", "HALF_DAY")
    told = admin.get("/api/dashboard/school-admin").data
    assert told["today"] == {
        "schoolDay": True, "classes": 1, "marked": 1, "present": 2, "absent": 0, "late": 0, "halfDay": 1, "excused": 0, "rate": 83.33,
    }  # fmt: skip
    assert told["attendanceRate"] == 75.0  # (3 + 1 + 0.5) of 6


def test_registers_not_marked_are_an_alert_once_they_are_due(admin, room, students):
    assert admin.get("/api/dashboard/school-admin").data["alerts"] == []
    at(5, 10)  # 10:40 in Kolkata, past the default of 10:30
    (alert,) = admin.get("/api/dashboard/school-admin").data["alerts"]
    assert (alert["kind"], alert["count"], alert["items"][0]["classId"]) == ("REGISTERS_NOT_MARKED", 1, room["id"])
    mark(admin, room, students, "PRESENT", "PRESENT", "PRESENT")
    at(5, 12)
    assert admin.get("/api/dashboard/school-admin").data["alerts"] == []


def test_a_holiday_asks_for_no_register(admin, room, students):
    admin.post("/api/holidays", {"name": "Founders' day", "startDate": "2026-11-24", "endDate": "2026-11-24"})
    at(6)
    told = admin.get("/api/dashboard/school-admin").data
    assert (told["alerts"], told["today"]["schoolDay"]) == ([], False)


def test_the_dashboard_is_never_more_than_a_minute_behind(admin, room, students):
    assert admin.get("/api/dashboard/school-admin").data["totalStudents"] == 3
    admin.post("/api/students", {**STUDENT, "classId": room["id"]})
    at(2, 31)
    assert admin.get("/api/dashboard/school-admin").data["totalStudents"] == 4


def test_an_unchanged_dashboard_is_kept_for_five_minutes_and_no_longer(admin, room):
    first = admin.get("/api/dashboard/school-admin").data["asOf"]
    at(2, 32)
    assert admin.get("/api/dashboard/school-admin").data["asOf"] == first
    at(2, 36)
    assert admin.get("/api/dashboard/school-admin").data["asOf"] > first


def test_g2_the_day_changes_at_the_schools_midnight(admin):
    at(18, 29)
    assert admin.get("/api/dashboard/school-admin").data["date"] == "2026-11-24"
    at(18, 30)
    assert admin.get("/api/dashboard/school-admin").data["date"] == "2026-11-25"


def test_a_teacher_sees_own_classes_and_their_registers(admin, school, teacher, room, students):
    admin.post("/api/classes", {"name": "Class 10", "section": "B", "grade": "10", "capacity": 40})
    mark(teacher.client, room, students, "PRESENT", "LATE", "ABSENT")
    told = teacher.client.get("/api/dashboard/teacher").data
    (own,) = told["classes"]
    assert (own["id"], own["classTeacher"], own["students"], own["registerMarked"]) == (room["id"], True, 3, True)
    assert (own["present"], own["absent"], own["attendanceRate"]) == (2, 1, 66.67)
    assert told["schedule"] == []


def test_an_admin_names_the_teacher_and_a_teacher_no_other(admin, school, teacher, room):
    assert admin.get("/api/dashboard/teacher").data["classes"] == []
    assert admin.get("/api/dashboard/teacher", teacherId=teacher.id).data["classes"][0]["id"] == room["id"]
    other = make_person(school, Role.TEACHER)
    assert other.client.get("/api/dashboard/teacher", teacherId=teacher.id).status == 403
    assert admin.get("/api/dashboard/teacher", teacherId=make_person(make_school(), Role.TEACHER).id).status == 400


def test_g8_dashboards_show_nothing_of_another_school(admin, room, students):
    other = make_person(make_school()).client
    told = other.get("/api/dashboard/school-admin").data
    assert (told["totalStudents"], told["totalClasses"], told["recentActivities"][0]["entityType"]) == (0, 0, "User")
    assert other.get("/api/dashboard/student", studentId=students[0]["id"]).status == 404


def test_a_parent_sees_each_child_and_what_the_link_opens(admin, school, room, students):
    parent = make_person(school, Role.STUDENT_PARENT)
    for child, sees in ((students[0], {"academics": True, "fees": False}), (students[1], {"academics": True, "fees": True})):
        link = {"userId": parent.id, "relation": "MOTHER", "sees": sees}
        assert admin.post(f"/api/students/{child['id']}/guardians", link).status == 201
    mark(admin, room, students, "ABSENT", "PRESENT", "PRESENT")
    charge(admin, students[1], due="2026-11-10")
    charge(admin, students[1], "250.50", due="2026-12-01")
    told = parent.client.get("/api/dashboard/student").data
    second, first = told["children"]  # by first name: Arjun, Meera
    assert (first["attendanceToday"], first["attendancePercentage"], first["absencesThisMonth"]) == ("ABSENT", 0.0, 1)
    assert first["feesOpen"] is None
    assert (second["feesOpen"], second["feesOverdue"]) == (1250.5, 1000.0)
    assert (second["nextDueDate"], second["nextDueAmount"]) == ("2026-12-01", 250.5)
    assert parent.client.get("/api/dashboard/student", studentId=students[2]["id"]).status == 403


def test_enrolment_by_month_class_grade_and_gender(admin, room, students):
    admin.post(f"/api/students/{students[0]['id']}/transfer", {"status": "TRANSFERRED", "exitDate": "2026-11-20"})
    told = admin.get("/api/analytics/students").data
    assert told["total"] == 2
    assert told["byGender"] == [{"key": "MALE", "label": "MALE", "students": 1}, {"key": "OTHER", "label": "OTHER", "students": 1}]
    assert told["byClass"] == [{"key": room["id"], "label": "Class 9 A", "students": 2}]
    june = next(m for m in told["byMonth"] if m["month"] == "2026-06")
    november = next(m for m in told["byMonth"] if m["month"] == "2026-11")
    assert (june["admitted"], june["enrolled"], november["left"], november["enrolled"]) == (3, 3, 1, 2)


def test_attendance_by_month_weekday_grade_and_gender(admin, room, students):
    mark(admin, room, students, "PRESENT", "ABSENT", "LATE", date="2026-11-23")
    mark(admin, room, students, "PRESENT", "PRESENT", "EXCUSED")
    told = admin.get("/api/analytics/attendance", gender="true").data
    assert (told["total"]["totalDays"], told["total"]["percentage"]) == (6, 66.67)
    assert [g["key"] for g in told["byWeekday"]] == ["MON", "TUE"]
    assert {g["key"]: g["percentage"] for g in told["byGender"]} == {"FEMALE": 100.0, "MALE": 50.0, "OTHER": 50.0}
    assert admin.get("/api/analytics/attendance").data["byGender"] is None


def test_a2_a_teachers_analytics_are_of_own_classes(admin, teacher, room, students):
    other = admin.post("/api/classes", {"name": "Class 10", "section": "B", "grade": "10", "capacity": 40}).data
    assert teacher.client.get("/api/analytics/attendance", classId=other["id"]).status == 403
    assert teacher.client.get("/api/analytics/attendance").status == 200


def test_performance_is_empty_while_there_are_no_exams(admin):
    told = admin.get("/api/analytics/performance").data
    assert told == {"academicYear": "2026-2027", "exams": 0, "byClass": [], "bySubject": []}


def test_a_range_that_runs_backwards_is_refused_by_name(admin):
    reply = admin.get("/api/analytics/students", dateFrom="2026-11-02", dateTo="2026-11-01")
    assert (reply.status, reply.error["details"][0]["field"]) == (400, "dateFrom")


@pytest.mark.parametrize("role", [Role.TEACHER, Role.ACCOUNTANT, Role.STUDENT_PARENT])
def test_a1_dashboards_of_other_roles_are_refused(school, role):
    client = make_person(school, role).client
    assert client.get("/api/dashboard/school-admin").status == 403
    assert client.get("/api/dashboard/accountant").status == (200 if role == Role.ACCOUNTANT else 403)


def test_g3_amounts_keep_their_decimals(admin, students):
    charge(admin, students[0], "99.90")
    assert b'"feesOpen":99.90' in admin.get("/api/dashboard/student", studentId=students[0]["id"]).body


def totals_follow(school) -> None:
    """Have the fees' consumer work off the journal, as the stream would."""
    entries = journal.entries(school.id, "StudentFee")
    with calls.GUARD.only(school.id):
        assert consumers.fee_totals(journal.stream_event(*entries), calls.Context()) == {"batchItemFailures": []}


def test_f6_the_accountants_figures_are_the_summarys_to_the_cent(admin, school, students):
    reading_fold.forget()
    cash, late, _ = (
        charge(admin, s, a, d)
        for s, a, d in zip(students, ("100.10", "200.20", "300.30"), ("2026-11-30", "2026-11-01", "2026-12-31"), strict=True)
    )
    paid = admin.post(f"/api/fees/{cash['id']}/record-payment", {"amount": 40.05, "paymentMethod": "CASH"})
    wrong = admin.post(f"/api/fees/{late['id']}/record-payment", {"amount": 1.00, "paymentMethod": "CARD"}).data
    assert paid.status == 201
    assert admin.post(f"/api/payments/{wrong['id']}/reverse", {"reason": "Wrong fee"}).status == 201
    totals_follow(school)
    told, summary = admin.get("/api/dashboard/accountant").data, admin.get("/api/fees/summary").data
    for name in ("totalFees", "totalPaid", "totalDue", "collectionRate"):
        assert told[name] == summary[name], name
    assert (told["collectedToday"], told["collectedThisMonth"], told["overdue"]) == (40.05, 40.05, 200.2)
    assert told["collectedTodayByMethod"] == [
        {"method": "CARD", "count": 2, "amount": 0.0}, {"method": "CASH", "count": 1, "amount": 40.05},
    ]  # fmt: skip
    assert told["dueInSevenDays"] == 60.05
    assert [p["receiptNumber"] for p in told["recentPayments"]] == ["RCP-2026-0003", "RCP-2026-0002", "RCP-2026-0001"]
    assert told["mostOverdue"][0]["amount"] == 200.2
    analytics = admin.get("/api/analytics/fees").data
    assert analytics["total"]["totalDue"] == summary["totalDue"]
    assert [g["key"] for g in analytics["byMonth"]] == ["2026-11", "2026-12"]
    genders = {g["key"]: (g["fees"], g["totalFees"], g["totalPaid"], g["totalDue"]) for g in analytics["byGender"]}
    assert genders == {"FEMALE": (1, 100.1, 40.05, 60.05), "MALE": (1, 200.2, 0.0, 200.2), "OTHER": (1, 300.3, 0.0, 300.3)}
    assert analytics["byGrade"][0] | {"key": "9"} == analytics["byGrade"][0]
    assert analytics["collectedByMonth"] == [
        {"month": "2026-11", "amount": 40.05, "byMethod": [{"method": "CARD", "count": None, "amount": 0.0}, {"method": "CASH", "count": None, "amount": 40.05}]}
    ]  # fmt: skip


def test_overdue_fees_and_revenue_are_on_the_schools_dashboard(admin, school, students):
    reading_fold.forget()
    fee = charge(admin, students[0], "500.00")
    assert admin.post(f"/api/fees/{fee['id']}/record-payment", {"amount": 125, "paymentMethod": "CASH"}).status == 201
    totals_follow(school)
    told = admin.get("/api/dashboard/school-admin").data
    assert (told["totalRevenue"], told["feesOpen"], told["feesOverdue"], told["feeCollectionRate"]) == (125.0, 375.0, 375.0, 25.0)
    (alert,) = told["alerts"]
    assert (alert["kind"], alert["count"], alert["amount"]) == ("OVERDUE_FEES", 1, 375.0)

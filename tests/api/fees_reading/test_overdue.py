"""The list of overdue fees."""

from datetime import UTC, datetime

import pytest

from shared import clock
from shared.auth.permissions import Role
from tests.api.fees_reading.conftest import Desk, someone
from tests.support.world import make_school


def test_overdue_fees_come_with_days_open_amount_and_whom_to_ask(desk, asha, binu):
    late = desk.charge(asha["id"], 1000, "2026-10-25")
    desk.pay(late, 250)
    desk.pay(desk.charge(binu["id"], 10, "2026-10-25"), 10)
    desk.charge(binu["id"], 10, "2026-11-24")
    (row,) = desk.rows("/api/fees/overdue")
    assert (row["id"], row["daysOverdue"], row["openAmount"], row["overdueAmount"], row["status"]) == (late["id"], 30, 750, 750, "OVERDUE")
    assert row["guardian"] == {"name": "Lakshmi Rao", "relation": "MOTHER", "phone": "+919876543211", "email": None}


def test_overdue_fees_are_filtered_and_sorted_as_any_others(desk, asha, chen, rooms):
    first, second = desk.charge(asha["id"], 1, "2026-10-01"), desk.charge(chen["id"], 2, "2026-09-01")
    assert [r["id"] for r in desk.rows("/api/fees/overdue")] == [second["id"], first["id"]]
    assert [r["id"] for r in desk.rows("/api/fees/overdue", sort="openAmount")] == [first["id"], second["id"]]
    assert [r["id"] for r in desk.rows("/api/fees/overdue", classId=rooms[1]["id"])] == [second["id"]]
    assert [r["id"] for r in desk.rows("/api/fees/overdue", search="chen")] == [second["id"]]
    assert desk.rows("/api/fees/overdue", status="PAID") == desk.rows("/api/fees/overdue")  # the list is of one status


@pytest.mark.parametrize(
    ("zone", "today", "overdue"),
    [("Asia/Kolkata", "2027-01-01", 1), ("Pacific/Honolulu", "2026-12-31", 0), ("Pacific/Kiritimati", "2027-01-01", 1)],
)
def test_g2_the_last_day_of_the_year_ends_in_each_school_at_its_own_midnight(world, zone, today, overdue):
    clock.use(lambda: datetime(2026, 12, 31, 20, 0, tzinfo=UTC))
    school = make_school(timezone=zone)
    admin = someone(school).client
    room = admin.post("/api/classes", {"name": "C", "section": "A", "grade": "1", "capacity": 9}).data
    student = {"firstName": "A", "dateOfBirth": "2012-01-01", "gender": "FEMALE", "admissionDate": "2026-04-01", "classId": room["id"]}
    Desk(school, admin).charge(admin.post("/api/students", student).data["id"], 1, "2026-12-31")
    assert len(admin.get("/api/fees/overdue").data) == overdue
    told = admin.get("/api/fees/summary").data
    assert (told["asOf"], told["overdueFees"], told["totalOverdue"]) == (today, overdue, overdue)


@pytest.mark.parametrize(("moment", "overdue"), [("2026-03-29T21:59:00+00:00", 0), ("2026-03-29T22:01:00+00:00", 1)])
def test_g2_the_day_on_which_summer_time_begins_is_a_day_like_any_other(world, moment, overdue):
    clock.use(lambda: datetime.fromisoformat(moment))
    school = make_school(timezone="Europe/Berlin", currency="EUR")
    admin = someone(school).client
    room = admin.post("/api/classes", {"name": "C", "section": "A", "grade": "1", "capacity": 9}).data
    student = {"firstName": "A", "dateOfBirth": "2012-01-01", "gender": "FEMALE", "admissionDate": "2026-01-01", "classId": room["id"]}
    Desk(school, admin).charge(admin.post("/api/students", student).data["id"], 1, "2026-03-29")
    assert len(admin.get("/api/fees/overdue").data) == overdue


def test_an_admin_and_an_accountant_see_whom_to_ask(desk, school, asha):
    desk.charge(asha["id"], 1, "2026-10-25")
    for role in (Role.SCHOOL_ADMIN, Role.ACCOUNTANT):
        (row,) = someone(school, role).client.get("/api/fees/overdue").data
        assert row["guardian"]["name"] == "Lakshmi Rao"

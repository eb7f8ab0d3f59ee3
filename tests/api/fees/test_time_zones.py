"""The school's calendar decides: receipt year and payment date at New Year's Eve, the day on which a fee is overdue, clock changes."""

import pytest

from tests.api.fees.conftest import at, lasting, make_room
from tests.support.world import make_school


def place(timezone, due="2026-12-31"):
    """A school in a time zone, with a fee of one student."""
    admin = lasting(make_school(timezone=timezone)).client
    room = make_room(admin)
    known = {"firstName": "A", "dateOfBirth": "2012-01-01", "gender": "FEMALE", "admissionDate": "2026-04-01", "classId": room["id"]}
    student = admin.post("/api/students", known).data
    fee = admin.post("/api/fees", {"studentId": student["id"], "name": "Fee", "totalAmount": 100, "dueDate": due}).data
    return admin, fee


def paid(admin, fee):
    told = admin.post(f"/api/fees/{fee['id']}/record-payment", {"amount": 1, "paymentMethod": "CASH"}).data
    return told["receiptNumber"], told["paymentDate"]


@pytest.mark.parametrize(
    ("timezone", "last_second", "midnight"),
    [
        ("Asia/Kolkata", "2026-12-31T18:29:59", "2026-12-31T18:30:00"),
        ("Pacific/Honolulu", "2027-01-01T09:59:59", "2027-01-01T10:00:00"),
        ("Pacific/Kiritimati", "2026-12-31T09:59:58", "2026-12-31T10:00:00"),
    ],
)
def test_f3_at_new_years_eve_a_receipt_has_the_schools_year_and_date_and_the_new_year_begins_at_0001(noon, timezone, last_second, midnight):
    admin, fee = place(timezone)
    at(last_second)
    assert paid(admin, fee) == ("RCP-2026-0001", "2026-12-31")
    assert admin.get(f"/api/fees/{fee['id']}").data["status"] == "PARTIAL"
    at(midnight)
    assert paid(admin, fee) == ("RCP-2027-0001", "2027-01-01")
    assert paid(admin, fee) == ("RCP-2027-0002", "2027-01-01")
    assert admin.get(f"/api/fees/{fee['id']}").data["status"] == "OVERDUE"
    assert [p["receiptNumber"] for p in admin.get("/api/payments", fromDate="2026-12-31", toDate="2026-12-31").data] == ["RCP-2026-0001"]
    assert len(admin.get("/api/payments", fromDate="2027-01-01", toDate="2027-01-01").data) == 2


def test_f3_a_payment_of_last_year_that_is_recorded_this_year_has_this_years_receipt_under_its_own_date(noon):
    admin, fee = place("Asia/Kolkata")
    at("2027-01-02T06:00:00")
    body = {"amount": 1, "paymentMethod": "BANK_TRANSFER", "paymentDate": "2026-12-31"}
    told = admin.post(f"/api/fees/{fee['id']}/record-payment", body).data
    assert (told["receiptNumber"], told["paymentDate"]) == ("RCP-2027-0001", "2026-12-31")
    assert len(admin.get("/api/payments", fromDate="2026-12-31", toDate="2026-12-31").data) == 1
    assert admin.get("/api/payments", fromDate="2027-01-01", toDate="2027-01-02").data == []


@pytest.mark.parametrize(
    ("timezone", "day", "before", "after"),
    [
        ("Europe/Berlin", "2027-03-28", "2027-03-28T21:59:59", "2027-03-28T22:00:00"),  # the clocks go forward: midnight is at 22:00 UTC
        ("Europe/Berlin", "2026-10-25", "2026-10-25T22:59:59", "2026-10-25T23:00:00"),  # and back
        ("America/Santiago", "2027-04-03", "2027-04-04T02:59:59", "2027-04-04T04:00:00"),  # back at midnight itself
        ("Africa/Cairo", "2027-04-29", "2027-04-29T21:59:59", "2027-04-29T22:00:00"),  # forward at midnight itself
    ],
)
def test_g2_a_fee_is_overdue_when_the_schools_day_is_over_also_when_the_clocks_change(noon, timezone, day, before, after):
    at("2026-10-01T12:00:00")
    admin, fee = place(timezone, day)
    at(before)
    assert admin.get(f"/api/fees/{fee['id']}").data["status"] == "DUE"
    at(after)
    assert admin.get(f"/api/fees/{fee['id']}").data["status"] == "OVERDUE"

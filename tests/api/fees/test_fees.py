"""Single fees: F1, F4, discounts with reasons, instalments, and who may see them."""

import json

import pytest

from tests.api.fees.conftest import at, lasting, make_room
from tests.support.journal import entries
from tests.support.world import make_school


def put(client, fee, **body):
    return client.put(f"/api/fees/{fee['id']}", body)


def test_a_fee_of_a_name_and_amount_of_its_own(cashier, student, charge):
    made = charge(student, name="Lab coat", totalAmount=450.5, dueDate="2026-12-10")
    assert (made["name"], made["totalAmount"], made["paidAmount"], made["netAmount"]) == ("Lab coat", 450.5, 0, 450.5)
    assert (made["status"], made["academicYear"], made["classId"], made["period"]) == ("DUE", "2026-2027", student["classId"], "ONCE")
    assert cashier.get(f"/api/fees/{made['id']}").data == made


def test_a_fee_of_a_structure_takes_its_name_and_amount_and_the_structure_is_in_use_then(admin, student, structure):
    made = structure(name="Bus", amount=300)
    fee = admin.post("/api/fees", {"studentId": student["id"], "feeStructureId": made["id"], "dueDate": "2026-12-01"}).data
    assert (fee["name"], fee["totalAmount"], fee["feeStructureId"]) == ("Bus", 300, made["id"])
    assert admin.delete(f"/api/fee-structures/{made['id']}").data["outcome"] == "deactivated"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"studentId": "0198a000-0000-7000-8000-000000000000"}, "studentId"),
        ({"feeStructureId": "0198a000-0000-7000-8000-000000000000"}, "feeStructureId"),
        ({"totalAmount": 10.001}, "totalAmount"),
        ({"totalAmount": -1}, "totalAmount"),
        ({"name": None}, "name"),
        ({"discountAmount": 10}, "reason"),
        ({"discountAmount": 800, "scholarshipAmount": 300, "reason": "Both"}, "discountAmount"),
        ({"dueDate": "2026-02-30"}, "dueDate"),
        ({"instalments": [{"dueDate": "2026-12-01", "amount": 500}, {"dueDate": "2027-01-01", "amount": 499.99}]}, "instalments"),
        ({"paidAmount": 1000}, "paidAmount"),
        ({"schoolId": "0198a000-0000-7000-8000-000000000000"}, "schoolId"),
    ],
)
def test_bad_fees_are_refused_by_field(admin, student, body, field):
    known = {"studentId": student["id"], "name": "Excursion", "totalAmount": 1000, "dueDate": "2026-12-31"}
    reply = admin.post("/api/fees", {**known, **body})
    assert reply.status == 400
    assert field in [d["field"] for d in reply.error["details"]]


def test_f1_status_is_right_at_the_moment_of_reading_though_no_job_has_run(cashier, charge, student, pay):
    fee = charge(student, dueDate="2026-11-24")

    def status():
        return cashier.get(f"/api/fees/{fee['id']}").data["status"]

    assert status() == "DUE"
    pay(fee, 1)
    assert status() == "PARTIAL"
    at("2026-11-24T18:29:59")  # a second before midnight in Kolkata
    assert status() == "PARTIAL"
    at("2026-11-24T18:30:00")
    assert status() == "OVERDUE"
    pay(fee, 999)
    assert status() == "PAID"


def test_f4_what_is_owed_is_never_set_below_what_is_paid(admin, fee, pay):
    pay(fee, 600)
    assert put(admin, fee, totalAmount=599.99, reason="Too low").status == 409
    assert put(admin, fee, discountAmount=400.01, reason="Too much off").status == 409
    told = put(admin, fee, discountAmount=400, reason="Hardship").data
    assert (told["netAmount"], told["openAmount"], told["status"]) == (600, 0, "PAID")


def test_f4_a_fee_with_a_payment_is_not_deleted_also_when_that_was_reversed(cashier, admin, fee, pay):
    made = pay(fee, 1).data
    assert admin.delete(f"/api/fees/{fee['id']}").status == 409
    cashier.post(f"/api/payments/{made['id']}/reverse", {"reason": "Wrong child"})
    assert admin.delete(f"/api/fees/{fee['id']}").status == 409


def test_a_fee_without_a_payment_is_removed(admin, fee):
    assert admin.delete(f"/api/fees/{fee['id']}").data["outcome"] == "removed"
    assert admin.get(f"/api/fees/{fee['id']}").status == 404


def test_a_change_of_what_is_owed_needs_a_reason_and_keeps_it(school, admin, accountant, fee):
    assert put(admin, fee, discountAmount=100).error["details"][0]["field"] == "reason"
    assert put(admin, fee, totalAmount=900).error["details"][0]["field"] == "reason"
    put(accountant.client, fee, discountAmount=100, scholarshipAmount=50.25, reason="Merit list of May")
    told = put(admin, fee, dueDate="2027-01-15").data
    assert (told["netAmount"], told["dueDate"]) == (849.75, "2027-01-15")
    kept = sorted((r["kind"], r["amount"], r["reason"], r["by"]) for r in told["reductions"])
    reason = "Merit list of May"
    assert kept == [("DISCOUNT", 100, reason, accountant.id), ("SCHOLARSHIP", 50.25, reason, accountant.id)]
    fields = json.loads(entries(school.id, "StudentFee")[1].changes)[0]["fields"]
    assert fields["discountAmount"] == [None, "100.00"]
    assert fields["reason"] == [None, "Merit list of May"]
    assert put(admin, fee, discountAmount=None, reason="Was a mistake").data["netAmount"] == 949.75


def test_g5_an_update_that_is_behind_gets_409_and_a_payment_counts_as_a_change(admin, fee, pay):
    pay(fee, 10)
    reply = admin.put(f"/api/fees/{fee['id']}", {"dueDate": "2027-01-01"}, headers={"If-Match": '"1"'})
    assert (reply.status, reply.error["currentVersion"]) == (409, 2)


def test_instalments_add_up_and_the_first_that_is_not_covered_makes_a_fee_overdue(cashier, charge, student, pay):
    days = ["2026-12-01", "2027-01-01", "2027-02-01"]
    parts = [{"dueDate": d, "amount": a} for d, a in zip(reversed(days), (333.34, 333.33, 333.33), strict=True)]
    fee = charge(student, instalments=parts)
    assert [i["dueDate"] for i in fee["instalments"]] == days
    assert fee["dueDate"] == "2027-02-01"
    pay(fee, 400)
    at("2026-12-15T06:00:00")
    told = cashier.get(f"/api/fees/{fee['id']}").data
    assert [i["paidAmount"] for i in told["instalments"]] == [333.33, 66.67, 0]
    assert told["status"] == "PARTIAL"
    at("2027-01-02T06:00:00")
    assert cashier.get(f"/api/fees/{fee['id']}").data["status"] == "OVERDUE"


def test_the_field_defect_of_a_third_of_100_instalments_follow_a_discount_and_still_add_up(admin, charge, student):
    parts = [{"dueDate": f"2026-12-0{n}", "amount": a} for n, a in ((1, 400), (2, 300), (3, 300))]
    fee = charge(student, instalments=parts)
    told = put(admin, fee, discountAmount=900, reason="Nearly free").data
    assert [i["amount"] for i in told["instalments"]] == [40, 30, 30]
    told = put(admin, fee, discountAmount=899.99, reason="A cent more").data
    assert sum(round(i["amount"] * 100) for i in told["instalments"]) == 10001
    assert put(admin, fee, dueDate="2027-01-01").error["details"][0]["field"] == "dueDate"
    assert put(admin, fee, instalments=[]).data["instalments"] == []


def test_a_fine_is_owed_on_top_and_waiving_it_leaves_its_step(admin, fee, pay):
    told = put(admin, fee, fineAmount=50, reason="Very late").data
    assert (told["netAmount"], told["fineAmount"]) == (1050, 50)
    pay(fee, 1000)
    assert admin.get(f"/api/fees/{fee['id']}").data["status"] == "PARTIAL"
    told = put(admin, fee, fineAmount=0, reason="Family in hospital").data
    assert (told["netAmount"], told["status"], told["fineAmount"]) == (1000, "PAID", None)
    assert [f["amount"] for f in told["fines"]] == [50, -50]


@pytest.mark.parametrize(
    ("currency", "amount", "text", "bad"),
    [
        ("JPY", 1500, b'"totalAmount":1500,', 1500.5),
        ("KWD", 12.345, b'"totalAmount":12.345,', 12.3456),
        ("INR", 10, b'"totalAmount":10.00,', 0.001),
    ],
)
def test_g3_a_currency_has_none_two_or_three_decimals(noon, currency, amount, text, bad):
    admin = lasting(make_school(currency=currency)).client
    room = make_room(admin)
    known = {"firstName": "A", "dateOfBirth": "2012-01-01", "gender": "FEMALE", "admissionDate": "2026-04-01", "classId": room["id"]}
    student = admin.post("/api/students", known).data
    body = {"studentId": student["id"], "name": "Fee", "dueDate": "2026-12-01"}
    reply = admin.post("/api/fees", {**body, "totalAmount": amount})
    assert text in reply.body
    assert admin.post("/api/fees", {**body, "totalAmount": bad}).error["details"][0]["field"] == "totalAmount"
    paid = admin.post(f"/api/fees/{reply.data['id']}/record-payment", {"amount": amount, "paymentMethod": "CASH"}).data
    assert paid["amount"] == amount
    assert admin.get(f"/api/fees/{reply.data['id']}").data["status"] == "PAID"


def test_the_currency_of_a_school_is_held_once_a_fee_is_stored(admin, fee):
    reply = admin.put("/api/schools/current", {"currency": "USD"})
    assert reply.status == 409
    assert reply.error["details"][0]["field"] == "currency"


def test_a_parent_sees_the_fees_of_own_children_where_the_link_says_so(school, admin, enrol, charge):
    own, other = enrol(), enrol(firstName="Ravi")
    fees = charge(own), charge(other)
    parent, blind = (lasting(school, "STUDENT_PARENT") for _ in range(2))
    for person, sees in ((parent, True), (blind, False)):
        body = {"userId": person.id, "relation": "MOTHER", "sees": {"academics": True, "fees": sees, "pickUp": True}}
        assert admin.post(f"/api/students/{own['id']}/guardians", body).status == 201
    assert parent.client.get(f"/api/fees/{fees[0]['id']}").status == 200
    assert parent.client.get(f"/api/fees/{fees[1]['id']}").status == 403
    assert blind.client.get(f"/api/fees/{fees[0]['id']}").status == 403
    assert lasting(school, "TEACHER").client.get(f"/api/fees/{fees[0]['id']}").status == 403


def test_a_student_with_fee_records_is_deactivated_not_removed(admin, enrol, charge):
    student, free = enrol(), enrol(firstName="Ravi")
    charge(student)
    assert admin.delete(f"/api/students/{student['id']}").data["outcome"] == "deactivated"
    assert admin.delete(f"/api/students/{free['id']}").data["outcome"] == "removed"

"""Payments at the counter: F2, F3, G9, and the defects that other systems shipped."""

import json

import pytest

from shared.data import reader
from shared.entities.fees import Payment, StudentFee
from tests.api.fees.conftest import lasting
from tests.support.journal import entries
from tests.support.world import make_school


def test_a_payment_is_answered_with_its_receipt_number_and_the_fee_tells_what_is_open(cashier, accountant, fee, pay):
    reply = pay(fee, 400, remarks="by the aunt")
    assert reply.status == 201
    made = reply.data
    assert made["receiptNumber"] == "RCP-2026-0001"
    assert made["studentFeeId"] == fee["id"]
    assert made["receivedBy"] == accountant.id
    assert made["paymentDate"] == "2026-11-24"
    now = cashier.get(f"/api/fees/{fee['id']}").data
    assert (now["paidAmount"], now["openAmount"], now["status"]) == (400, 600, "PARTIAL")
    assert now["paymentIds"] == [made["id"]]
    assert cashier.get(f"/api/payments/{made['id']}").data == made


def test_the_field_defect_of_dropped_decimals_an_amount_keeps_them_from_request_to_answer(cashier, fee, pay):
    assert b'"amount":0.10,' in pay(fee, 0.1).body
    assert b'"openAmount":999.90,' in cashier.get(f"/api/fees/{fee['id']}").body


def test_f2_an_overpayment_is_refused_and_names_the_open_amount(cashier, fee, pay):
    pay(fee, 999.99)
    reply = pay(fee, 0.02)
    assert reply.status == 409
    assert "0.01 is open" in reply.error["message"]
    assert json.loads(reply.body)["data"]["openAmount"] == 0.01
    assert cashier.get(f"/api/fees/{fee['id']}").data["paidAmount"] == 999.99


@pytest.mark.parametrize("amount", [0, -1, 0.001, "12", None, 1e16, True])
def test_an_amount_is_positive_exact_and_has_the_currencys_decimals(cashier, fee, pay, amount):
    reply = pay(fee, amount)
    assert reply.status == 400
    assert reply.error["details"][0]["field"] == "amount"


def test_the_field_defect_of_random_receipts_numbers_are_in_sequence_and_a_refused_payment_leaves_no_gap(fee, pay):
    assert pay(fee, 1).data["receiptNumber"] == "RCP-2026-0001"
    assert pay(fee, 5000).status == 409
    assert pay(fee, 1).data["receiptNumber"] == "RCP-2026-0002"


def test_f3_past_9999_a_receipt_number_grows_to_five_digits(school, fee, pay):
    from shared.data.unit_of_work import Actor, RetryWrite, UnitOfWork
    from shared.entities.fees import ReceiptSequence

    unit = UnitOfWork(school.id, Actor(), "tests")
    unit.put(ReceiptSequence(school_id=school.id, year="2026", last=9998, turn=9998), None, RetryWrite())
    unit.commit()
    assert [pay(fee, 1).data["receiptNumber"] for _ in range(3)] == ["RCP-2026-9999", "RCP-2026-10000", "RCP-2026-10001"]


def test_g9_a_key_sent_twice_records_one_payment_and_gets_the_same_receipt(cashier, fee):
    body, key = {"amount": 1000, "paymentMethod": "CASH"}, {"Idempotency-Key": "k-1"}
    path = f"/api/fees/{fee['id']}/record-payment"
    first = cashier.post(path, body, headers=key)
    again = cashier.post(path, body, headers=key)
    assert first.status == again.status == 201
    assert again.body == first.body
    assert again.headers["idempotency-replayed"] == "true"
    assert cashier.post(path, {**body, "amount": 999}, headers=key).status == 409
    assert cashier.get(f"/api/fees/{fee['id']}").data["paidAmount"] == 1000


def test_one_payment_over_several_fees_of_a_family_has_one_receipt(cashier, enrol, charge):
    older, younger = enrol(), enrol(firstName="Ravi")
    fees = [charge(older), charge(younger, totalAmount=250.5)]
    parts = [{"feeId": fees[0]["id"], "amount": 1000}, {"feeId": fees[1]["id"], "amount": 250.25}]
    made = cashier.post("/api/payments", {"allocations": parts, "paymentMethod": "CARD", "transactionId": "T-9"})
    assert made.status == 201, made.body
    assert made.data["amount"] == 1250.25
    assert made.data["receiptNumber"] == "RCP-2026-0001"
    assert [a["studentId"] for a in made.data["allocations"]] == [older["id"], younger["id"]]
    assert cashier.get(f"/api/fees/{fees[0]['id']}").data["status"] == "PAID"
    assert cashier.get(f"/api/fees/{fees[1]['id']}").data["openAmount"] == 0.25


def test_a_family_payment_goes_to_the_fees_that_are_due_first(cashier, enrol, charge):
    older, younger = enrol(), enrol(firstName="Ravi")
    late, early, middle = charge(older, dueDate="2027-03-01"), charge(older, dueDate="2026-05-01"), charge(younger, dueDate="2026-06-01")
    body = {"studentIds": [older["id"], younger["id"]], "amount": 1500, "paymentMethod": "ONLINE"}
    made = cashier.post("/api/payments", body).data
    assert [(a["feeId"], a["amount"]) for a in made["allocations"]] == [(early["id"], 1000), (middle["id"], 500)]
    too_much = cashier.post("/api/payments", {**body, "amount": 1500.01})
    assert too_much.status == 400
    assert "1500.00 is open" in too_much.error["details"][0]["message"]
    assert cashier.get(f"/api/fees/{late['id']}").data["paidAmount"] == 0


def test_f2_a_family_payment_with_one_part_too_large_records_nothing(cashier, fee, charge, student):
    other = charge(student)
    parts = [{"feeId": fee["id"], "amount": 10}, {"feeId": other["id"], "amount": 1000.01}]
    assert cashier.post("/api/payments", {"allocations": parts, "paymentMethod": "CASH"}).status == 409
    assert cashier.get(f"/api/fees/{fee['id']}").data["paidAmount"] == 0
    twice = cashier.post("/api/payments", {"allocations": [parts[0], parts[0]], "paymentMethod": "CASH"})
    assert twice.error["details"][0]["field"] == "allocations[1].feeId"


def test_a_payment_is_never_dated_in_the_future_and_a_late_entry_lies_under_its_own_day(cashier, fee, pay):
    assert pay(fee, 1, paymentDate="2026-11-25").error["details"][0]["field"] == "paymentDate"
    late = pay(fee, 2, paymentDate="2026-11-01").data
    today = pay(fee, 3).data
    listed = cashier.get("/api/payments", fromDate="2026-11-01", toDate="2026-11-01").data
    assert [p["id"] for p in listed] == [late["id"]]
    assert [p["id"] for p in cashier.get("/api/payments").data] == [today["id"]]
    both = cashier.get("/api/payments", fromDate="2026-10-30", sort="amount")
    assert [p["amount"] for p in both.data] == [2, 3]
    assert both.json["pagination"]["totalRecords"] == 2


def test_payments_can_be_found_by_method_collector_student_kind_and_text(cashier, accountant, fee, pay, charge, enrol):
    pay(fee, 1, remarks="Diwali gift")
    card = pay(charge(enrol()), 2, paymentMethod="CARD").data

    def found(**query):
        return [p["amount"] for p in cashier.get("/api/payments", **query).data]

    assert found(paymentMethod="CARD") == [2]
    assert found(search="diwali") == [1]
    assert found(search="rcp-2026-0002") == [2]
    assert found(studentId=card["allocations"][0]["studentId"]) == [2]
    assert sorted(found(receivedBy=accountant.id)) == [1, 2]
    assert found(kind="REVERSAL") == []


def test_f3_a_reversal_has_its_own_receipt_refers_to_the_payment_and_opens_the_fee_again(cashier, fee, pay):
    made = pay(fee, 600).data
    reply = cashier.post(f"/api/payments/{made['id']}/reverse", {"reason": "Wrong child"})
    assert reply.status == 201, reply.body
    back = reply.data
    assert (back["kind"], back["amount"], back["receiptNumber"]) == ("REVERSAL", -600, "RCP-2026-0002")
    assert (back["reversalOf"], back["remarks"]) == (made["id"], "Wrong child")
    now = cashier.get(f"/api/payments/{made['id']}").data
    assert now["reversedBy"] == back["id"]
    assert {k: v for k, v in now.items() if k not in ("reversedBy", "version")} == {k: v for k, v in made.items() if k != "version"}
    assert cashier.get(f"/api/fees/{fee['id']}").data["openAmount"] == 1000
    assert cashier.post(f"/api/payments/{made['id']}/reverse", {"reason": "Once more"}).status == 409
    assert cashier.post(f"/api/payments/{back['id']}/reverse", {"reason": "Back again"}).status == 409


def test_the_field_defect_of_a_bounced_cheque_reverses_its_payment_in_the_same_step(cashier, fee, pay):
    made = pay(fee, 1000, paymentMethod="CHEQUE", cheque={"number": "000123", "bank": "SBI", "date": "2026-11-20"}).data
    assert made["cheque"] == {"number": "000123", "bank": "SBI", "date": "2026-11-20", "state": "RECEIVED", "on": None}
    path = f"/api/payments/{made['id']}/cheque"
    assert cashier.patch(path, {"state": "BOUNCED"}).status == 400
    now = cashier.patch(path, {"state": "BOUNCED", "reason": "No funds"}).data
    assert now["cheque"]["state"] == "BOUNCED"
    back = cashier.get(f"/api/payments/{now['reversedBy']}").data
    assert (back["amount"], back["remarks"]) == (-1000, "Cheque 000123 bounced: No funds")
    assert cashier.get(f"/api/fees/{fee['id']}").data["paidAmount"] == 0
    assert cashier.patch(path, {"state": "CLEARED"}).status == 409


def test_a_cheque_that_was_cleared_stays_paid_and_only_cheques_have_a_state(cashier, fee, pay):
    made = pay(fee, 500, paymentMethod="CHEQUE", cheque={"number": "7"}).data
    assert cashier.patch(f"/api/payments/{made['id']}/cheque", {"state": "CLEARED"}).data["cheque"]["state"] == "CLEARED"
    assert cashier.patch(f"/api/payments/{made['id']}/cheque", {"state": "BOUNCED", "reason": "Too late"}).status == 409
    cash = pay(fee, 1).data
    assert cashier.patch(f"/api/payments/{cash['id']}/cheque", {"state": "CLEARED"}).status == 404
    assert pay(fee, 1, paymentMethod="CHEQUE").error["details"][0]["field"] == "cheque"
    assert pay(fee, 1, cheque={"number": "7"}).error["details"][0]["field"] == "cheque"


def test_g11_a_payment_is_in_the_journal_with_what_was_paid_before_and_after(school, accountant, fee, pay):
    made = pay(fee, 400).data
    of_fee, of_payment = entries(school.id, "StudentFee")[-1], entries(school.id, "Payment")[-1]
    assert (of_fee.action, of_fee.user_id) == ("RECORD_PAYMENT", accountant.id)
    assert json.loads(of_fee.changes)[0]["fields"] == {"paidAmount": ["0.00", "400.00"]}
    told = json.loads(of_payment.changes)[0]
    assert (told["id"], told["fields"]["receiptNumber"]) == (made["id"], [None, "RCP-2026-0001"])


def test_the_field_defect_of_payments_deleted_outright_has_no_route(cashier, fee, pay):
    made = pay(fee, 1).data
    assert cashier.delete(f"/api/payments/{made['id']}").status == 405
    assert cashier.put(f"/api/payments/{made['id']}", {"amount": 2}).status == 405


def test_the_field_defect_of_anybody_marking_fees_as_paid_is_refused_for_teachers_and_parents(school, admin, fee, pay):
    for role in ("TEACHER", "STUDENT_PARENT"):
        assert pay(fee, 1, client=lasting(school, role).client).status == 403
    reply = admin.put(f"/api/fees/{fee['id']}", {"paidAmount": 1000})
    assert reply.status == 400
    assert reply.error["details"][0]["field"] == "paidAmount"


def test_g8_a_fee_or_payment_of_another_school_was_never_there(fee, pay):
    stranger = lasting(make_school()).client
    made = pay(fee, 1).data
    assert pay(fee, 1, client=stranger).status == 404
    assert stranger.get(f"/api/fees/{fee['id']}").status == 404
    assert stranger.get(f"/api/payments/{made['id']}").status == 404
    assert stranger.post(f"/api/payments/{made['id']}/reverse", {"reason": "Not mine"}).status == 404
    reply = stranger.post("/api/payments", {"allocations": [{"feeId": fee["id"], "amount": 1}], "paymentMethod": "CASH"})
    assert reply.error["details"][0]["field"] == "allocations[0].feeId"


def test_the_field_defect_of_float_sums_is_none_of_ours_ten_thousand_dimes_are_exactly_1000(school, charge, student):
    """Recorded straight into the table: ten thousand requests would say no more."""
    from decimal import Decimal

    fee = charge(student)
    raw = reader.get(StudentFee.key_of(school_id=school.id, id=fee["id"]))
    found = StudentFee.from_item(raw)
    for _ in range(10_000):
        found.paid_amount = StudentFee.paid_amount.deserialize(StudentFee.paid_amount.serialize(found.paid_amount + Decimal("0.10")))
    assert f"{found.paid_amount:f}" == "1000.00"
    assert Payment.amount.serialize(found.paid_amount) == "1000.00"

"""What recording a payment and assigning fees cost: the budget of the design."""

from shared.data import reader
from shared.entities.fees import ReceiptCode, StudentFee
from tests.api.students.test_costs import Meter
from tests.support.write_units import item_size, recorded_units

AGENT = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"}


def test_a_payment_costs_at_most_16_write_units_4_read_units_and_two_round_trips_besides_the_check_of_its_caller(cashier, fee):
    path, body = f"/api/fees/{fee['id']}/record-payment", {"amount": 100.5, "paymentMethod": "CARD", "transactionId": "4711-0815-42"}
    cashier.post(path, body, headers={**AGENT, "idempotency-key": "first"})
    with Meter() as meter, recorded_units() as units:
        assert cashier.post(path, body, headers={**AGENT, "idempotency-key": "second"}).status == 201
    assert meter.requests == ["BatchGetItem", "BatchGetItem", "TransactWriteItems"]  # the first is the check of the caller
    assert units == [16]
    assert meter.read_units <= 4


def test_a_familys_payment_costs_little_more(cashier, student, charge):
    fees = [charge(student) for _ in range(3)]
    parts = [{"feeId": f["id"], "amount": 100} for f in fees]
    with Meter() as meter, recorded_units() as units:
        assert cashier.post("/api/payments", {"allocations": parts, "paymentMethod": "CASH"}, headers=AGENT).status == 201
    assert meter.requests == ["BatchGetItem", "BatchGetItem", "TransactWriteItems"]
    assert units[0] <= 22


def test_a_fee_is_far_below_a_write_unit_and_a_students_year_of_them_is_one_query_of_a_few(school, admin, student, structure):
    made = structure()
    admin.post(f"/api/fee-structures/{made['id']}/assign", {})
    from functions.fees.repository import Fees

    with Meter() as meter:
        found = list(Fees(school.id).raw_of_student(student["id"], consistent=False))
    assert len(found) == 12
    assert meter.requests == ["Query"]
    assert meter.read_units <= 1
    assert max(map(item_size, found)) < 700


def test_assigning_costs_little_more_than_two_write_units_a_fee(admin, enrol, structure):
    for n in range(16):
        enrol(firstName=f"N{n}")
    made = structure()
    with recorded_units() as units:
        told = admin.post(f"/api/fee-structures/{made['id']}/assign", {}).data
    assert told["made"] == 16 * 12
    assert sum(units[1:-1]) / told["made"] <= 2.3  # the run's own beginning and end aside


def test_a_verification_code_leads_to_its_receipt_without_a_school(school, fee, pay):
    made = pay(fee, 1).data
    found = reader.load(ReceiptCode, code=made["verificationCode"])
    assert (found.receipt_school, found.payment_id) == (school.id, made["id"])
    assert reader.load(StudentFee, school_id=school.id, id=fee["id"]).payments == [made["id"]]

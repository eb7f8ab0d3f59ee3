"""Guardians are told of a payment where their school wants it, once, however often the event comes."""

from collections.abc import Callable

from functions.fees.receipt_messages import receipts
from shared.data import reader
from shared.entities.messages import Message
from tests.api.fees_receipts.conftest import Counter
from tests.support import journal
from tests.support.client import Context

WANTED = {"fees": {"receipts": {"messages": True}}}


def told(counter: Counter, times: int = 1) -> list[Message]:
    """The messages that are owed once every entry of payments has come so many times."""
    event = journal.stream_event(*journal.entries(counter.school.id, "Payment"))
    for _ in range(times):
        assert receipts(event, Context()) == {"batchItemFailures": []}
    return [Message.from_item(raw) for raw in reader.query(Message.partition_of(school_id=counter.school.id), consistent=True)]


def test_nobody_is_told_unless_the_school_wants_it(counter: Counter) -> None:
    counter.pay(counter.fee(counter.student("Asha")), 10)
    assert told(counter) == []


def test_guardians_of_each_student_are_told_once_of_their_part(open_counter: Callable[..., Counter]) -> None:
    counter = open_counter(settings=WANTED)
    asha, ravi = counter.student("Asha"), counter.student("Ravi")
    fees = [counter.fee(asha, name="Tuition"), counter.fee(asha, name="Transport"), counter.fee(ravi, name="Tuition")]
    body = {"paymentMethod": "CASH", "allocations": [{"feeId": f["id"], "amount": n} for f, n in zip(fees, (1000, 200.5, 7), strict=True)]}
    payment = counter.cashier.client.post("/api/payments", body).data
    found = {m.student_id: m for m in told(counter, times=3)}
    assert len(found) == 2
    assert {m.topic for m in found.values()} == {"RECEIPT"}
    assert found[asha["id"]].facts == {
        "receiptNumber": payment["receiptNumber"],
        "amount": "INR 1,200.50",
        "date": "2026-11-04",
        "fee": "Tuition, Transport",
    }
    assert found[ravi["id"]].facts["amount"] == "INR 7.00"


def test_f3_a_reversal_is_no_receipt_to_be_told_of(open_counter: Callable[..., Counter]) -> None:
    counter = open_counter(settings=WANTED)
    payment = counter.pay(counter.fee(counter.student("Asha")), 10)
    counter.admin.client.post(f"/api/payments/{payment['id']}/reverse", {"reason": "Wrong child"})
    assert len(told(counter)) == 1

"""Tells guardians of a payment, where their school wants it: a reaction to the journal, safe to repeat."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby

from functions.fees.receipts.locales import figures
from shared.consumer import Entry, consumer
from shared.data import reader
from shared.entities.fees import Payment, StudentFee
from shared.entities.tenancy import School
from shared.messages import Owed, owe
from shared.school_settings import SchoolSettings
from shared.topics import TopicName


def tell_receipt(entry: Entry) -> None:
    """Owe the guardians of each student on a new receipt one message."""
    if entry.action != "CREATE_PAYMENT":
        return
    school = reader.load(School, consistent=True, school_id=entry.school_id)
    if school is None or not SchoolSettings.of(school).fees.receipts.messages:
        return
    for payment in reader.load_many(Payment, [{"school_id": school.id, "id": i} for i in entry.entity_ids], consistent=True):
        if payment.kind == "PAYMENT":
            owe(school.id, _owed(school, payment), module="fees")


def _owed(school: School, payment: Payment) -> Iterator[Owed]:
    found = reader.load_many(StudentFee, [{"school_id": school.id, "id": part["feeId"]} for part in payment.allocations])
    names = {fee.id: fee.name for fee in found}
    in_order = sorted(payment.allocations, key=lambda part: str(part["studentId"]))
    for student_id, several in groupby(in_order, key=lambda part: str(part["studentId"])):
        parts = list(several)
        amount = sum((Decimal(part["amount"]) for part in parts), Decimal(0))
        facts = {
            "receiptNumber": payment.receipt_number,
            "amount": f"{school.currency} {figures(amount, school.currency, school.locale)}",
            "date": payment.payment_date,
            "fee": ", ".join(dict.fromkeys(names[part["feeId"]] for part in parts if part["feeId"] in names)),
        }
        yield Owed(key=f"{TopicName.RECEIPT}#{payment.id}#{student_id}", topic=TopicName.RECEIPT, facts=facts, student_id=student_id)


receipts = consumer(tell_receipt)
"""The consumer of payments that tells of their receipts."""

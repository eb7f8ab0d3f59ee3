"""A student's account: each charge, reduction, fine, payment and reversal in order, with the balance after it.

The balance is reckoned twice, from the lines and from what the fees say of themselves, and the two are compared.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from functions.fees import schemas_reading
from functions.fees.repository import Fees, Payments
from functions.fees.schemas_reading import Kind
from shared import fee_rules as rules
from shared.auth.caller import Caller
from shared.auth.scope import visible_student
from shared.entities.fees import Payment, StudentFee
from shared.money import decimals

# Of one day: what is owed before what is received, and that in the order in which it was recorded.
_ORDER = {Kind.CHARGE: 0, Kind.DISCOUNT: 1, Kind.SCHOLARSHIP: 2, Kind.FINE: 3, Kind.PAYMENT: 4, Kind.REVERSAL: 4}

type Line = dict[str, Any]


def student_ledger(caller: Caller, student_id: str, query: schemas_reading.LedgerQuery) -> dict[str, Any]:
    """The account of a student whom the caller may see."""
    visible_student(caller, student_id, what="fees")
    fees = Fees(caller.school_id).of_student(student_id, query.academic_year)
    zone = caller.school.timezone
    nothing = Decimal(0).scaleb(-decimals(caller.school.currency))
    lines = [line for fee in fees for line in _charges(fee, zone)]
    lines += _received({f.id: f for f in fees}, _payments(caller.school_id, fees))
    lines.sort(key=_place)
    balance = nothing
    for line in lines:
        balance += line["amount"]
        line["balance"] = balance
    by_kind = {kind: sum((n["amount"] for n in lines if n["kind"] == kind), nothing) for kind in Kind}
    by_fees = sum((owed(f) - f.paid_amount for f in fees), nothing)
    return {
        "studentId": student_id,
        "currency": caller.school.currency,
        "entries": lines,
        "charged": by_kind[Kind.CHARGE],
        "discounts": -by_kind[Kind.DISCOUNT],
        "scholarships": -by_kind[Kind.SCHOLARSHIP],
        "fines": by_kind[Kind.FINE],
        "paid": -by_kind[Kind.PAYMENT] - by_kind[Kind.REVERSAL],
        "balance": balance,
        "feesBalance": by_fees,
        "difference": balance - by_fees,
        "balanced": balance == by_fees,
    }


def owed(fee: StudentFee) -> Decimal:
    """What is owed of a fee in all."""
    return rules.net_amount(fee.total_amount, fee.discount_amount, fee.scholarship_amount, fee.fine_amount)


def _payments(school_id: str, fees: list[StudentFee]) -> list[Payment]:
    """The payments that the fees name."""
    return Payments(school_id).get_many(sorted({i for f in fees for i in f.payments or ()}), consistent=True)


def _charges(fee: StudentFee, zone: str) -> Iterator[Line]:
    """What raised the debt, and what lowered it without money: reductions never by more than there is (rule F1)."""
    made = _day(fee.created_at, zone) or fee.due_date
    zero = fee.total_amount - fee.total_amount
    yield {**_line(made, Kind.CHARGE, fee, f"{fee.name} {fee.period}", fee.total_amount), "dueDate": fee.due_date}
    left = fee.total_amount
    for kind, day, text, amount in _reductions(fee, made, zone):
        lowered = min(amount, left)
        left -= lowered
        yield _line(day, kind, fee, text, -lowered)
    told = zero
    for fine in fee.fines or ():
        told += Decimal(fine["amount"])
        yield _line(fine["day"], Kind.FINE, fee, fine.get("reason") or "Late fine", Decimal(fine["amount"]))
    if rest := (fee.fine_amount or zero) - told:
        yield _line(made, Kind.FINE, fee, "Late fine", rest)


def _reductions(fee: StudentFee, made: str, zone: str) -> Iterator[tuple[Kind, str, str, Decimal]]:
    """Each reduction with its day and reason; what none of them tells of comes last."""
    rest = {Kind.DISCOUNT: fee.discount_amount or Decimal(0), Kind.SCHOLARSHIP: fee.scholarship_amount or Decimal(0)}
    for told in fee.reductions or ():
        kind = Kind.SCHOLARSHIP if told["kind"] == "SCHOLARSHIP" else Kind.DISCOUNT
        amount = Decimal(told["amount"])
        rest[kind] -= amount
        yield kind, _day(told.get("at"), zone) or made, told.get("reason") or kind.title(), amount
    yield from ((kind, made, kind.title(), amount) for kind, amount in rest.items() if amount)


def _day(stamp: str | None, zone: str) -> str | None:
    """The date of an instant in the school's time zone (rule G2)."""
    return datetime.fromisoformat(stamp).astimezone(ZoneInfo(zone)).date().isoformat() if stamp else None


def _received(fees: dict[str, StudentFee], payments: Iterable[Payment]) -> Iterator[Line]:
    for payment in payments:
        kind = Kind.REVERSAL if payment.kind == "REVERSAL" else Kind.PAYMENT
        for allocation in payment.allocations:
            fee = fees.get(allocation["feeId"])
            if fee is not None:
                line = _line(payment.payment_date, kind, fee, payment.payment_method, -Decimal(allocation["amount"]))
                yield {**line, "paymentId": payment.id, "receiptNumber": payment.receipt_number, "at": payment.created_at or ""}


def _line(day: str, kind: Kind, fee: StudentFee, text: str, amount: Decimal) -> Line:
    told = {"date": day, "kind": kind, "text": text, "feeId": fee.id, "dueDate": None, "paymentId": None, "receiptNumber": None}
    return {**told, "amount": amount, "at": ""}


def _place(line: dict[str, Any]) -> tuple[Any, ...]:
    """Where a line stands: by day; on one day charges first, by what is due first."""
    at, due, receipt = line.pop("at"), line.get("dueDate") or "", line["receiptNumber"] or ""
    return line["date"], _ORDER[line["kind"]], due, at, receipt, line["feeId"]

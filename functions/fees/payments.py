"""Decisions about payments (rules F2, F3, G9)."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from functions.fees import fields, view
from functions.fees import schemas_payments as schemas
from functions.fees.desk import Desk, Overpayment, Part
from functions.fees.repository import Fees, Payments
from shared.auth.caller import Caller
from shared.data import reader
from shared.data.list_model import Listing
from shared.entities.fees import Payment, StudentFee
from shared.errors import Detail, NotFound, ValidationFailed
from shared.http.envelope import to_json
from shared.http.schema import sort_field

SORTABLE = ("paymentDate", "receiptNumber", "amount", "paymentMethod", "createdAt")
_DAYS = 7
_MOST_DAYS = 366


def record_payment(caller: Caller, fee_id: str, data: schemas.RecordPayment) -> schemas.PaymentOut:
    """Money received for one fee."""
    desk = Desk(caller, [fee_id], data.payment_date)
    if fee_id not in desk.fees:
        raise NotFound
    amount = fields.positive_money(caller.school, "amount", data.amount)
    told = _told(caller, data)
    _refuse_overpayment(desk, {fee_id: amount})
    return shown(desk.settle([Part(fee_id, amount)], **told))


def create_payment(caller: Caller, data: schemas.PaymentIn) -> schemas.PaymentOut:
    """Money received at once for several fees, under one receipt."""
    told = _told(caller, data)
    wanted = _allocated(caller, data) if data.allocations else _oldest_first(caller, data)
    desk = Desk(caller, wanted, data.payment_date)
    unknown = [f"allocations[{n}].feeId" for n, fee_id in enumerate(wanted) if fee_id not in desk.fees]
    if unknown:
        raise ValidationFailed(details=tuple(Detail(where, "No fee of this school has this id") for where in unknown))
    _refuse_overpayment(desk, wanted)
    return shown(desk.settle([Part(fee_id, amount) for fee_id, amount in wanted.items()], **told))


def _allocated(caller: Caller, data: schemas.PaymentIn) -> dict[str, Decimal]:
    made: dict[str, Decimal] = {}
    for number, part in enumerate(data.allocations or ()):
        if part.fee_id in made:
            raise ValidationFailed.of(f"allocations[{number}].feeId", "This fee is named twice")
        made[part.fee_id] = fields.positive_money(caller.school, f"allocations[{number}].amount", part.amount)
    if data.student_ids:
        raise ValidationFailed.of("studentIds", "Send either allocations, or students and an amount")
    if data.amount is not None and fields.money(caller.school, "amount", data.amount) != sum(made.values()):
        raise ValidationFailed.of("amount", f"The allocations add up to {sum(made.values()):f}")
    return made


def _oldest_first(caller: Caller, data: schemas.PaymentIn) -> dict[str, Decimal]:
    """The amount over what is open of the students' fees, those due first before the others."""
    if not data.student_ids or data.amount is None:
        raise ValidationFailed.of("allocations", "Send either allocations, or students and an amount")
    left = fields.positive_money(caller.school, "amount", data.amount)
    made: dict[str, Decimal] = {}
    due = [fee for number, i in enumerate(dict.fromkeys(data.student_ids)) for fee in _fees_of(caller, i, number)]
    standings = {fee.id: view.standing(fee, caller.today(), caller.school.currency) for fee in due}
    for fee in sorted(due, key=lambda f: (standings[f.id].due, f.id)):
        part = min(left, standings[fee.id].open)
        if part:
            made[fee.id] = part
            left -= part
    if left:
        raise ValidationFailed.of("amount", f"{data.amount - left:f} is open of these students' fees: {data.amount:f} is more")
    if len(made) > _MOST_FEES:
        raise ValidationFailed.of("amount", f"This would pay {len(made)} fees, and a receipt has room for {_MOST_FEES}: pay in two parts")
    return made


_MOST_FEES = 30


def _fees_of(caller: Caller, student_id: str, number: int) -> list[StudentFee]:
    found = Fees(caller.school_id).of_student(student_id)
    if not found:
        fields.student_of(caller, student_id, f"studentIds[{number}]")
    return found


def _refuse_overpayment(desk: Desk, wanted: Mapping[str, Decimal]) -> None:
    for fee_id, amount in wanted.items():
        left = desk.open_amount(desk.fees[fee_id])
        if amount > left:
            raise Overpayment(desk.fees[fee_id], amount, left)


def _told(caller: Caller, data: schemas.PaymentFields) -> dict[str, Any]:
    """What is stored of a payment as it was told."""
    wrong = []
    if data.payment_date and data.payment_date > caller.today():
        wrong.append(Detail("paymentDate", "lies in the future"))
    if data.payment_date and data.payment_date < caller.today() - timedelta(days=_MOST_DAYS):
        wrong.append(Detail("paymentDate", "lies more than a year back"))
    if (data.payment_method == schemas.Method.CHEQUE) != (data.cheque is not None):
        wrong.append(Detail("cheque", "A payment by cheque, and no other, says what stands on it"))
    if wrong:
        raise ValidationFailed(details=tuple(wrong))
    told: dict[str, Any] = {"payment_method": data.payment_method.value}
    told |= {name: getattr(data, name) for name in ("transaction_id", "payer", "remarks")}
    if data.cheque:
        cheque = data.cheque
        day = cheque.date.isoformat() if cheque.date else None
        kept = {"number": cheque.number, "bank": cheque.bank, "date": day, "state": "RECEIVED"}
        told["cheque"] = {name: value for name, value in kept.items() if value is not None}
    return told


def shown(payment: Payment) -> schemas.PaymentOut:
    """The payment as it is answered."""
    return shown_plain({**payment.plain(), "version": payment.version})


def shown_plain(plain: Mapping[str, Any]) -> schemas.PaymentOut:
    """The same of a payment's plain attributes."""
    parts = [{**part, "amount": Decimal(part["amount"])} for part in plain["allocations"]]
    fee_id = parts[0]["feeId"] if len(parts) == 1 else None
    told = {"amount": Decimal(plain["amount"]), "allocations": parts, "studentFeeId": fee_id, "verificationCode": plain["code"]}
    return schemas.PaymentOut.model_validate({**plain, **told})


def get_payment(caller: Caller, payment_id: str) -> schemas.PaymentOut:
    """One payment or reversal."""
    return shown(Payments(caller.school_id).get(payment_id, consistent=True))


def list_payments(caller: Caller, query: schemas.PaymentList) -> Listing:
    """A page of the payments of a span of days, the newest first."""
    last = query.to_date or caller.today()
    first = query.from_date or last - timedelta(days=_DAYS - 1)
    if (last - first).days > _MOST_DAYS:
        raise ValidationFailed.of("fromDate", "A list takes a year at most")
    sort = sort_field(query.sort, SORTABLE, "-paymentDate")
    found = Payments(caller.school_id).raw_between(first, last, caller.school.timezone, newest_first=True)
    wanted = [plain for plain in map(reader.plain, found) if _matches(plain, query)]
    name = sort.removeprefix("-")
    wanted.sort(key=lambda p: (_sort_value(p, name), p["id"]), reverse=sort.startswith("-"))
    start = (query.page - 1) * query.page_size
    return Listing([to_json(shown_plain(p)) for p in wanted[start : start + query.page_size]], len(wanted))


def _sort_value(plain: Mapping[str, Any], name: str) -> Any:
    return Decimal(plain["amount"]) if name == "amount" else plain[name]


def _matches(plain: Mapping[str, Any], query: schemas.PaymentList) -> bool:
    named = {"paymentMethod": query.payment_method, "receivedBy": query.received_by, "kind": query.kind}
    if any(value is not None and plain[name] != value for name, value in named.items()):
        return False
    if query.student_id and all(part["studentId"] != query.student_id for part in plain["allocations"]):
        return False
    text = (query.search or "").casefold()
    return not text or any(text in str(plain.get(n) or "").casefold() for n in ("receiptNumber", "transactionId", "payer", "remarks"))

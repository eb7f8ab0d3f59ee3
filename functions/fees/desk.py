"""The counter at which money is taken and given back: what is read before, and what is written in one transaction.

A payment is decided on one read (the fees, the year's receipt sequence, the cashier's day) and written in one transaction under the
versions that were read. The sequence has its number taken there, so receipts have no gap and no double (rule F3); and as every
payment and every closing of a day takes a turn of it, none slips past the other.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from functions.fees import fields, line, view
from functions.fees.repository import payment_id
from shared import clock
from shared.auth.caller import Caller
from shared.data import reader
from shared.data.item import Item, Record
from shared.data.unit_of_work import RetryWrite
from shared.entities.fees import DayClose, Payment, ReceiptCode, StudentFee
from shared.errors import Conflict
from shared.http.request import unit

_CODE = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0 and O, no 1 and I: 32 signs, 5 bits each


class Overpayment(Conflict):
    """More than is open of a fee (rule F2)."""

    message = "This is more than what is open"

    def __init__(self, fee: StudentFee, amount: Decimal, left: Decimal) -> None:
        open_now = f"{left:f}"
        super().__init__(f"{open_now} is open of {fee.name} ({fee.period}): {amount:f} is more")
        self.data = {"feeId": fee.id, "openAmount": left}


@dataclass(frozen=True, slots=True)
class Part:
    """What of a payment goes to a fee; negative in a reversal."""

    fee_id: str
    amount: Decimal


class Desk:
    """One payment's reads and writes."""

    def __init__(self, caller: Caller, fee_ids: Iterable[str], day: date | None) -> None:
        self._caller, self._school = caller, caller.school
        self.today = caller.today()
        self.day = day or self.today
        school_id, year = caller.school_id, self.today.year
        sequence = line.key_of(school_id, year)
        closed = DayClose.key_of(school_id=school_id, day=self.day.isoformat(), collector_id=caller.user_id)
        fees = {StudentFee.key_of(school_id=school_id, id=i): i for i in fee_ids}
        mine = line.held(school_id, year) if line.overtaken() else None
        found = reader.get_many([*fees, closed] if mine else [*fees, sequence, closed], consistent=True)
        self._sequence = mine or line.as_read(school_id, year, found.get(sequence), closed[1])
        self.fees = {i: StudentFee.from_item(found[key]) for key, i in fees.items() if key in found}
        if closed in found and found[closed]["state"]["S"] == "CLOSED":
            raise Conflict.of("paymentDate", f"Your day {self.day.isoformat()} is closed: have an admin open it again")

    def settle(self, parts: Sequence[Part], **told: Any) -> Payment:
        """Write the payment or reversal, its fees, its receipt number and code with the request's commit."""
        number = self._next_number()
        made = Payment(
            school_id=self._school.id,
            id=payment_id(self.day, self._school.timezone),
            version=1,
            created_at=clock.stamp(),
            receipt_number=number,
            amount=sum((p.amount for p in parts), fields.nothing(self._school)),
            allocations=[self._allocation(part) for part in parts],
            payment_date=self.day.isoformat(),
            received_by=self._caller.user_id,
            code="".join(secrets.choice(_CODE) for _ in range(16)),
            **told,
        )
        for part in parts:
            self._move(self.fees[part.fee_id], part.amount, made.id)
        unit().put(made, Item.pk.does_not_exist(), RetryWrite())
        code = ReceiptCode(code=made.code, receipt_school=self._school.id, payment_id=made.id)
        unit().put(code, Item.pk.does_not_exist(), RetryWrite())
        self._note(made)
        return made

    def _allocation(self, part: Part) -> dict[str, str]:
        fee = self.fees[part.fee_id]
        left = self.open_amount(fee) - part.amount  # as the receipt tells it, whatever is paid later
        told = {"feeId": fee.id, "studentId": fee.student_id, "classId": fee.class_id}
        return {**told, "amount": f"{part.amount:f}", "left": f"{left:f}"}

    def _move(self, fee: StudentFee, amount: Decimal, made: str) -> None:
        """Change what is paid of a fee, over the version that was read; its journal entry tells that alone."""
        before, version = fee.paid_amount, fee.version
        fee.paid_amount = before + amount
        fee.payments = [*(fee.payments or []), made]
        fee.version, fee.updated_at = version + 1, clock.stamp()
        unit().put(fee, Record.version == version, RetryWrite())
        told = {"paidAmount": [f"{before:f}", f"{fee.paid_amount:f}"]}
        unit().note("RECORD_PAYMENT" if amount > 0 else "REVERSE_PAYMENT", "StudentFee", fee.id, told)

    def _note(self, made: Payment) -> None:
        told: dict[str, list[Any]] = {
            "receiptNumber": [None, made.receipt_number],
            "amount": [None, f"{made.amount:f}"],
            "paymentMethod": [None, made.payment_method],
        }
        if made.reversal_of:
            told |= {"reversalOf": [None, made.reversal_of], "reason": [None, made.remarks]}
        unit().note(f"CREATE_{made.kind}", "Payment", made.id, told)

    def _next_number(self) -> str:
        sequence = self._sequence
        sequence.last += 1
        line.take_turn(unit(), sequence)
        return f"RCP-{sequence.year}-{sequence.last:04d}"

    def open_amount(self, fee: StudentFee) -> Decimal:
        """What is still to be paid of a fee."""
        return view.standing(fee, self.today, self._school.currency).open

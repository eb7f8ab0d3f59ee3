"""Decisions about reversals and cheques (rule F3: a receipt is never changed; a mistake is a reversal with its own number)."""

from decimal import Decimal

from functions.fees import payments
from functions.fees import schemas_payments as schemas
from functions.fees.desk import Desk, Part
from functions.fees.repository import Payments
from shared import clock
from shared.auth.caller import Caller
from shared.data.item import Record
from shared.data.unit_of_work import RetryWrite
from shared.entities.fees import Payment
from shared.errors import Conflict, NotFound, ValidationFailed
from shared.http.request import unit


def reverse_payment(caller: Caller, payment_id: str, data: schemas.ReverseIn) -> schemas.PaymentOut:
    """Take a payment back, once; the reversal has its own receipt number and refers to it."""
    found = Payments(caller.school_id).get_for_change(payment_id)
    return payments.shown(_reverse(caller, found, data.reason))


def _reverse(caller: Caller, found: Payment, reason: str) -> Payment:
    if found.kind == "REVERSAL":
        raise Conflict("This is a reversal: record the payment again instead")
    if found.reversed_by:
        raise Conflict("This payment is reversed already")
    parts = [Part(part["feeId"], -Decimal(part["amount"])) for part in found.allocations]
    desk = Desk(caller, [part.fee_id for part in parts], None)
    if missing := [part.fee_id for part in parts if part.fee_id not in desk.fees]:
        raise LookupError(f"fees with payments are not there: {missing}")
    made = desk.settle(
        parts,
        kind="REVERSAL",
        payment_method=found.payment_method,
        reversal_of=found.id,
        remarks=reason,
    )
    found.reversed_by = made.id
    _put(found, "REVERSE_PAYMENT", {"reversedBy": [None, made.id]})
    return made


def _put(found: Payment, action: str, told: dict[str, list[str | None]]) -> None:
    version = found.version
    found.version, found.updated_at = version + 1, clock.stamp()
    unit().put(found, Record.version == version, RetryWrite())
    unit().note(action, "Payment", found.id, dict(told))


def change_cheque(caller: Caller, payment_id: str, data: schemas.ChequeChange) -> schemas.PaymentOut:
    """Say that a cheque was cleared, or that it bounced: then its payment is reversed with it."""
    found = Payments(caller.school_id).get_for_change(payment_id)
    if found.kind != "PAYMENT" or found.cheque is None:
        raise NotFound("This is no payment by cheque")
    before = found.cheque["state"]
    if data.state == schemas.ChequeState.RECEIVED or before != "RECEIVED":
        raise Conflict.of("state", f"A cheque that is {before} does not become {data.state}")
    if data.state == schemas.ChequeState.CLEARED and found.reversed_by:
        raise Conflict("This payment is reversed already")
    if data.state == schemas.ChequeState.BOUNCED and not data.reason:
        raise ValidationFailed.of("reason", "Say why it bounced")
    found.cheque = {**found.cheque, "state": data.state.value, "on": caller.today().isoformat()}
    if data.state == schemas.ChequeState.BOUNCED and not found.reversed_by:
        _reverse(caller, found, f"Cheque {found.cheque['number']} bounced: {data.reason}")
        unit().changes[-1].fields["chequeState"] = [before, "BOUNCED"]
    else:
        _put(found, "CHANGE_CHEQUE", {"chequeState": [before, data.state.value]})
    return payments.shown(found)

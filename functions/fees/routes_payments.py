"""Routes of payments, reversals, cheques and the closing of a cashier's day."""

from functions.fees import day_close, payments, reversals
from functions.fees import schemas_payments as schemas
from functions.fees.routes_common import router
from shared.auth.caller import Caller
from shared.auth.permissions import Permission
from shared.errors import Conflict, NotFound
from shared.http.envelope import Created, Ok, Page, created, listing, ok


@router.post("/fees/<fee_id>/record-payment", allow=Permission.FEES_COLLECT, raises=(NotFound, Conflict))
def record_payment(fee_id: str, data: schemas.RecordPayment, caller: Caller) -> Created[schemas.PaymentOut]:
    """Record money received for a fee, and return the payment with its receipt number.

    More than what is open is refused with the open amount. Send an `Idempotency-Key`: it makes a retry safe.
    """
    return created(payments.record_payment(caller, fee_id, data))


@router.post("/payments", allow=Permission.FEES_COLLECT, raises=(Conflict,), tag="Payments")
def create_payment(data: schemas.PaymentIn, caller: Caller) -> Created[schemas.PaymentOut]:
    """Record money received at once for several fees of a family, under one receipt.

    Say what goes to which fee, or name the students: then the fees that are due first are paid first.
    """
    return created(payments.create_payment(caller, data))


@router.get("/payments", allow=Permission.FEES_REPORT, tag="Payments")
def list_payments(query: schemas.PaymentList, caller: Caller) -> Page[schemas.PaymentOut]:
    """List the payments and reversals of a span of days, the newest first; of the last seven days where none is named."""
    return listing(payments.list_payments(caller, query), query)


@router.get("/payments/<payment_id>", allow=Permission.FEES_COLLECT, raises=(NotFound,), tag="Payments")
def get_payment(payment_id: str, caller: Caller) -> Ok[schemas.PaymentOut]:
    """Return one payment or reversal."""
    return ok(payments.get_payment(caller, payment_id))


@router.post("/payments/<payment_id>/reverse", allow=Permission.PAYMENTS_REVERSE, raises=(NotFound, Conflict), tag="Payments")
def reverse_payment(payment_id: str, data: schemas.ReverseIn, caller: Caller) -> Created[schemas.PaymentOut]:
    """Take a payment back, once. The reversal has its own receipt number, negative amounts, and refers to the payment."""
    return created(reversals.reverse_payment(caller, payment_id, data))


@router.patch("/payments/<payment_id>/cheque", allow=Permission.PAYMENTS_REVERSE, raises=(NotFound, Conflict), tag="Payments")
def change_cheque(payment_id: str, data: schemas.ChequeChange, caller: Caller) -> Ok[schemas.PaymentOut]:
    """Say that a cheque was cleared, or that it bounced: its payment is then reversed in the same step."""
    return ok(reversals.change_cheque(caller, payment_id, data))


@router.post("/day-closes", allow=Permission.FEES_COLLECT, raises=(Conflict,), tag="Day closes")
def create_day_close(data: schemas.DayCloseIn, caller: Caller) -> Created[schemas.DayCloseOut]:
    """Close one's day with the cash that was counted; an admin may close another's. A closed day takes no further payment."""
    return created(day_close.create_day_close(caller, data))


@router.get("/day-closes", allow=Permission.FEES_COLLECT, tag="Day closes")
def list_day_closes(query: schemas.DayCloseList, caller: Caller) -> Page[schemas.DayCloseOut]:
    """List closed days by cashier, the newest first; of the last 31 days where none is named."""
    return listing(day_close.list_day_closes(caller, query), query)


@router.get("/day-closes/preview", allow=Permission.FEES_COLLECT, tag="Day closes")
def preview_day_close(query: schemas.DayQuery, caller: Caller) -> Ok[schemas.DayCloseOut]:
    """Return what a day comes to so far, by method, before it is closed."""
    return ok(day_close.preview_day_close(caller, query))


@router.post("/day-closes/reopen", allow=Permission.PAYMENTS_REVERSE, raises=(NotFound, Conflict), tag="Day closes")
def reopen_day_close(data: schemas.ReopenIn, caller: Caller) -> Ok[schemas.DayCloseOut]:
    """Open a cashier's closed day again, with a reason; admins only."""
    return ok(day_close.reopen_day_close(caller, data))

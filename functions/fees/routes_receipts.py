"""Routes of receipts: as a document, and their verification."""

from functions.fees import receipting, schemas_receipts
from functions.fees.routes_common import router
from shared.auth.caller import Caller
from shared.auth.permissions import Permission
from shared.errors import NotFound
from shared.http.envelope import Download, Ok, download, ok

PDF = "application/pdf"


@router.get("/payments/<payment_id>/receipt", allow=Permission.FEES_READ, raises=(NotFound,), produces=(PDF,), tag="Receipts")
def get_receipt(payment_id: str, caller: Caller) -> Download:
    """Return the receipt of a payment or reversal as a document, in the school's name and language. Parents have those of their children."""
    name, content = receipting.get_receipt(caller, payment_id)
    return download(content, name, PDF)


@router.get("/receipts/verify/<code>", allow="public", raises=(NotFound,), tag="Receipts")
def verify_receipt(code: str) -> Ok[schemas_receipts.VerifiedReceipt]:
    """Tell whether a receipt is genuine by the code that stands on it, without signing in. It names nobody."""
    return ok(receipting.verify_receipt(code))

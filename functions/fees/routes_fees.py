"""Routes of single fees: one student, one period."""

from functions.fees import schemas, writing
from functions.fees.routes_common import router
from shared.auth.caller import Caller
from shared.auth.permissions import Permission
from shared.errors import Conflict, NotFound
from shared.http.envelope import Created, Ok, created, ok
from shared.http.schema import Deletion


@router.get("/fees/<fee_id>", allow=Permission.FEES_READ, raises=(NotFound,))
def get_fee(fee_id: str, caller: Caller) -> Ok[schemas.FeeOut]:
    """Return one fee with its discounts, fines, instalments and payments. Parents see those of their own children."""
    return ok(writing.get_fee(caller, fee_id))


@router.post("/fees", allow=Permission.FEES_MANAGE, raises=(Conflict,))
def create_fee(data: schemas.FeeIn, caller: Caller) -> Created[schemas.FeeOut]:
    """Charge one student a fee: of a fee structure, or by a name and amount of its own."""
    return created(writing.create_fee(caller, data))


@router.put("/fees/<fee_id>", allow=Permission.FEES_MANAGE, raises=(NotFound, Conflict))
def update_fee(fee_id: str, data: schemas.FeeChange, caller: Caller) -> Ok[schemas.FeeOut]:
    """Change amount, discount, scholarship, fine, due date or instalments. A change of what is owed needs a reason.

    What is owed cannot be set below what is paid. An amount of a discount, scholarship or fine is the whole of it, not a step.
    """
    return ok(writing.update_fee(caller, fee_id, data))


@router.delete("/fees/<fee_id>", allow=Permission.FEES_MANAGE, raises=(NotFound, Conflict))
def delete_fee(fee_id: str, caller: Caller) -> Ok[Deletion]:
    """Take away a fee that no payment was ever recorded on. Assigning its structure again does not bring it back."""
    return ok(writing.delete_fee(caller, fee_id))

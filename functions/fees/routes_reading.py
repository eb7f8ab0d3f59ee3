"""Routes that list, sum up and report fees."""

from functions.fees import schemas, service
from functions.fees.routes_common import router
from shared.auth.caller import Caller
from shared.auth.permissions import Permission
from shared.errors import NotFound
from shared.http.envelope import Page, listing


@router.get("/students/<student_id>/fees", allow=Permission.FEES_READ, raises=(NotFound,))
def list_student_fees(student_id: str, query: schemas.StudentFees, caller: Caller) -> Page[schemas.FeeRow]:
    """List the fees of a student, the first due first."""
    return listing(service.list_student_fees(caller, student_id, query), query)

"""Decisions about fees."""

from functions.fees import schemas
from shared.auth.caller import Caller
from shared.auth.scope import visible_student
from shared.data.list_model import Listing
from shared.http.schema import sort_field


def list_student_fees(caller: Caller, student_id: str, query: schemas.StudentFees) -> Listing:
    """A page of the fees of a student whom the caller may see; no school records any yet."""
    sort_field(query.sort, schemas.SORTABLE, "dueDate")
    visible_student(caller, student_id, what="fees")
    return Listing([], 0)

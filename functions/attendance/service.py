"""Decisions about attendance."""

from functions.attendance import schemas
from shared.auth.caller import Caller
from shared.auth.scope import visible_student
from shared.data.list_model import Listing
from shared.http.schema import sort_field


def list_student_attendance(caller: Caller, student_id: str, query: schemas.StudentAttendance) -> Listing:
    """A page of the days of a student whom the caller may see; no school records any yet."""
    sort_field(query.sort, schemas.SORTABLE, "-date")
    visible_student(caller, student_id, what="academics")
    return Listing([], 0)

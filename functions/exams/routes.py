"""The routes of exams."""

from functions.exams import schemas, service
from shared.auth.caller import Caller
from shared.auth.permissions import Permission
from shared.errors import NotFound
from shared.http.envelope import Page, listing
from shared.http.router import Router

router = Router("Results")


@router.get("/students/<student_id>/results", allow=Permission.RESULTS_READ, raises=(NotFound,))
def list_student_results(student_id: str, query: schemas.StudentResults, caller: Caller) -> Page[schemas.ResultRow]:
    """List the results of a student in exams."""
    return listing(service.list_student_results(caller, student_id, query), query)

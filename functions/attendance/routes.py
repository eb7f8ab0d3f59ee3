"""The routes of attendance."""

from functions.attendance import schemas, service
from shared.auth.caller import Caller
from shared.auth.permissions import Permission
from shared.errors import NotFound
from shared.http.envelope import Page, listing
from shared.http.router import Router

router = Router("Attendance")


@router.get("/students/<student_id>/attendance", allow=Permission.ATTENDANCE_READ, raises=(NotFound,))
def list_student_attendance(student_id: str, query: schemas.StudentAttendance, caller: Caller) -> Page[schemas.AttendanceRow]:
    """List the days on which a student's attendance was marked, the newest first."""
    return listing(service.list_student_attendance(caller, student_id, query), query)

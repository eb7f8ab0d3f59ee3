"""The routes of attendance."""

from functions.attendance import listing as marks
from functions.attendance import report, schemas, service, summaries, sync, sync_schemas
from shared.auth.caller import Caller
from shared.auth.permissions import Permission
from shared.errors import Conflict, NotFound
from shared.http.envelope import Created, Download, Ok, Page, created, listing, ok
from shared.http.router import Router

router = Router("Attendance")


@router.get("/attendance", allow=Permission.ATTENDANCE_READ)
def list_attendance(query: schemas.AttendanceList, caller: Caller) -> Page[schemas.AttendanceRow]:
    """List marks, today's unless days are given, the newest first. Teachers see their own classes, parents their own children."""
    return listing(marks.list_attendance(caller, query), query)


@router.get("/attendance/class/<class_id>/date/<day>", allow=Permission.ATTENDANCE_READ, raises=(NotFound,))
def get_register(class_id: str, day: str, query: schemas.ExplainQuery, caller: Caller) -> Ok[schemas.RegisterOut]:
    """Return the register of a class and day (`YYYY-MM-DD`), with those who are not marked yet."""
    return ok(service.get_register(caller, class_id, day, query))


@router.post("/attendance/mark", allow=Permission.ATTENDANCE_MARK, raises=(Conflict,))
def mark_attendance(data: schemas.MarkIn, query: schemas.ExplainQuery, caller: Caller) -> Created[schemas.Marked] | Ok[schemas.Marked]:
    """Mark a class on a day: 201 the first time, 200 when its register is changed.

    All records are taken or none. Marking again replaces the marks of the students who are named, and both versions are in the audit
    log. Today and the school's last days (`attendance.correctionDays`, school days) may be marked; an admin goes further back with a
    `reason`. `If-Match` takes the register's version.
    """
    made, first = service.mark_attendance(caller, data, query)
    return created(made) if first else ok(made)


@router.put("/attendance/<attendance_id>", allow=Permission.ATTENDANCE_MARK, raises=(NotFound, Conflict))
def update_attendance(attendance_id: str, data: schemas.AttendanceChange, caller: Caller) -> Ok[schemas.AttendanceOut]:
    """Correct one student's mark. `If-Match` takes the register's version."""
    return ok(service.update_attendance(caller, attendance_id, data))


@router.get("/attendance/student/<student_id>", allow=Permission.ATTENDANCE_READ, raises=(NotFound,))
def list_days_of_student(student_id: str, query: schemas.StudentAttendance, caller: Caller) -> Page[schemas.AttendanceRow]:
    """List the days on which a student was marked, the newest first."""
    return listing(marks.list_student_attendance(caller, student_id, query), query)


@router.get("/students/<student_id>/attendance", allow=Permission.ATTENDANCE_READ, raises=(NotFound,))
def list_student_attendance(student_id: str, query: schemas.StudentAttendance, caller: Caller) -> Page[schemas.AttendanceRow]:
    """List the days on which a student's attendance was marked, the newest first."""
    return listing(marks.list_student_attendance(caller, student_id, query), query)


@router.get("/attendance/student/<student_id>/summary", allow=Permission.ATTENDANCE_READ, raises=(NotFound,))
def get_student_summary(student_id: str, query: schemas.SummaryQuery, caller: Caller) -> Ok[schemas.StudentSummary]:
    """Sum up a student's attendance, each day with the class of its time."""
    return ok(summaries.get_student_summary(caller, student_id, query))


@router.get("/attendance/class/<class_id>/summary", allow=Permission.ATTENDANCE_READ, raises=(NotFound,))
def get_class_summary(class_id: str, query: schemas.SummaryQuery, caller: Caller) -> Ok[schemas.ClassSummary]:
    """Sum up a class's attendance, and that of each of its students."""
    return ok(summaries.get_class_summary(caller, class_id, query))


@router.get("/attendance/report", allow=Permission.ATTENDANCE_REPORT, raises=(NotFound,), produces=(schemas.CSV,))
def get_attendance_report(query: schemas.ReportQuery, caller: Caller) -> Page[schemas.ReportRow] | Download:
    """Report attendance by class, student, day or single record; as JSON page by page, or as CSV of up to 4 MB.

    A `status` leaves out rows without it, and all other marks of a report by record.
    """
    return report.get_attendance_report(caller, query)


@router.get("/attendance/report/export", allow=Permission.ATTENDANCE_REPORT, raises=(NotFound,), produces=(schemas.CSV,))
def export_attendance(query: schemas.ReportExport, caller: Caller) -> Download | Ok[schemas.StoredFile]:
    """Export the report as CSV, however long.

    A file of more than 4 MB is written to storage: the answer is then JSON with its signed address, good for 15 minutes.
    """
    return report.export_attendance(caller, query)


@router.post("/attendance/sync", allow=Permission.ATTENDANCE_MARK, raises=(Conflict,))
def sync_attendance(data: sync_schemas.SyncIn, caller: Caller) -> Ok[sync_schemas.SyncOut]:
    """Take what a phone marked while it was offline, and say what became of each entry.

    `APPLIED`; `UNCHANGED` where the register says so already; `CONFLICT` where somebody else marked later, which stays; `REFUSED` with a
    reason. Sending a batch again changes nothing.
    """
    return ok(sync.sync_attendance(caller, data))

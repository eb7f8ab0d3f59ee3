"""The routes of teachers."""

from functions.teachers import departure, directory, handover, leaves, schemas, schemas_work, service, work
from shared.auth.caller import Caller
from shared.auth.permissions import Permission
from shared.errors import Conflict, Forbidden, NotFound
from shared.http.envelope import Created, Ok, Page, created, listing, ok
from shared.http.router import Router
from shared.http.schema import Deletion

router = Router("Teachers")


@router.get("/teachers", allow=Permission.TEACHERS_READ)
def list_teachers(query: schemas.TeacherList, caller: Caller) -> Page[schemas.TeacherRow]:
    """List the school's teachers: every TEACHER user, also one whose profile is still to be completed.

    `search` looks through names, e-mail, employee id, department and specialization. Without a `status` the list shows those who
    are at the school, on leave or not.
    """
    return listing(directory.list_teachers(caller, query), query)


@router.get("/teachers/<teacher_id>", allow=Permission.TEACHERS_READ, raises=(NotFound,))
def get_teacher(teacher_id: str, caller: Caller) -> Ok[schemas.TeacherOut]:
    """Return one teacher. Admins and the teacher see everything; to colleagues phone, salary, leaves and the like are null."""
    return ok(service.get_teacher(caller, teacher_id))


@router.post("/teachers", allow=Permission.TEACHERS_MANAGE, raises=(Conflict,))
def create_teacher(data: schemas.TeacherIn, caller: Caller) -> Created[schemas.TeacherOut]:
    """Make a teacher's profile and account together; the person is invited by e-mail to choose a password.

    With `userId` it is the profile of an existing TEACHER user. The employee id is made in the school's format where it is absent.
    """
    return created(service.create_teacher(caller, data))


@router.put("/teachers/<teacher_id>", allow=Permission.TEACHERS_MANAGE, raises=(NotFound, Conflict))
def update_teacher(teacher_id: str, data: schemas.TeacherChange, caller: Caller) -> Ok[schemas.TeacherOut]:
    """Change the fields that are sent, of the profile and of the account; a profile that is missing is completed.

    INACTIVE is refused while classes or subjects are the teacher's: hand them over first.
    """
    return ok(service.update_teacher(caller, teacher_id, data))


@router.delete("/teachers/<teacher_id>", allow=Permission.TEACHERS_MANAGE, raises=(NotFound, Conflict))
def delete_teacher(teacher_id: str, query: schemas.Leaving, caller: Caller) -> Ok[schemas_work.TeacherDeletion]:
    """Let a teacher leave: deactivated with the account, whose sessions end; removed where nobody ever signed in or refers to it.

    A Conflict names what is still the teacher's; hand it over first, or go on with `force=true`.
    """
    return ok(departure.delete_teacher(caller, teacher_id, query))


@router.get("/teachers/<teacher_id>/classes", allow=Permission.TEACHERS_READ, raises=(Forbidden, NotFound))
def list_teacher_classes(teacher_id: str, query: schemas_work.OfYear, caller: Caller) -> Ok[list[schemas_work.TeacherClass]]:
    """List the classes that a teacher leads or teaches in. Teachers see their own."""
    return ok(work.list_teacher_classes(caller, teacher_id, query))


@router.get("/teachers/<teacher_id>/subjects", allow=Permission.TEACHERS_READ, raises=(Forbidden, NotFound))
def list_teacher_subjects(teacher_id: str, query: schemas_work.OfYear, caller: Caller) -> Ok[list[schemas_work.TeacherSubject]]:
    """List the subjects that a teacher teaches, and in which classes. Teachers see their own."""
    return ok(work.list_teacher_subjects(caller, teacher_id, query))


@router.get("/teachers/<teacher_id>/schedule", allow=Permission.TEACHERS_READ, raises=(Forbidden, NotFound))
def get_teacher_schedule(teacher_id: str, query: schemas_work.ScheduleQuery, caller: Caller) -> Ok[list[schemas_work.SchedulePeriod]]:
    """List a teacher's periods of the timetable by day and time; empty while the school has none. Teachers see their own."""
    return ok(work.get_teacher_schedule(caller, teacher_id, query))


@router.get("/teachers/<teacher_id>/handover", allow=Permission.TEACHERS_MANAGE, raises=(NotFound,))
def get_handover(teacher_id: str, query: schemas_work.OpenYears, caller: Caller) -> Ok[schemas_work.Holdings]:
    """List what is a teacher's and would have to be handed over."""
    return ok(handover.get_handover(caller, teacher_id, query))


@router.post("/teachers/<teacher_id>/handover", allow=Permission.TEACHERS_MANAGE, raises=(NotFound, Conflict), idempotent="claim")
def hand_over(teacher_id: str, data: schemas_work.HandoverIn, caller: Caller) -> Ok[schemas_work.HandoverOut]:
    """Give a teacher's classes and subjects to others, all to one or each to its own.

    Asked for again it does what is left to do, so a handover that was interrupted is finished by sending it once more.
    """
    return ok(handover.hand_over(caller, teacher_id, data))


@router.post("/teachers/<teacher_id>/leaves", allow=Permission.TEACHERS_MANAGE, raises=(NotFound, Conflict))
def add_leave(teacher_id: str, data: schemas.LeaveIn, caller: Caller) -> Created[schemas.LeaveOut]:
    """Note the days on which a teacher is away. On these days the status is ON_LEAVE; two leaves share no day."""
    return created(leaves.add_leave(caller, teacher_id, data))


@router.put("/teachers/<teacher_id>/leaves/<leave_id>", allow=Permission.TEACHERS_MANAGE, raises=(NotFound, Conflict))
def update_leave(teacher_id: str, leave_id: str, data: schemas.LeaveChange, caller: Caller) -> Ok[schemas.LeaveOut]:
    """Change the fields of a leave that are sent."""
    return ok(leaves.update_leave(caller, teacher_id, leave_id, data))


@router.delete("/teachers/<teacher_id>/leaves/<leave_id>", allow=Permission.TEACHERS_MANAGE, raises=(NotFound, Conflict))
def remove_leave(teacher_id: str, leave_id: str, caller: Caller) -> Ok[Deletion]:
    """Take a leave out again."""
    return ok(leaves.remove_leave(caller, teacher_id, leave_id))

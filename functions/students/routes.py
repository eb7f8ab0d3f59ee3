"""The routes of students."""

from functions.students import guardian_schemas, guardians, history, promotion, promotion_schemas, schemas, service, transfers
from shared.auth.caller import Caller
from shared.auth.permissions import Permission
from shared.errors import Conflict, NotFound
from shared.http.envelope import Created, Ok, Page, created, listing, ok
from shared.http.router import Router
from shared.http.schema import Deletion

router = Router("Students")


@router.get("/students", allow=Permission.STUDENTS_READ)
def list_students(query: schemas.StudentList, caller: Caller) -> Page[schemas.StudentRow]:
    """List students. Teachers see those of their own classes, parents their own children.

    `search` looks through names, roll and admission number, the parent's name, and phones. Without a `status` the list shows those
    who are at the school now.
    """
    return listing(service.list_students(caller, query), query)


@router.get("/students/<student_id>", allow=Permission.STUDENTS_READ, raises=(NotFound,))
def get_student(student_id: str, caller: Caller) -> Ok[schemas.StudentOut]:
    """Return one student."""
    return ok(schemas.StudentOut.model_validate(service.get_student(caller, student_id)))


@router.post("/students", allow=Permission.STUDENTS_MANAGE, raises=(Conflict,))
def create_student(data: schemas.StudentIn, query: schemas.Seating, caller: Caller) -> Created[schemas.StudentOut]:
    """Enrol a student in a class. Roll and admission number are made in the school's format where they are absent."""
    return created(schemas.StudentOut.model_validate(service.create_student(caller, data, query)))


@router.put("/students/<student_id>", allow=Permission.STUDENTS_MANAGE, raises=(NotFound, Conflict))
def update_student(student_id: str, data: schemas.StudentChange, query: schemas.Seating, caller: Caller) -> Ok[schemas.StudentOut]:
    """Change the fields of a student that are sent."""
    return ok(schemas.StudentOut.model_validate(service.update_student(caller, student_id, data, query)))


@router.delete("/students/<student_id>", allow=Permission.STUDENTS_MANAGE, raises=(NotFound, Conflict))
def delete_student(student_id: str, caller: Caller) -> Ok[Deletion]:
    """Remove a student to whom nothing refers; deactivate any other. Either gives its seat back."""
    return ok(service.delete_student(caller, student_id))


@router.post("/students/<student_id>/transfer", allow=Permission.STUDENTS_MANAGE, raises=(NotFound, Conflict))
def transfer_student(student_id: str, data: schemas.TransferIn, query: schemas.Seating, caller: Caller) -> Ok[schemas.StudentOut]:
    """Move a student to another class from a day on, or out of the school as TRANSFERRED or GRADUATED."""
    return ok(schemas.StudentOut.model_validate(transfers.transfer_student(caller, student_id, data, query)))


@router.get("/students/<student_id>/history", allow=Permission.STUDENTS_READ, raises=(NotFound,))
def get_student_history(student_id: str, caller: Caller) -> Ok[schemas.HistoryOut]:
    """Return the classes that a student was in, and its changes of status, oldest first."""
    return ok(history.get_student_history(caller, student_id))


@router.get("/students/<student_id>/guardians", allow=Permission.GUARDIANS_READ, raises=(NotFound,), tag="Guardians")
def list_guardians(student_id: str, caller: Caller) -> Ok[list[guardian_schemas.GuardianOut]]:
    """List the guardians of a student, the primary one first, with those whose time is over."""
    return ok(guardians.list_guardians(caller, student_id))


@router.post("/students/<student_id>/guardians", allow=Permission.GUARDIANS_MANAGE, raises=(NotFound, Conflict), tag="Guardians")
def add_guardian(student_id: str, data: guardian_schemas.GuardianIn, caller: Caller) -> Created[guardian_schemas.GuardianOut]:
    """Make a login a guardian of a student. A person whose e-mail has no login yet gets one and is invited."""
    return created(guardians.add_guardian(caller, student_id, data))


@router.delete(
    "/students/<student_id>/guardians/<user_id>", allow=Permission.GUARDIANS_MANAGE, raises=(NotFound, Conflict), tag="Guardians"
)
def remove_guardian(student_id: str, user_id: str, caller: Caller) -> Ok[Deletion]:
    """Take a guardian away from a student; the login stays."""
    return ok(guardians.remove_guardian(caller, student_id, user_id))


@router.post("/classes/promote", allow=Permission.STUDENTS_MANAGE, raises=(Conflict,), idempotent="claim", tag="Promotion")
def promote_classes(data: promotion_schemas.PromotionIn, caller: Caller) -> Ok[promotion_schemas.PromotionOut]:
    """Move whole classes up at the year's end, with those who repeat and those who leave.

    With `preview` it only tells what would happen, seats included. At most 1,000 students a call. Asked for again it does what is left
    to do, so an interrupted promotion is finished by sending it once more.
    """
    return ok(promotion.promote_classes(caller, data))


@router.get("/classes/promotions", allow=Permission.STUDENTS_MANAGE, tag="Promotion")
def list_promotions(query: promotion_schemas.PromotionList, caller: Caller) -> Page[promotion_schemas.PromotionRow]:
    """List the promotions that were run, the newest first, with how far each has come."""
    return listing(promotion.list_promotions(caller, query), query)

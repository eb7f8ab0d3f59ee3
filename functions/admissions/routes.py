"""The routes of the admissions register."""

from functions.admissions import schemas, service
from shared.auth.caller import Caller
from shared.auth.permissions import Permission
from shared.errors import Conflict, NotFound
from shared.http.envelope import Created, Ok, Page, created, listing, ok
from shared.http.router import Router

router = Router("Admissions")


@router.get("/admissions", allow=Permission.ADMISSIONS_MANAGE)
def list_admissions(query: schemas.AdmissionList, caller: Caller) -> Page[schemas.AdmissionRow]:
    """List applicants, the newest first. Without a `status` the list shows those who wait: ENQUIRY, APPLIED and OFFERED.

    `search` looks through the names of the child and the parent, the parent's phone and e-mail, and the grade.
    """
    return listing(service.list_admissions(caller, query), query)


@router.get("/admissions/<admission_id>", allow=Permission.ADMISSIONS_MANAGE, raises=(NotFound,))
def get_admission(admission_id: str, caller: Caller) -> Ok[schemas.AdmissionOut]:
    """Return one applicant with the history of states."""
    return ok(schemas.AdmissionOut.model_validate(service.get_admission(caller, admission_id)))


@router.post("/admissions", allow=Permission.ADMISSIONS_MANAGE)
def create_admission(data: schemas.AdmissionIn, caller: Caller) -> Created[schemas.AdmissionOut]:
    """Note an applicant: a child, the grade that is wished for, and how to reach the family."""
    return created(schemas.AdmissionOut.model_validate(service.create_admission(caller, data)))


@router.put("/admissions/<admission_id>", allow=Permission.ADMISSIONS_MANAGE, raises=(NotFound, Conflict))
def update_admission(admission_id: str, data: schemas.AdmissionChange, query: schemas.Seating, caller: Caller) -> Ok[schemas.AdmissionOut]:
    """Change the fields of an applicant that are sent, or the state.

    ENQUIRY → APPLIED → OFFERED → ENROLLED, or DECLINED or WITHDRAWN with a reason, from where an applicant may apply again.
    ENROLLED makes the student in the same change: with a class, a seat in it, and roll and admission number. Sent twice, or by two
    admins at once, it makes one student.
    """
    return ok(schemas.AdmissionOut.model_validate(service.update_admission(caller, admission_id, data, query)))

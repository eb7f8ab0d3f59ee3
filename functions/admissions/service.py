"""Decisions about applicants."""

from datetime import date
from typing import Any

from functions.admissions import enrolling, rules, schemas
from functions.admissions.repository import Admissions
from shared import clock
from shared.auth.caller import Caller
from shared.data.list_model import Listing
from shared.entities.admissions import PENDING, Admission
from shared.errors import Conflict, Detail, ValidationFailed
from shared.http.request import unit
from shared.http.schema import changed_fields, sort_field
from shared.ids import new_id
from shared.lists import ADMISSIONS, CLASSES
from shared.names import camel
from shared.new_student import NO_CLASS
from shared.student_dates import birth_findings
from shared.student_form import as_details, refuse, stored_form

_DONE_AS = {"APPLIED": "APPLY", "OFFERED": "OFFER", "ENROLLED": "ENROL", "DECLINED": "DECLINE", "WITHDRAWN": "WITHDRAW"}


def list_admissions(caller: Caller, query: schemas.AdmissionList) -> Listing:
    """A page of the applicants."""
    asked = {"grade": query.grade, "classId": query.class_id, "academicYear": query.academic_year, "source": query.source}
    equal: dict[str, Any] = {name: value for name, value in asked.items() if value is not None}
    if query.status or not query.include_inactive:
        equal["status"] = str(query.status) if query.status else PENDING
    sort = sort_field(query.sort, schemas.SORTABLE, "-createdAt")
    return ADMISSIONS.page(caller.school_id, query.page, query.page_size, sort=sort, search=query.search, equal=equal)


def get_admission(caller: Caller, admission_id: str) -> Admission:
    """One applicant."""
    return Admissions(caller.school_id).get(admission_id)


def create_admission(caller: Caller, data: schemas.AdmissionIn) -> Admission:
    """A new applicant; the academic year is the wished class's, or the school's present one, where none is named."""
    wrong: list[Detail] = []
    ready = stored_form(caller, data.model_dump(exclude_none=True), wrong)
    room = CLASSES.all(caller.school_id).get(ready.get("class_id", ""), {})
    ready.setdefault("academic_year", room.get("academicYear") or caller.school.academic_year["name"])
    made = Admission(school_id=caller.school_id, id=new_id(), **ready)
    refuse([*wrong, *_findings(caller, made, ready)])
    made.states = [_state(caller, made.status)]
    unit().create(made)
    return made


def update_admission(caller: Caller, admission_id: str, data: schemas.AdmissionChange, seating: schemas.Seating) -> Admission:
    """Change the fields that were sent, and the state; ENROLLED makes the student in the same transaction."""
    found = Admissions(caller.school_id).get_for_change(admission_id)
    wrong: list[Detail] = []
    sent = stored_form(caller, changed_fields(data, clearable=schemas.CLEARABLE), wrong)
    refuse(wrong)
    if found.status == rules.ENROLLED and enrolling.is_repeated(found, sent):
        return found
    status, reason = sent.pop("status", found.status), sent.pop("reason", None)
    entry = {name: value for name in enrolling.OF_STUDENT if (value := sent.pop(name, None)) is not None}
    for name, value in sent.items():
        setattr(found, name, value)
    refuse(_findings(caller, found, sent))
    _check_enrolled(found, sent | entry)
    became = _become(caller, found, status, reason)
    if became and status == rules.ENROLLED:
        enrolling.enrol(caller, found, entry, over_capacity=seating.over_capacity)
    elif entry:
        raise ValidationFailed(details=tuple(Detail(camel(n), "Only with the status ENROLLED") for n in entry))
    unit().update(found, action=_DONE_AS[status] if became else "UPDATE")
    return found


def _findings(caller: Caller, found: Admission, sent: dict[str, Any]) -> list[Detail]:
    """What is wrong with an applicant as it would be stored."""
    wrong = []
    if not found.parent_phone and not found.parent_email and found.status != rules.ENROLLED:
        wrong.append(Detail("parentPhone", "A phone number or an e-mail address of the family is needed"))
    if sent.get("class_id"):
        room = CLASSES.all(caller.school_id).get(sent["class_id"])
        if room is None or room["status"] != "ACTIVE":
            wrong.append(Detail("classId", NO_CLASS))
    if sent.get("date_of_birth"):
        wrong += as_details(birth_findings(date.fromisoformat(sent["date_of_birth"]), caller.today()))
    return wrong


def _check_enrolled(found: Admission, sent: dict[str, Any]) -> None:
    """Refuse a change of who is a student already: the student is what is changed now. Notes may be added."""
    refused = sorted(sent.keys() - {"notes"})
    if found.status == rules.ENROLLED and refused:
        told = tuple(Detail(camel(name), "Change the student instead") for name in refused)
        raise Conflict("The applicant is a student of the school now", details=told)


def _become(caller: Caller, found: Admission, status: str, reason: str | None) -> bool:
    """Apply another state with its reason; whether it is another."""
    before = found.status
    if not rules.may_become(before, status):
        raise Conflict.of("status", f"From {before} an applicant becomes {rules.told(before)}")
    if reason is not None and status not in rules.WITH_REASON:
        raise ValidationFailed.of("reason", "Only with the status DECLINED or WITHDRAWN")
    if status == before:
        found.reason = reason if reason is not None else found.reason
        return False
    if status in rules.WITH_REASON and not reason:
        raise ValidationFailed.of("reason", f"Say why the applicant is {status}")
    found.status, found.reason = status, reason
    found.states = [*found.states, _state(caller, status, reason)]
    return True


def _state(caller: Caller, status: str, reason: str | None = None) -> dict[str, Any]:
    return {"status": status, "at": clock.stamp(), "by": caller.user_id, **({"reason": reason} if reason else {})}

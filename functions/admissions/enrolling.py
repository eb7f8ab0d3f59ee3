"""Makes a student of an applicant, in the transaction that says so: of two admins at once one makes it, the other finds it made."""

from typing import Any

from shared.auth.caller import Caller
from shared.data import reader
from shared.entities.admissions import Admission
from shared.entities.people import Student
from shared.errors import Detail, ValidationFailed
from shared.http.request import current, unit
from shared.names import camel
from shared.new_student import NO_CLASS, add_student, find_room
from shared.student_form import date_details, refuse

OF_STUDENT = ("roll_number", "admission_number", "admission_date")  # what is sent for the student alone
_COPIED = (
    "first_name", "last_name", "date_of_birth", "gender", "parent_name", "parent_phone", "parent_email", "parent_relation",
    "address_street", "address_city", "address_state", "address_zip",
)  # fmt: skip
_NEEDED = ("class_id", "date_of_birth", "gender")


def enrol(caller: Caller, found: Admission, entry: dict[str, Any], *, over_capacity: bool) -> None:
    """Add the student with the unit's commit: seat (rule S2), numbers (rule S1), the subscription's limit (rule A8), first stay."""
    known = found.attribute_values
    lacking = [name for name in _NEEDED if not known.get(name)]
    refuse([Detail(camel(name), "Needed to enrol") for name in lacking])
    entry = {"admission_date": caller.today().isoformat(), **entry}
    refuse(date_details(caller, found.date_of_birth, entry["admission_date"]))
    room = find_room(caller.school_id, found.class_id)
    if room is None:
        raise ValidationFailed.of("classId", NO_CLASS)
    fields = {name: known[name] for name in _COPIED if known.get(name) is not None}
    made = add_student(
        unit(), caller.school, room, {**fields, **entry, "admission_id": found.id}, current().kept, over_capacity=over_capacity
    )
    found.student_id = made.id


def is_repeated(found: Admission, sent: dict[str, Any]) -> bool:
    """Whether a request only asks again for what was done: the state, and nothing that differs from the applicant or the student."""
    if sent.get("status") != found.status:
        return False
    student = reader.load(Student, consistent=True, school_id=found.school_id, id=found.student_id)
    made = student.attribute_values if student else {}
    held = {**found.attribute_values, **{name: made.get(name) for name in OF_STUDENT}}
    return all(value is None or held.get(name) == value for name, value in sent.items())

"""Decisions about students."""

import re
from datetime import date
from typing import Any, NamedTuple

from functions.students import fields, logins, moves, rules, schemas
from functions.students.repository import Students
from shared import enrolment, stays
from shared.auth.caller import Caller
from shared.auth.permissions import Role
from shared.auth.scope import children, own_class_ids, visible_student
from shared.data.list_model import Listing, Row
from shared.entities.people import Student
from shared.errors import Detail, ValidationFailed
from shared.http.request import current, unit
from shared.http.schema import Deletion, changed_fields, sort_field
from shared.lists import CLASSES, STUDENTS
from shared.new_student import NO_CLASS, add_student, find_room
from shared.references import refers_to_student

_DIALLED = re.compile(r"\+[\d\s().\-/]{6,}")


def list_students(caller: Caller, query: schemas.StudentList) -> Listing:
    """A page of the students whom the caller may see."""
    equal: dict[str, Any] = {"section": query.section, "gender": query.gender, "classId": _classes(caller, query)}
    if query.status or not (query.include_inactive or caller.role == Role.STUDENT_PARENT):
        equal["status"] = query.status or rules.PRESENT
    wanted = {k: str(v) if isinstance(v, str) else v for k, v in equal.items() if v is not None}
    classes, students = _own(caller)
    bounds = Bounds(_iso(query.admitted_from), _iso(query.admitted_to), classes, students)
    return STUDENTS.page(
        caller.school_id,
        query.page,
        query.page_size,
        sort=sort_field(query.sort, schemas.SORTABLE, "firstName"),
        search=_search(query.search),
        equal=wanted,
        keep=None if bounds.open else bounds.hold,
        keep_key=bounds,
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


class Bounds(NamedTuple):
    """What a list is bound to besides values: days of admission, and the classes and students of the caller (None: all)."""

    since: str | None
    until: str | None
    classes: frozenset[str] | None
    students: frozenset[str] | None

    @property
    def open(self) -> bool:
        """Whether they hold every row."""
        return all(bound is None for bound in self)

    def hold(self, row: Row) -> bool:
        """Whether a row lies within them."""
        day = row["admissionDate"]
        if (self.since and day < self.since) or (self.until and day > self.until):
            return False
        return self.students is None or row["id"] in self.students or row["classId"] in (self.classes or ())


def _classes(caller: Caller, query: schemas.StudentList) -> frozenset[str] | None:
    """The classes that the filters name; None: no filter names any."""
    if query.grade is None and query.academic_year is None:
        return frozenset({query.class_id}) if query.class_id else None
    return frozenset(
        class_id
        for class_id, row in CLASSES.all(caller.school_id).items()
        if query.grade in (None, row["grade"]) and query.academic_year in (None, row["academicYear"]) and query.class_id in (None, class_id)
    )


def _own(caller: Caller) -> tuple[frozenset[str] | None, frozenset[str] | None]:
    """The classes and the students that the caller's list is bound to; None: all."""
    if caller.role not in (Role.TEACHER, Role.STUDENT_PARENT):
        return None, None
    led = own_class_ids(caller) if caller.role == Role.TEACHER else None
    return led, frozenset(link.student_id for link in children(caller))


def _search(text: str | None) -> str | None:
    """A telephone number is searched for as it is stored, whatever stands between its digits."""
    return re.sub(r"[\s().\-/]", "", text) if text and _DIALLED.fullmatch(text.strip()) else text


def get_student(caller: Caller, student_id: str) -> Student:
    """A student whom the caller may see."""
    return visible_student(caller, student_id)


def create_student(caller: Caller, data: schemas.StudentIn, seating: schemas.Seating) -> Student:
    """A new student in a class, with the numbers that were not given made."""
    wrong: list[Detail] = []
    ready = fields.stored_form(caller, data.model_dump(exclude_none=True), wrong)
    ready.setdefault("admission_date", caller.today().isoformat())
    wrong += fields.date_details(caller, ready["date_of_birth"], ready["admission_date"])
    room = find_room(caller.school_id, ready.pop("class_id"))
    if wrong or room is None:
        raise ValidationFailed(details=(*wrong, *([] if room else [Detail("classId", NO_CLASS)])))
    made = add_student(unit(), caller.school, room, ready, current().kept, over_capacity=seating.over_capacity)
    logins.change_login(caller, made.id, None, made.user_id)
    return made


def update_student(caller: Caller, student_id: str, data: schemas.StudentChange, seating: schemas.Seating) -> Student:
    """Change the fields that were sent; another class or status is a move, with history and seats."""
    found = Students(caller.school_id).get_for_change(student_id)
    before, seat = dict(found.attribute_values), moves.seat_of(found)
    wrong: list[Detail] = []
    sent = fields.stored_form(caller, changed_fields(data, clearable=schemas.CLEARABLE), wrong)
    moving = {name: sent.pop(name, None) for name in ("class_id", "status", "exit_date")}
    for name, value in sent.items():
        setattr(found, name, value)
    if sent.keys() & {"date_of_birth", "admission_date"}:
        wrong += fields.date_details(caller, found.date_of_birth, found.admission_date)
    fields.refuse(wrong)
    _move(caller, found, moving, seat, seating)
    if found.admission_date != before["admission_date"]:
        _readmit(found)
    for field in enrolment.KINDS:
        enrolment.change_number(unit(), found, field, before[field])
    logins.change_login(caller, student_id, before.get("user_id"), found.user_id)
    unit().update(found)
    return found


def _move(caller: Caller, found: Student, moving: dict[str, str | None], seat: str | None, seating: schemas.Seating) -> None:
    """Apply another class, status and exit date, and settle the seats."""
    today = caller.today().isoformat()
    class_id, status = moving["class_id"] or found.class_id, moving["status"] or found.status
    changes_class, takes_seat = class_id != found.class_id, status in rules.PRESENT and seat != class_id
    room = moves.room_of(caller.school_id, class_id) if changes_class or takes_seat else None
    if moving["exit_date"] and status not in rules.LEFT:
        raise ValidationFailed.of("exitDate", "Only a student who is GRADUATED or TRANSFERRED has an exit date")
    if changes_class and room and (seat or status not in rules.PRESENT):
        moves.enter(found, room, max(today, _since(found)), "TRANSFERRED")
    if moving["exit_date"] and status == found.status:
        moves.correct_exit(found, moving["exit_date"])
    moves.become(found, status, moving["exit_date"] or today, room=room)
    if found.exit_date:
        fields.refuse(fields.exit_details(caller, found.exit_date, found.admission_date))
    known = room.seats if room else {}
    moves.reseat(caller.school, seat, moves.seat_of(found), over_capacity=seating.over_capacity, known=known)


def _since(found: Student) -> str:
    since: str = found.stays[-1]["since"] if found.stays else found.admission_date
    return since


def _readmit(found: Student) -> None:
    try:
        found.stays = stays.admitted_on(found.stays or [], found.admission_date)
    except stays.TooEarly as error:
        raise ValidationFailed.of("admissionDate", "The student left its first class before this date") from error


def delete_student(caller: Caller, student_id: str) -> Deletion:
    """Remove a student to whom nothing refers; deactivate any other (rule G10). Either gives the seat back."""
    found = Students(caller.school_id).get_for_change(student_id)
    seat = moves.seat_of(found)
    if _is_referred_to(found):
        if found.status not in rules.LEFT and found.status != "INACTIVE":
            moves.become(found, "INACTIVE", caller.today().isoformat())
            moves.reseat(caller.school, seat, None)
            unit().update(found, action="DEACTIVATE")
        return Deletion(id=student_id, outcome="deactivated")
    moves.reseat(caller.school, seat, None)
    unit().delete(found)
    for field in enrolment.KINDS:
        enrolment.release_number(unit(), student_id, field, getattr(found, field))
    return Deletion(id=student_id, outcome="removed")


def _is_referred_to(found: Student) -> bool:
    """Whether the student was in another class before, has a login or an entry of the admissions register, or is referred to by others."""
    return len(found.stays or ()) > 1 or bool(found.user_id or found.admission_id) or refers_to_student(found.school_id, found.id)

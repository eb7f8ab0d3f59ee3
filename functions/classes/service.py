"""Decisions about classes."""

from typing import Any

from functions.classes import schemas
from functions.classes.repository import Classes
from shared.auth.caller import Caller
from shared.auth.permissions import Role
from shared.auth.scope import children, visible_class_ids
from shared.data.list_model import Listing
from shared.data.reader import load
from shared.entities.academics import Class
from shared.entities.tenancy import User
from shared.errors import Forbidden, ValidationFailed
from shared.http.request import unit
from shared.http.schema import Deletion, changed_fields, sort_field
from shared.ids import new_id
from shared.lists import CLASSES, STUDENTS

SORTABLE = ("name", "section", "grade", "academicYear", "capacity", "roomNumber", "status", "createdAt", "updatedAt")


def list_classes(caller: Caller, query: schemas.ClassList) -> Listing:
    """A page of the classes that the caller may see."""
    equal: dict[str, Any] = {
        "grade": query.grade,
        "section": query.section,
        "academicYear": query.academic_year,
        "classTeacherId": query.class_teacher_id,
        "status": query.status or (None if query.include_inactive else "ACTIVE"),
        "id": _own_classes(caller),
    }
    wanted = {k: v for k, v in equal.items() if v is not None}
    sort = sort_field(query.sort, SORTABLE, "name")
    return CLASSES.page(caller.school_id, query.page, query.page_size, sort=sort, search=query.search, equal=wanted)


def _own_classes(caller: Caller) -> frozenset[str] | None:
    """The classes that the caller may see; None: all."""
    if caller.role == Role.STUDENT_PARENT:
        known = STUDENTS.all(caller.school_id)
        return frozenset(known[c.student_id]["classId"] for c in children(caller) if c.student_id in known)
    return visible_class_ids(caller)


def get_class(caller: Caller, class_id: str) -> Class:
    """A class that the caller may see."""
    found = Classes(caller.school_id).get(class_id)
    own = _own_classes(caller)
    if own is not None and class_id not in own:
        raise Forbidden
    return found


def create_class(caller: Caller, data: schemas.ClassIn) -> Class:
    """A new class of the school's academic year, or of another that is named."""
    check_teacher(caller, data.class_teacher_id, "classTeacherId")
    fields = data.model_dump()
    fields["academic_year"] = data.academic_year or caller.school.academic_year["name"]
    made = Class(school_id=caller.school_id, id=new_id(), **fields)
    Classes(caller.school_id).add(unit(), made)
    return made


def update_class(caller: Caller, class_id: str, data: schemas.ClassChange) -> Class:
    """Change the fields that were sent."""
    classes = Classes(caller.school_id)
    found = classes.get_for_change(class_id)
    before, capacity_before = found.identity, found.capacity
    sent = changed_fields(data, clearable=("room_number", "class_teacher_id"))
    if sent.get("class_teacher_id"):
        check_teacher(caller, sent["class_teacher_id"], "classTeacherId")
    for name, value in sent.items():
        setattr(found, name, value)
    classes.change(unit(), found, before, capacity_before)
    return found


def delete_class(caller: Caller, class_id: str) -> Deletion:
    """Remove a class that nobody was ever in; deactivate any other (rule G10)."""
    classes = Classes(caller.school_id)
    found = classes.get_for_change(class_id)
    if not classes.seats(class_id).used:
        classes.remove(unit(), found)
        return Deletion(id=class_id, outcome="removed")
    found.status = "INACTIVE"
    unit().update(found, action="DEACTIVATE")
    return Deletion(id=class_id, outcome="deactivated")


def assign_teacher(caller: Caller, class_id: str, data: schemas.AssignTeacher) -> Class:
    """Make somebody the class teacher, or nobody."""
    found = Classes(caller.school_id).get_for_change(class_id)
    check_teacher(caller, data.teacher_id, "teacherId")
    found.class_teacher_id = data.teacher_id
    unit().update(found, action="ASSIGN_TEACHER")
    return found


def list_class_students(caller: Caller, class_id: str, query: schemas.ClassStudents) -> Listing:
    """A page of the class's students."""
    if caller.role == Role.STUDENT_PARENT:
        raise Forbidden
    get_class(caller, class_id)
    equal: dict[str, Any] = {"classId": class_id}
    if query.status or not query.include_inactive:
        equal["status"] = query.status or "ACTIVE"
    sort = sort_field(query.sort, schemas.STUDENT_SORTABLE, "rollNumber")
    return STUDENTS.page(caller.school_id, query.page, query.page_size, sort=sort, search=query.search, equal=equal)


def check_teacher(caller: Caller, user_id: str | None, field: str) -> None:
    """Refuse a teacher who is none of the school's active ones."""
    if user_id is None:
        return
    user = load(User, school_id=caller.school_id, id=user_id)
    if user is None or user.role != Role.TEACHER or user.status != "ACTIVE":
        raise ValidationFailed.of(field, "No active teacher of this school has this id")

"""Resource-level rights: a teacher's own classes (rule A2), a parent's own children (rules A1, A3)."""

from collections.abc import Iterator

from shared import views
from shared.auth.caller import Caller
from shared.auth.permissions import Role
from shared.data import reader
from shared.entities.people import Student, UserChild
from shared.entities.tenancy import School
from shared.errors import Forbidden, NotFound
from shared.lists import CLASS_SUBJECTS, CLASSES


def own_class_ids(caller: Caller) -> frozenset[str]:
    """The classes of this academic year in which the caller is class teacher or teaches a subject."""
    return class_ids_of(caller.school, caller.user_id)


def class_ids_of(school: School, user_id: str) -> frozenset[str]:
    """The classes of this academic year in which a user is class teacher or teaches a subject."""
    year = school.academic_year["name"]
    classes = CLASSES.all(school.id)
    this_year = {i for i, c in classes.items() if c["academicYear"] == year}
    led = {i for i in this_year if classes[i].get("classTeacherId") == user_id}
    taught = {s["classId"] for s in CLASS_SUBJECTS.all(school.id).values() if s.get("teacherId") == user_id}
    return frozenset(led | (taught & this_year))


def children(caller: Caller) -> Iterator[UserChild]:
    """The links to the students whom the caller may see today."""
    today = caller.today().isoformat()
    partition = UserChild.partition_of(school_id=caller.school_id, user_id=caller.user_id)
    for raw in reader.query(partition, prefix="CHILD#", consistent=True):
        link = UserChild.from_item(raw)
        if link.since <= today and (link.until is None or link.until >= today):
            yield link


def may_see_student(caller: Caller, student_id: str, class_id: str, *, what: str | None = None) -> bool:
    """Whether the caller may see this student. `what`: `academics` or `fees`, for which a guardian's link must say so.

    A teacher may be a guardian besides.
    """
    if caller.role == Role.TEACHER and class_id in own_class_ids(caller):
        return True
    if caller.role in (Role.TEACHER, Role.STUDENT_PARENT):
        return any(c.student_id == student_id and (what is None or bool(c.sees.get(what))) for c in children(caller))
    return True


def visible_student(caller: Caller, student_id: str, *, what: str | None = None) -> Student:
    """The student as it stands now: NotFound where the school has none of this id, Forbidden where the caller may not see it."""
    found = reader.load(Student, consistent=True, school_id=caller.school_id, id=student_id)
    if found is None:
        raise NotFound
    if not may_see_student(caller, student_id, found.class_id, what=what):
        raise Forbidden
    views.looked_at(student_id)
    return found


def visible_class_ids(caller: Caller) -> frozenset[str] | None:
    """The classes whose students the caller may list; None: all."""
    return own_class_ids(caller) if caller.role == Role.TEACHER else None

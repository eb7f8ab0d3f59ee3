"""Decisions about subjects, and about what is taught in a class."""

from functions.classes import schemas
from functions.classes.repository import Classes, ClassSubjects, Subjects, subject_pair
from functions.classes.service import check_teacher, get_class
from shared.auth.caller import Caller
from shared.data.list_model import Listing
from shared.entities.academics import ClassSubject, Subject
from shared.errors import Conflict, NotFound, ValidationFailed
from shared.http.request import unit
from shared.http.schema import Deletion, changed_fields, sort_field
from shared.ids import new_id
from shared.lists import CLASS_SUBJECTS, SUBJECTS, USERS

SORTABLE = ("name", "code", "status", "createdAt", "updatedAt")


def list_subjects(caller: Caller, query: schemas.SubjectList) -> Listing:
    """A page of the school's subjects."""
    status = query.status or (None if query.include_inactive else "ACTIVE")
    equal = {"status": status} if status else {}
    sort = sort_field(query.sort, SORTABLE, "name")
    return SUBJECTS.page(caller.school_id, query.page, query.page_size, sort=sort, search=query.search, equal=equal)


def get_subject(caller: Caller, subject_id: str) -> Subject:
    """One subject."""
    return Subjects(caller.school_id).get(subject_id)


def create_subject(caller: Caller, data: schemas.SubjectIn) -> Subject:
    """A new subject; its name, and its code where it has one, are unique in the school."""
    made = Subject(school_id=caller.school_id, id=new_id(), **data.model_dump())
    unit().create(made)
    _claim(made, {})
    return made


def update_subject(caller: Caller, subject_id: str, data: schemas.SubjectChange) -> Subject:
    """Change the fields that were sent."""
    found = Subjects(caller.school_id).get_for_change(subject_id)
    before = _names(found)
    for name, value in changed_fields(data, clearable=("code", "description")).items():
        setattr(found, name, value)
    unit().update(found)
    _claim(found, before)
    return found


def delete_subject(caller: Caller, subject_id: str) -> Deletion:
    """Remove a subject that no class is taught; deactivate any other (rule G10)."""
    found = Subjects(caller.school_id).get_for_change(subject_id)
    if any(s["subjectId"] == subject_id for s in CLASS_SUBJECTS.all(caller.school_id).values()):
        found.status = "INACTIVE"
        unit().update(found, action="DEACTIVATE")
        return Deletion(id=subject_id, outcome="deactivated")
    unit().delete(found)
    for kind, value in _names(found).items():
        unit().release(kind, value, subject_id)
    return Deletion(id=subject_id, outcome="removed")


def list_class_subjects(caller: Caller, class_id: str) -> list[schemas.ClassSubjectRow]:
    """What is taught in the class, and by whom."""
    get_class(caller, class_id)
    subjects, users = SUBJECTS.all(caller.school_id), USERS.all(caller.school_id)
    rows = [s for s in CLASS_SUBJECTS.all(caller.school_id).values() if s["classId"] == class_id]
    named = [(subjects.get(r["subjectId"], {}), users.get(r.get("teacherId", ""), {}), r) for r in rows]
    made = [
        schemas.ClassSubjectRow.model_validate(
            {
                **row,
                "subjectName": subject.get("name", ""),
                "subjectCode": subject.get("code"),
                "teacherName": " ".join(filter(None, (user.get("firstName"), user.get("lastName")))) or None,
            }
        )
        for subject, user, row in named
    ]
    return sorted(made, key=lambda s: (s.subject_name.casefold(), s.id))


def add_class_subject(caller: Caller, class_id: str, data: schemas.ClassSubjectIn) -> ClassSubject:
    """Teach a subject in the class; each subject once."""
    Classes(caller.school_id).get(class_id)
    subject = Subjects(caller.school_id).find(data.subject_id)
    if subject is None or subject.status != "ACTIVE":
        raise ValidationFailed.of("subjectId", "No active subject of this school has this id")
    check_teacher(caller, data.teacher_id, "teacherId")
    made = ClassSubject(school_id=caller.school_id, id=new_id(), class_id=class_id, **data.model_dump())
    unit().create(made)
    pair = subject_pair(class_id, data.subject_id)
    unit().claim("CLASS_SUBJECT", pair, made.id, Conflict.of("subjectId", "This subject is taught in the class already"))
    return made


def update_class_subject(caller: Caller, class_id: str, class_subject_id: str, data: schemas.ClassSubjectChange) -> ClassSubject:
    """Change the teacher or the hours."""
    found = _of_class(caller, class_id, class_subject_id)
    sent = changed_fields(data, clearable=("teacher_id", "weekly_hours"))
    check_teacher(caller, sent.get("teacher_id"), "teacherId")
    for name, value in sent.items():
        setattr(found, name, value)
    unit().update(found)
    return found


def remove_class_subject(caller: Caller, class_id: str, class_subject_id: str) -> Deletion:
    """Stop teaching the subject in the class."""
    found = _of_class(caller, class_id, class_subject_id)
    unit().delete(found)
    unit().release("CLASS_SUBJECT", subject_pair(class_id, found.subject_id), found.id)
    return Deletion(id=class_subject_id, outcome="removed")


def _of_class(caller: Caller, class_id: str, class_subject_id: str) -> ClassSubject:
    found = ClassSubjects(caller.school_id).get_for_change(class_subject_id)
    if found.class_id != class_id:
        raise NotFound
    return found


def _names(subject: Subject) -> dict[str, str]:
    """The unique values that a subject holds."""
    names = {"SUBJECT_NAME": subject.name.casefold()}
    return {**names, "SUBJECT_CODE": subject.code.casefold()} if subject.code else names


def _claim(subject: Subject, before: dict[str, str]) -> None:
    now = _names(subject)
    for kind, value in before.items():
        if now.get(kind) != value:
            unit().release(kind, value, subject.id)
    for kind, value in now.items():
        if before.get(kind) != value:
            field = "name" if kind == "SUBJECT_NAME" else "code"
            unit().claim(kind, value, subject.id, Conflict.of(field, f"Another subject has this {field}"))

"""The routes of classes and subjects."""

from functions.classes import schemas, service, subjects
from shared.auth.caller import Caller
from shared.auth.permissions import Permission
from shared.errors import Conflict, NotFound
from shared.http.envelope import Created, Ok, Page, created, listing, ok
from shared.http.router import Router
from shared.http.schema import Deletion

router = Router("Classes")


@router.get("/classes", allow=Permission.CLASSES_READ)
def list_classes(query: schemas.ClassList, caller: Caller) -> Page[schemas.ClassOut]:
    """List classes. Teachers see their own, parents those of their children."""
    return listing(service.list_classes(caller, query), query)


@router.get("/classes/<class_id>", allow=Permission.CLASSES_READ, raises=(NotFound,))
def get_class(class_id: str, caller: Caller) -> Ok[schemas.ClassOut]:
    """Return one class."""
    return ok(schemas.ClassOut.model_validate(service.get_class(caller, class_id)))


@router.post("/classes", allow=Permission.CLASSES_MANAGE, raises=(Conflict,))
def create_class(data: schemas.ClassIn, caller: Caller) -> Created[schemas.ClassOut]:
    """Create a class. Name, section and academic year together are unique in the school."""
    return created(schemas.ClassOut.model_validate(service.create_class(caller, data)))


@router.put("/classes/<class_id>", allow=Permission.CLASSES_MANAGE, raises=(NotFound, Conflict))
def update_class(class_id: str, data: schemas.ClassChange, caller: Caller) -> Ok[schemas.ClassOut]:
    """Change the fields of a class that are sent. The capacity cannot go below the number of its students."""
    return ok(schemas.ClassOut.model_validate(service.update_class(caller, class_id, data)))


@router.delete("/classes/<class_id>", allow=Permission.CLASSES_MANAGE, raises=(NotFound, Conflict))
def delete_class(class_id: str, caller: Caller) -> Ok[Deletion]:
    """Remove a class that no student was ever in; deactivate any other."""
    return ok(service.delete_class(caller, class_id))


@router.post("/classes/<class_id>/assign-teacher", allow=Permission.CLASSES_MANAGE, raises=(NotFound, Conflict))
def assign_teacher(class_id: str, data: schemas.AssignTeacher, caller: Caller) -> Ok[schemas.ClassOut]:
    """Make a teacher the class teacher, or take the class teacher away with null."""
    return ok(schemas.ClassOut.model_validate(service.assign_teacher(caller, class_id, data)))


@router.get("/classes/<class_id>/students", allow=Permission.STUDENTS_LIST, raises=(NotFound,))
def list_class_students(class_id: str, query: schemas.ClassStudents, caller: Caller) -> Page[schemas.ClassStudentRow]:
    """List the students of a class, by roll number unless another order is asked for."""
    return listing(service.list_class_students(caller, class_id, query), query)


@router.get("/classes/<class_id>/subjects", allow=Permission.CLASSES_READ, raises=(NotFound,))
def list_class_subjects(class_id: str, caller: Caller) -> Ok[list[schemas.ClassSubjectRow]]:
    """List what is taught in a class, and by whom."""
    return ok(subjects.list_class_subjects(caller, class_id))


@router.post("/classes/<class_id>/subjects", allow=Permission.CLASSES_MANAGE, raises=(NotFound, Conflict))
def add_class_subject(class_id: str, data: schemas.ClassSubjectIn, caller: Caller) -> Created[schemas.ClassSubjectOut]:
    """Teach a subject in a class, each subject once."""
    return created(schemas.ClassSubjectOut.model_validate(subjects.add_class_subject(caller, class_id, data)))


@router.put("/classes/<class_id>/subjects/<class_subject_id>", allow=Permission.CLASSES_MANAGE, raises=(NotFound, Conflict))
def update_class_subject(
    class_id: str, class_subject_id: str, data: schemas.ClassSubjectChange, caller: Caller
) -> Ok[schemas.ClassSubjectOut]:
    """Change who teaches a subject in a class, or its weekly hours."""
    found = subjects.update_class_subject(caller, class_id, class_subject_id, data)
    return ok(schemas.ClassSubjectOut.model_validate(found))


@router.delete("/classes/<class_id>/subjects/<class_subject_id>", allow=Permission.CLASSES_MANAGE, raises=(NotFound, Conflict))
def remove_class_subject(class_id: str, class_subject_id: str, caller: Caller) -> Ok[Deletion]:
    """Stop teaching a subject in a class."""
    return ok(subjects.remove_class_subject(caller, class_id, class_subject_id))


@router.get("/subjects", allow=Permission.SUBJECTS_READ, tag="Subjects")
def list_subjects(query: schemas.SubjectList, caller: Caller) -> Page[schemas.SubjectOut]:
    """List the school's subjects."""
    return listing(subjects.list_subjects(caller, query), query)


@router.get("/subjects/<subject_id>", allow=Permission.SUBJECTS_READ, raises=(NotFound,), tag="Subjects")
def get_subject(subject_id: str, caller: Caller) -> Ok[schemas.SubjectOut]:
    """Return one subject."""
    return ok(schemas.SubjectOut.model_validate(subjects.get_subject(caller, subject_id)))


@router.post("/subjects", allow=Permission.SUBJECTS_MANAGE, raises=(Conflict,), tag="Subjects")
def create_subject(data: schemas.SubjectIn, caller: Caller) -> Created[schemas.SubjectOut]:
    """Create a subject. Its name, and its code where it has one, are unique in the school."""
    return created(schemas.SubjectOut.model_validate(subjects.create_subject(caller, data)))


@router.put("/subjects/<subject_id>", allow=Permission.SUBJECTS_MANAGE, raises=(NotFound, Conflict), tag="Subjects")
def update_subject(subject_id: str, data: schemas.SubjectChange, caller: Caller) -> Ok[schemas.SubjectOut]:
    """Change the fields of a subject that are sent."""
    return ok(schemas.SubjectOut.model_validate(subjects.update_subject(caller, subject_id, data)))


@router.delete("/subjects/<subject_id>", allow=Permission.SUBJECTS_MANAGE, raises=(NotFound, Conflict), tag="Subjects")
def delete_subject(subject_id: str, caller: Caller) -> Ok[Deletion]:
    """Remove a subject that no class is taught; deactivate any other."""
    return ok(subjects.delete_subject(caller, subject_id))

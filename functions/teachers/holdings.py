"""What is a teacher's: the classes that they lead, and the subjects that they teach in classes, from the lists in memory."""

from collections.abc import Iterator
from typing import Any

from functions.teachers import schemas_work as wire
from shared.auth.caller import Caller
from shared.data.list_model import Row, sort_key
from shared.lists import CLASS_SUBJECTS, CLASSES, SUBJECTS


def of(caller: Caller, teacher_id: str, year: str | None = None) -> wire.Holdings:
    """What is the teacher's in an academic year, or in the present one and those after it; classes in use alone."""
    classes = {c["id"]: c for c in CLASSES.all(caller.school_id).values() if c["status"] == "ACTIVE" and _in_years(caller, c, year)}
    led = [c for c in classes.values() if c.get("classTeacherId") == teacher_id]
    taught = [s for s in CLASS_SUBJECTS.all(caller.school_id).values() if s.get("teacherId") == teacher_id and s["classId"] in classes]
    subjects = SUBJECTS.all(caller.school_id)
    return wire.Holdings(
        teacher_id=teacher_id,
        classes=[wire.HeldClass.model_validate(c) for c in sorted(led, key=by_class)],
        class_subjects=[
            wire.HeldSubject.model_validate(_named(s, classes[s["classId"]], subjects.get(s["subjectId"], {})))
            for s in sorted(taught, key=lambda s: by_class(classes[s["classId"]]))
        ],
    )


def _in_years(caller: Caller, row: Row, year: str | None) -> bool:
    if year is not None:
        return bool(row["academicYear"] == year)
    return bool(sort_key(row["academicYear"]) >= sort_key(caller.school.academic_year["name"]))


def _named(row: Row, room: Row, subject: Row) -> dict[str, Any]:
    of_class = {"className": room["name"], "section": room["section"], "academicYear": room["academicYear"]}
    return {**row, **of_class, "subjectName": subject.get("name", "")}


def by_class(room: Row) -> tuple[Any, ...]:
    """The order of classes: year, grade, name, section."""
    return (*(sort_key(room[name]) for name in ("academicYear", "grade", "name", "section")), room["id"])


def taught_in(caller: Caller, teacher_id: str, classes: dict[str, Row]) -> Iterator[Row]:
    """The subjects that the teacher teaches in some classes."""
    rows = CLASS_SUBJECTS.all(caller.school_id).values()
    return (s for s in rows if s.get("teacherId") == teacher_id and s["classId"] in classes)

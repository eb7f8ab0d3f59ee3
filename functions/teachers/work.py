"""What a teacher does: classes, subjects, schedule."""

from collections import defaultdict
from typing import Any

from functions.teachers import schemas_work as wire
from functions.teachers.holdings import by_class, taught_in
from functions.teachers.repository import Teachers
from shared.auth.caller import Caller
from shared.data.list_model import Row, sort_key
from shared.errors import Forbidden
from shared.lists import CLASSES, SUBJECTS


def list_teacher_classes(caller: Caller, teacher_id: str, query: wire.OfYear) -> list[wire.TeacherClass]:
    """The classes of a year that the teacher leads or teaches in."""
    check_own(caller, teacher_id)
    classes, subjects = _classes(caller, query.academic_year), SUBJECTS.all(caller.school_id)
    taught: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in taught_in(caller, teacher_id, classes):
        subject = subjects.get(row["subjectId"], {})
        told = {"classSubjectId": row["id"], "subjectName": subject.get("name", ""), "subjectCode": subject.get("code")}
        taught[row["classId"]].append({**row, **told})
    own = [c for c in classes.values() if c["id"] in taught or c.get("classTeacherId") == teacher_id]
    return [
        wire.TeacherClass.model_validate(
            {
                **room,
                "isClassTeacher": room.get("classTeacherId") == teacher_id,
                "subjects": sorted(taught[room["id"]], key=lambda s: (sort_key(s["subjectName"]), s["id"])),
            }
        )
        for room in sorted(own, key=by_class)
    ]


def list_teacher_subjects(caller: Caller, teacher_id: str, query: wire.OfYear) -> list[wire.TeacherSubject]:
    """The subjects that the teacher teaches in a year, each with its classes."""
    check_own(caller, teacher_id)
    classes, subjects = _classes(caller, query.academic_year), SUBJECTS.all(caller.school_id)
    taught: dict[str, list[Row]] = defaultdict(list)
    for row in taught_in(caller, teacher_id, classes):
        taught[row["subjectId"]].append(row)
    found = [_subject(subject_id, subjects.get(subject_id, {}), rows, classes) for subject_id, rows in taught.items()]
    return sorted(found, key=lambda s: (sort_key(s.name), s.id))


def _subject(subject_id: str, subject: Row, rows: list[Row], classes: dict[str, Row]) -> wire.TeacherSubject:
    return wire.TeacherSubject(
        id=subject_id,
        name=subject.get("name", ""),
        code=subject.get("code"),
        weekly_hours=sum(row.get("weeklyHours") or 0 for row in rows),
        classes=[
            wire.SubjectClass(
                class_subject_id=row["id"],
                class_id=room["id"],
                class_name=room["name"],
                section=room["section"],
                grade=room["grade"],
                weekly_hours=row.get("weeklyHours"),
            )
            for row in sorted(rows, key=lambda row: by_class(classes[row["classId"]]))
            for room in (classes[row["classId"]],)
        ],
    )


def get_teacher_schedule(caller: Caller, teacher_id: str, query: wire.ScheduleQuery) -> list[wire.SchedulePeriod]:  # noqa: ARG001 - the timetable will ask by it
    """The teacher's periods by day and time: none while schools keep no timetable here."""
    check_own(caller, teacher_id)
    return []


def check_own(caller: Caller, teacher_id: str) -> None:
    """Refuse a colleague's work to who is no admin; NotFound where the school has no such teacher."""
    Teachers(caller.school_id).pair(teacher_id)
    if not caller.is_admin and teacher_id != caller.user_id:
        raise Forbidden


def _classes(caller: Caller, year: str | None) -> dict[str, Row]:
    """The classes in use of an academic year, the school's present one where none is named."""
    wanted = year or caller.school.academic_year["name"]
    return {i: c for i, c in CLASSES.all(caller.school_id).items() if c["academicYear"] == wanted and c["status"] == "ACTIVE"}

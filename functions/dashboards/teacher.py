"""A teacher's dashboard: the day's classes."""

from datetime import date

from functions.dashboards import attendance_figures, days, enrolment_figures, inbox, schemas
from shared import clock
from shared.auth.caller import Caller
from shared.auth.permissions import Role
from shared.data import reader
from shared.entities.tenancy import User
from shared.errors import Forbidden, ValidationFailed
from shared.lists import CLASS_SUBJECTS, CLASSES


def whose(caller: Caller, query: schemas.TeacherQuery) -> str:
    """The teacher whose day is asked for: the caller, or one whom an admin names."""
    if caller.role == Role.TEACHER:
        if query.teacher_id not in (None, caller.user_id):
            raise Forbidden
        return caller.user_id
    if query.teacher_id is None:
        return caller.user_id
    found = reader.load(User, school_id=caller.school_id, id=query.teacher_id)
    if found is None or found.role != Role.TEACHER:
        raise ValidationFailed.of("teacherId", "No teacher of this school has this id")
    return query.teacher_id


def reckon(caller: Caller, teacher_id: str, today: date) -> schemas.TeacherDashboard:
    """The figures of this moment."""
    own = own_classes(caller, teacher_id)
    school_day = days.is_school_day(caller, today)
    month = attendance_figures.of_classes(caller, today, own)
    sizes: dict[str, int] = dict.fromkeys(own, 0)
    for row in enrolment_figures.present_students(caller.school_id):
        if row["classId"] in sizes:
            sizes[row["classId"]] += 1
    return schemas.TeacherDashboard(
        as_of=clock.stamp(),
        date=today.isoformat(),
        school_day=school_day,
        classes=[_class(caller, teacher_id, i, sizes[i], month, today, school_day=school_day) for i in own],
        schedule=[],  # there is no timetable yet
        low_attendance=attendance_figures.low(caller, frozenset(own)),
        unread_notices=inbox.unread(caller.school_id, teacher_id),
        holidays=days.next_holidays(caller, today),
    )


def own_classes(caller: Caller, teacher_id: str) -> list[str]:
    """The classes of this academic year that a teacher leads or teaches in, in the order of their names."""
    year = caller.school.academic_year["name"]
    classes = {i: c for i, c in CLASSES.recent(caller.school_id).items() if c["academicYear"] == year and c["status"] == "ACTIVE"}
    taught = {s["classId"] for s in CLASS_SUBJECTS.recent(caller.school_id).values() if s.get("teacherId") == teacher_id}
    own = [i for i, c in classes.items() if c.get("classTeacherId") == teacher_id or i in taught]
    return sorted(own, key=lambda i: (enrolment_figures.natural(classes[i]["name"]), classes[i]["section"], i))


def _class(
    caller: Caller, teacher_id: str, class_id: str, students: int, month: attendance_figures.Month, today: date, *, school_day: bool
) -> schemas.OwnClass:
    known = CLASSES.recent(caller.school_id)[class_id]
    counts = month.day_of(class_id, today.isoformat())
    return schemas.OwnClass(
        id=class_id,
        name=known["name"],
        section=known["section"],
        class_teacher=known.get("classTeacherId") == teacher_id,
        students=students,
        register_marked=None if not school_day else counts is not None,
        present=counts.present + counts.late + counts.half_day if counts else 0,
        absent=counts.absent + counts.excused if counts else 0,
        attendance_rate=attendance_figures.percentage(month.of_class(class_id)),
    )

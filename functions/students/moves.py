"""How a student goes from class to class and from status to status, with history and seats (rules S2, S3)."""

from collections.abc import Mapping

from functions.students import rules
from shared import enrolment, stays
from shared.entities.academics import Seats
from shared.entities.people import Student
from shared.entities.tenancy import School
from shared.errors import Conflict, Detail, ValidationFailed
from shared.http.request import unit
from shared.new_student import NO_CLASS, Room, find_room


def seat_of(student: Student) -> str | None:
    """The class in which the student has a seat."""
    return student.class_id if student.status in rules.PRESENT else None


def room_of(school_id: str, class_id: str) -> Room:
    """The class to enter; a VALIDATION_ERROR on `classId` where it is none of the school's."""
    room = find_room(school_id, class_id)
    if room is None:
        raise ValidationFailed(details=(Detail("classId", NO_CLASS),))
    return room


def enter(student: Student, room: Room, since: str, reason: str, *, note: str | None = None) -> None:
    """Move a student who is at the school to another class from a day on."""
    if student.status not in rules.PRESENT:
        raise Conflict.of("classId", f"A student who is {student.status} is in no class: make it ACTIVE first")
    try:
        student.stays = stays.moved(student.stays or [], room.of.id, since, reason, note=note)
    except stays.TooEarly as error:
        raise ValidationFailed.of("effectiveDate", str(error)) from error
    student.class_id, student.section = room.of.id, room.of.section


def become(student: Student, status: str, day: str, *, room: Room | None = None, note: str | None = None) -> None:
    """Change the status from a day on (for one who leaves: the last day). `room`: the class that one who is back enters."""
    before = student.status
    if status == before:
        return
    if not rules.may_become(before, status):
        raise Conflict.of("status", f"A student who is {before} does not become {status}")
    change = {"status": status, "since": day, **({"note": note} if note else {})}
    student.status, student.states = status, [*(student.states or []), change]
    student.exit_date = day if status in rules.LEFT else None
    history = student.stays or []
    if status not in rules.PRESENT:
        student.stays = _ended(history, day, strict=status in rules.LEFT)
    elif before not in rules.PRESENT:
        if room is not None:
            student.class_id, student.section = room.of.id, room.of.section
        student.stays = stays.resumed(history, student.class_id, day)


def correct_exit(student: Student, day: str) -> None:
    """Another last day for a student who has left."""
    history = list(student.stays or [])
    if history and "until" in history[-1]:
        history[-1] = {k: v for k, v in history[-1].items() if k != "until"}
    student.stays = _ended(history, day, strict=True)
    student.exit_date = day
    if student.states:
        student.states = [*student.states[:-1], {**student.states[-1], "since": day}]


def _ended(history: list[stays.Stay], day: str, *, strict: bool) -> list[stays.Stay]:
    try:
        return stays.ended(history, day)
    except stays.TooEarly as error:
        if strict:
            raise ValidationFailed.of("exitDate", str(error)) from error
        return stays.ended(history, error.since)


def reseat(
    school: School, before: str | None, after: str | None, *, over_capacity: bool = False, known: Mapping[str, Seats] | None = None
) -> None:
    """Give the seat before back and take the one after, in the request's transaction; who comes or leaves is counted (rule A8)."""
    if before == after:
        return
    if before is None or after is None:
        enrolment.count_students(unit(), school, 1 if before is None else -1)
    moves = {class_id: count for class_id, count in ((before, -1), (after, 1)) if class_id}
    enrolment.move_seats(unit(), moves, over_capacity=over_capacity, known=known)

"""A student's move to another class, or out of the school."""

from functions.students import fields, moves, rules, schemas
from functions.students.repository import Students
from shared.auth.caller import Caller
from shared.entities.people import Student
from shared.errors import Conflict, Detail
from shared.http.request import unit
from shared.student_dates import ahead_findings


def transfer_student(caller: Caller, student_id: str, data: schemas.TransferIn, seating: schemas.Seating) -> Student:
    """Move a student to another class from a day on, or out of the school after its last day."""
    found = Students(caller.school_id).get_for_change(student_id)
    fields.refuse(_contradictions(data))
    if data.class_id is None:
        _leave(caller, found, data)
    else:
        _change_class(caller, found, data, seating)
    unit().update(found, action="TRANSFER")
    return found


def _contradictions(data: schemas.TransferIn) -> list[Detail]:
    inside = data.class_id is not None
    if inside == (data.status is not None):
        return [Detail("classId", "Send either a classId, or a status of TRANSFERRED or GRADUATED")]
    if data.status is not None and str(data.status) not in rules.LEFT:
        return [Detail("status", "A student leaves the school as TRANSFERRED or GRADUATED")]
    if inside and data.exit_date is not None:
        return [Detail("exitDate", "Only a student who leaves the school has an exit date")]
    if not inside and data.effective_date is not None:
        return [Detail("effectiveDate", "A student who leaves the school has an exitDate instead")]
    return []


def _leave(caller: Caller, found: Student, data: schemas.TransferIn) -> None:
    last = (data.exit_date or caller.today()).isoformat()
    if found.status in rules.LEFT:
        raise Conflict.of("status", f"The student has left the school: it is {found.status}")
    fields.refuse(fields.exit_details(caller, last, found.admission_date))
    seat = moves.seat_of(found)
    moves.become(found, str(data.status), last, note=data.reason)
    moves.reseat(caller.school, seat, None)


def _change_class(caller: Caller, found: Student, data: schemas.TransferIn, seating: schemas.Seating) -> None:
    day = data.effective_date or caller.today()
    fields.refuse(fields.as_details(ahead_findings("effectiveDate", day, caller.today())))
    room = moves.room_of(caller.school_id, str(data.class_id))
    if room.of.id == found.class_id:
        raise Conflict.of("classId", "The student is in this class already")
    seat = moves.seat_of(found)
    moves.enter(found, room, day.isoformat(), "TRANSFERRED", note=data.reason)
    moves.reseat(caller.school, seat, found.class_id, over_capacity=seating.over_capacity, known=room.seats)

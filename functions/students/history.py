"""A student's way through the school."""

from functions.students import schemas
from shared.auth.caller import Caller
from shared.auth.scope import visible_student
from shared.lists import CLASSES


def get_student_history(caller: Caller, student_id: str) -> schemas.HistoryOut:
    """Classes and states of a student whom the caller may see, oldest first."""
    found = visible_student(caller, student_id)
    classes = CLASSES.all(caller.school_id)
    rows = []
    for stay in found.stays or []:
        room = classes.get(stay["classId"], {})
        named = {"className": room.get("name"), "section": room.get("section"), "grade": room.get("grade")}
        rows.append({**stay, **named, "academicYear": room.get("academicYear")})
    states = [{"status": "ACTIVE", "since": found.admission_date}, *(found.states or [])]
    return schemas.HistoryOut.of(student_id, rows, states)

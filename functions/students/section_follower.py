"""The section of a student is its class's: when a class gets another, its students follow."""

from itertools import batched

from functions.students.repository import Students
from shared.consumer import Entry
from shared.data import reader
from shared.data.unit_of_work import Actor, RetryWrite, UnitOfWork
from shared.entities.academics import Class
from shared.lists import STUDENTS

_BATCH = 90
_ATTEMPTS = 5


def follow_section(entry: Entry) -> None:
    """Give the students of a class its section; those who have it already are left alone, so repeating it does no harm."""
    if entry.changes and not any("section" in change["fields"] for change in entry.changes):
        return
    for class_id in entry.entity_ids:
        room = reader.load(Class, consistent=True, school_id=entry.school_id, id=class_id)
        if room is not None:
            _follow(entry, room)


def _follow(entry: Entry, room: Class) -> None:
    rows = STUDENTS.all(entry.school_id).values()
    behind = [r["id"] for r in rows if r["classId"] == room.id and r["section"] != room.section]
    for ids in batched(behind, _BATCH, strict=False):
        for attempt in range(_ATTEMPTS):
            try:
                _write(entry, room, list(ids))
                break
            except RetryWrite:
                if attempt == _ATTEMPTS - 1:
                    raise


def _write(entry: Entry, room: Class, ids: list[str]) -> None:
    unit = UnitOfWork(entry.school_id, Actor(user_id=entry.user_id), "students")
    for student in Students(entry.school_id).get_many(ids, consistent=True):
        if student.class_id == room.id and student.section != room.section:
            student.section = room.section
            unit.update(student)
    unit.commit()

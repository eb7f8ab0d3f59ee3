"""Whether what a message tells still holds when it is sent: an absence that was corrected in the meantime is not told."""

from datetime import date

from shared.attendance_codes import LETTERS, letters_of
from shared.data import reader
from shared.entities.attendance import Register
from shared.entities.messages import Message
from shared.lists import STUDENTS, class_of
from shared.topics import TopicName


def stands(message: Message) -> bool:
    """Whether the message is still true. Of topics other than an absence nothing is known that could change."""
    if message.topic != TopicName.ABSENCE or message.student_id is None:
        return True
    day = _day(message)
    class_id = message.facts.get("classId") or _class_of(message, day)
    if day is None or class_id is None:
        return False
    register = reader.load(Register, consistent=True, school_id=str(message.school_id), class_id=class_id, day=day)
    return register is not None and letters_of(register.marks).get(message.student_id) == LETTERS["ABSENT"]


def _day(message: Message) -> str | None:
    """The day of the absence: of the message's key, which is made of it, else of its facts."""
    for told in (message.id.rpartition("#")[2], str(message.facts.get("date") or "")):
        try:
            return date.fromisoformat(told).isoformat()
        except ValueError:
            continue
    return None


def _class_of(message: Message, day: str | None) -> str | None:
    row = STUDENTS.all(str(message.school_id)).get(str(message.student_id))
    return class_of(row, day) if row and day else None

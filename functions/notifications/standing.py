"""Whether what a message tells still holds when it is sent: an absence that was corrected in the meantime is not told."""

from shared.attendance_totals import still_absent
from shared.entities.messages import Message
from shared.topics import TopicName

_NEEDED = frozenset({"classId", "date"})


def stands(message: Message) -> bool:
    """Whether the message is still true. Of topics other than an absence nothing is known that could change."""
    if message.topic != TopicName.ABSENCE or not message.student_id:
        return True
    return message.facts.keys() >= _NEEDED and still_absent(str(message.school_id), message.student_id, message.facts)

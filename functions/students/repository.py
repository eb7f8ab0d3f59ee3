"""The access patterns of students."""

from dataclasses import dataclass

from shared.data import reader
from shared.data.repository import Repository
from shared.entities.academics import Class, Seats
from shared.entities.people import Student


@dataclass(frozen=True, slots=True)
class Room:
    """A class with its seats, as both stand now."""

    of: Class
    seats: dict[str, Seats]


class Students(Repository[Student]):
    """The students of a school."""

    kind = Student

    def current(self, student_id: str) -> Student:
        """The student as it stands now, or NotFound."""
        return self.get(student_id, consistent=True)

    def room(self, class_id: str) -> Room | None:
        """A class in use and its seats in one round trip; None where the school has none of this id in use."""
        keys = (Class.key_of(school_id=self.school_id, id=class_id), Seats.key_of(school_id=self.school_id, class_id=class_id))
        found = reader.get_many(keys, consistent=True)
        if keys[0] not in found:
            return None
        room = Class.from_item(found[keys[0]])
        if room.status != "ACTIVE":
            return None
        return Room(room, {class_id: Seats.from_item(found[keys[1]])} if keys[1] in found else {})

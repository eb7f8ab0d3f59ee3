"""The access patterns of classes and subjects."""

from shared.data import reader
from shared.data.item import Item
from shared.data.repository import Repository
from shared.data.unit_of_work import RetryWrite, UnitOfWork
from shared.entities.academics import Class, ClassSubject, Seats, Subject
from shared.errors import Conflict


class Classes(Repository[Class]):
    """The classes of a school."""

    kind = Class

    def add(self, unit: UnitOfWork, made: Class) -> None:
        """Create a class with its name claimed and its seats."""
        unit.create(made)
        unit.claim("CLASS", made.identity, made.id, _taken())
        unit.put(Seats(school_id=self.school_id, class_id=made.id, capacity=made.capacity), Item.pk.does_not_exist(), Conflict())

    def change(self, unit: UnitOfWork, made: Class, before: str, capacity_before: int) -> None:
        """Update a class; its name moves and its seats follow the capacity."""
        unit.update(made)
        if made.identity != before:
            unit.release("CLASS", before, made.id)
            unit.claim("CLASS", made.identity, made.id, _taken())
        if made.capacity != capacity_before:
            seats = Seats(school_id=self.school_id, class_id=made.id)
            full = Conflict.of("capacity", "More students than this are in the class")
            unit.act(seats, [Seats.capacity.set(made.capacity)], Seats.taken <= made.capacity, full)

    def seats(self, class_id: str) -> Seats:
        """The seats of a class as they stand now."""
        found = reader.load(Seats, consistent=True, school_id=self.school_id, class_id=class_id)
        return found or Seats(school_id=self.school_id, class_id=class_id, capacity=0)

    def remove(self, unit: UnitOfWork, made: Class) -> None:
        """Remove a class that no student was ever in."""
        unit.delete(made)
        unit.release("CLASS", made.identity, made.id)
        unit.remove(Seats(school_id=self.school_id, class_id=made.id), Seats.used == False, RetryWrite())  # noqa: E712 - PynamoDB's condition


class Subjects(Repository[Subject]):
    """The subjects of a school."""

    kind = Subject


class ClassSubjects(Repository[ClassSubject]):
    """What is taught in the school's classes."""

    kind = ClassSubject


def subject_pair(class_id: str, subject_id: str) -> str:
    """The unique value of a subject in a class."""
    return f"{class_id}\t{subject_id}"


def _taken() -> Conflict:
    return Conflict.of("name", "A class of this name and section exists in that academic year")

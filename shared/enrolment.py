"""Adds students to a unit of work: the record, its two unique numbers, its first stay in a class, and the seats that they take.

The one place that does so, for the students' own routes and for imports alike. Up to BATCH students fit into one transaction.
"""

from collections.abc import Iterable, Mapping

from pynamodb.expressions.update import Action

from shared import stays
from shared.data import reader
from shared.data.item import Item
from shared.data.unit_of_work import RetryWrite, UnitOfWork
from shared.entities.academics import Seats
from shared.entities.people import Student
from shared.entities.tenancy import School
from shared.errors import Conflict
from shared.limits import Limit, check_limit, give_back
from shared.lists import STUDENTS
from shared.names import camel
from shared.student_numbers import KINDS, Numbers, assign_numbers, unique_number

__all__ = [
    "BATCH",
    "KINDS",
    "SEATED",
    "Numbers",
    "assign_numbers",
    "change_number",
    "claim_number",
    "count_students",
    "enrol",
    "leave_seats",
    "move_seats",
    "release_number",
    "seats_of",
    "take_seats",
    "unique_number",
]

BATCH = 32  # students: a record and two claims each, and room for seats, a checkpoint and the journal
SEATED = frozenset({"ACTIVE", "SUSPENDED"})  # states in which a student has a seat in its class
_TITLES = {"roll_number": "roll number", "admission_number": "admission number"}


def enrol(unit: UnitOfWork, student: Student, numbers: Numbers | None = None, *, journal: bool = True) -> None:
    """Add a new student with its numbers claimed and its first stay open; the seat is apart, see take_seats.

    A given number that is taken is a Conflict on its field; one that was drawn (`numbers`) makes the change be decided again.
    Of a batch pass `journal=False` and note all ids at once.
    """
    student.stays = stays.admitted(student.class_id, student.admission_date)
    unit.create(student, journal=journal)
    for field in KINDS:
        claim_number(unit, student, field, numbers)


def claim_number(unit: UnitOfWork, student: Student, field: str, numbers: Numbers | None = None) -> None:
    """Hold the student's roll or admission number for it."""
    value: str = getattr(student, field)
    drawn = numbers is not None and (field, value) in numbers
    taken = Conflict.of(camel(field), f"Another student of this school has this {_TITLES[field]}")
    unit.claim(KINDS[field], unique_number(value), student.id, RetryWrite() if drawn else taken)


def release_number(unit: UnitOfWork, student_id: str, field: str, value: str) -> None:
    """Give a roll or admission number back, for others to use."""
    unit.release(KINDS[field], unique_number(value), student_id)


def change_number(unit: UnitOfWork, student: Student, field: str, before: str) -> None:
    """Move the claim where a student's roll or admission number has changed; another spelling of it is the same number."""
    if unique_number(getattr(student, field)) != unique_number(before):
        release_number(unit, student.id, field, before)
        claim_number(unit, student, field)


def take_seats(unit: UnitOfWork, class_id: str, count: int = 1, *, over_capacity: bool = False) -> None:
    """Take seats in a class; a Conflict on `capacity` where there are not enough."""
    move_seats(unit, {class_id: count}, over_capacity=over_capacity)


def leave_seats(unit: UnitOfWork, class_id: str, count: int = 1) -> None:
    """Give seats in a class back."""
    move_seats(unit, {class_id: -count})


def move_seats(
    unit: UnitOfWork, moves: Mapping[str, int], *, over_capacity: bool = False, known: Mapping[str, Seats] | None = None
) -> None:
    """Take (positive) and give back (negative) seats in several classes; each class once in a transaction.

    The seats are read first (or `known`, read just before), so that a full class is told at once; the condition makes a change in
    between be decided again.
    """
    wanted = {class_id: count for class_id, count in moves.items() if count}
    bounded = [c for c, count in wanted.items() if count > 0 and not over_capacity]
    if known is None:
        known = seats_of(unit.school_id, bounded) if bounded else {}
    for class_id, count in wanted.items():
        item = Seats(school_id=unit.school_id, class_id=class_id)
        condition = Item.pk.exists()
        otherwise: Exception = Conflict.of("classId", "This class no longer exists")
        actions: list[Action] = [Seats.taken.set(Seats.taken + count)]
        if count > 0:
            actions.append(Seats.used.set(True))
        if class_id in bounded:
            capacity = known[class_id].capacity if class_id in known else 0
            if class_id not in known or known[class_id].taken + count > capacity:
                raise full(capacity)
            condition, otherwise = (Seats.taken <= capacity - count) & (Seats.capacity == capacity), RetryWrite()
        unit.act(item, actions, condition, otherwise)


def seats_of(school_id: str, class_ids: Iterable[str]) -> dict[str, Seats]:
    """The seats of some classes as they stand now."""
    found = reader.load_many(Seats, [{"school_id": school_id, "class_id": c} for c in class_ids], consistent=True)
    return {seats.class_id: seats for seats in found}


def full(capacity: int) -> Conflict:
    """What is said where a class has not seats enough."""
    return Conflict.of("capacity", f"The class is full: it has {capacity} seats")


def count_students(unit: UnitOfWork, school: School, change: int) -> None:
    """Count students who come to the school or leave it against its subscription (rule A8); once in a unit of work."""
    if change > 0:
        check_limit(unit, school, Limit.STUDENTS, change, lambda: _present(school.id))
    else:
        give_back(unit, school, Limit.STUDENTS, -change)


def _present(school_id: str) -> int:
    return sum(row["status"] in SEATED for row in STUDENTS.all(school_id).values())

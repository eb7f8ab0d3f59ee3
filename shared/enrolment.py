"""Adds students to a unit of work: the record, its two unique numbers, its first stay in a class, and the seats that they take.

The one place that does so, for the students' own routes and for imports alike. Up to BATCH students fit into one transaction.
"""

from collections.abc import Iterable, Mapping, Sequence

from pynamodb.expressions.update import Action

from shared import clock, stays
from shared.data import counter, reader
from shared.data.item import Item
from shared.data.unit_of_work import RetryWrite, UnitOfWork
from shared.entities.academics import Seats
from shared.entities.ground import Unique
from shared.entities.people import Student, StudentNumbers
from shared.entities.tenancy import School
from shared.errors import Conflict
from shared.names import camel

BATCH = 32  # students: a record and two claims each, and room for seats, a checkpoint and the journal
KINDS = {"roll_number": "ROLL_NUMBER", "admission_number": "ADMISSION_NUMBER"}  # field → kind of its uniqueness
SEATED = frozenset({"ACTIVE", "SUSPENDED"})  # states in which a student has a seat in its class
_TITLES = {"roll_number": "roll number", "admission_number": "admission number"}
_ROUNDS = 40
_NEXT = 50  # numbers after a taken one that are tried before looking far ahead
_FAR = tuple(2**power for power in range(6, 21))


class Numbers:
    """The numbers drawn for a change, so that deciding it again draws no others: sequences keep few gaps."""

    def __init__(self) -> None:
        self.drawn: dict[str, list[str]] = {field: [] for field in KINDS}

    def __contains__(self, pair: tuple[str, str]) -> bool:
        field, value = pair
        return value in self.drawn[field]


def unique_number(number: str) -> str:
    """A roll or admission number as it is compared: ignoring case."""
    return number.casefold()


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


def assign_numbers(school: School, students: Sequence[Student], again: Numbers | None = None) -> Numbers:
    """Fill in absent roll and admission numbers in the school's formats, in sequence, past those that are taken.

    `again`: what an earlier attempt at the same change drew. Only then, and for a batch, is it checked what is taken before the
    transaction finds out.
    """
    lacking = {field: [s for s in students if not s.attribute_values.get(field)] for field in KINDS}
    counts = {field: len(those) for field, those in lacking.items() if those}
    numbers = Numbers()
    if not counts:
        return numbers
    careful = again is not None or len(students) > 1
    kept = {field: _free(school, field, again.drawn[field], students) if again else [] for field in counts}
    missing = {field: count - len(kept[field]) for field, count in counts.items() if count > len(kept[field])}
    first = counter.take_fields(StudentNumbers(school_id=school.id), missing) if missing else {}
    for field, those in lacking.items():
        if not those:
            continue
        fresh = _sequence(school, field, first[field], missing[field], students, careful=careful) if field in missing else []
        numbers.drawn[field] = [*kept[field][: len(those)], *fresh]
        for student, value in zip(those, numbers.drawn[field], strict=True):
            setattr(student, field, value)
    return numbers


def _sequence(school: School, field: str, first: int, count: int, students: Sequence[Student], *, careful: bool) -> list[str]:
    """`count` numbers from `first` on, and past those that are taken where that is looked at."""
    found = [_format(school, field, first + i) for i in range(count)]
    if not careful:
        return found
    found, last = _free(school, field, found, students), first + count - 1
    for _ in range(_ROUNDS):
        if len(found) >= count:
            return found
        step = _step(school, field, last, students)
        start = counter.take_fields(StudentNumbers(school_id=school.id), {field: step + count - len(found) - 1})[field]
        last = start + step + count - len(found) - 2
        found += _free(school, field, [_format(school, field, n) for n in range(start + step - 1, last + 1)], students)
    raise Conflict.of(camel(field), "No free number was found: give one, or change the school's format")


def _step(school: School, field: str, last: int, students: Sequence[Student]) -> int:
    """How far after `last` to go on: to the first free number nearby, else just past the farthest taken one."""
    near = range(1, _NEXT + 1)
    free = set(_free(school, field, [_format(school, field, last + step) for step in (*near, *_FAR)], students))
    for step in near:
        if _format(school, field, last + step) in free:
            return step
    return next((near_far for near_far in reversed((_NEXT, *_FAR)) if _format(school, field, last + near_far) not in free), _NEXT) + 1


def _free(school: School, field: str, values: Sequence[str], students: Sequence[Student]) -> list[str]:
    """Those of the numbers that neither the school nor these students have, in their order."""
    given = {unique_number(v) for s in students if (v := s.attribute_values.get(field))}
    keys = {value: Unique.key_of(school_id=school.id, kind=KINDS[field], value=unique_number(value)) for value in values}
    held = reader.get_many(keys.values(), consistent=True)
    return [value for value, key in keys.items() if key not in held and unique_number(value) not in given]


def _format(school: School, field: str, sequence: int) -> str:
    year = clock.today(school.timezone).year
    return f"R-{sequence:05d}" if field == "roll_number" else f"{year}-{sequence:05d}"

"""Roll and admission numbers of students: in the school's formats, in sequence, past those that are taken (rule S1)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from shared import clock
from shared.data import counter, reader
from shared.entities.ground import Unique
from shared.entities.people import Student, StudentNumbers
from shared.entities.tenancy import School
from shared.errors import Conflict
from shared.names import camel
from shared.numbering import format_number
from shared.school_settings import SchoolSettings

KINDS = {"roll_number": "ROLL_NUMBER", "admission_number": "ADMISSION_NUMBER"}  # field → kind of its uniqueness
_ROUNDS = 40
_NEAR = range(1, 51)  # numbers after a taken one that are tried before looking far ahead
_FAR: tuple[int, ...] = tuple(2**power for power in range(6, 21))


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


def assign_numbers(school: School, students: Sequence[Student], again: Numbers | None = None) -> Numbers:
    """Fill in absent roll and admission numbers.

    `again`: what an earlier attempt at the same change drew. Only then, and for a batch, is it checked what is taken before the
    transaction finds out.
    """
    lacking = {field: those for field in KINDS if (those := [s for s in students if not s.attribute_values.get(field)])}
    numbers = Numbers()
    if not lacking:
        return numbers
    patterns, today = SchoolSettings.of(school).numbering, clock.today(school.timezone)
    drawing = {field: _Drawing(school.id, field, getattr(patterns, field), today, students) for field in lacking}
    kept = {field: drawing[field].free(again.drawn[field])[: len(lacking[field])] if again else [] for field in lacking}
    missing = {field: count for field in lacking if (count := len(lacking[field]) - len(kept[field]))}
    first = counter.take_fields(StudentNumbers(school_id=school.id), missing) if missing else {}
    careful = again is not None or len(students) > 1
    for field, those in lacking.items():
        fresh = drawing[field].run(first[field], missing[field], careful=careful) if field in missing else []
        numbers.drawn[field] = [*kept[field], *fresh]
        for student, value in zip(those, numbers.drawn[field], strict=True):
            setattr(student, field, value)
    return numbers


@dataclass(frozen=True, slots=True)
class _Drawing:
    """Draws the numbers of one field for some students."""

    school_id: str
    field: str
    pattern: str
    today: date
    students: Sequence[Student]

    def run(self, first: int, count: int, *, careful: bool) -> list[str]:
        """`count` numbers from place `first` of the sequence on; `careful`: past those that are taken."""
        found = self._format(range(first, first + count))
        if not careful:
            return found
        found, last = self.free(found), first + count - 1
        for _ in range(_ROUNDS):
            lacking = count - len(found)
            if not lacking:
                return found
            step = self._step(last)
            taken = step - 1 + lacking
            start = counter.take_fields(StudentNumbers(school_id=self.school_id), {self.field: taken})[self.field]
            last = start + taken - 1
            found += self.free(self._format(range(last - lacking + 1, last + 1)))
        raise Conflict.of(camel(self.field), "No free number was found: give one, or change the school's format")

    def free(self, values: Sequence[str]) -> list[str]:
        """Those of the numbers that neither the school nor these students have, in their order."""
        given = {unique_number(v) for s in self.students if (v := s.attribute_values.get(self.field))}
        kind = KINDS[self.field]
        keys = {value: Unique.key_of(school_id=self.school_id, kind=kind, value=unique_number(value)) for value in values}
        held = reader.get_many(keys.values(), consistent=True)
        return [value for value, key in keys.items() if key not in held and unique_number(value) not in given]

    def _step(self, last: int) -> int:
        """How far after `last` to go on: to the first free number nearby, else past the farthest number seen that is taken."""
        steps: list[int] = [*_NEAR, *_FAR]
        values = dict(zip(steps, self._format(last + step for step in steps), strict=True))
        free = set(self.free(list(values.values())))
        for step in _NEAR:
            if values[step] in free:
                return step
        return 1 + max(step for step in steps if values[step] not in free)

    def _format(self, places: Iterable[int]) -> list[str]:
        return [format_number(self.pattern, place, self.today) for place in places]

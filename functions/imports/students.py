"""Puts the students of one batch into a transaction: new ones enrolled, known ones updated, their classes' seats moved."""

from collections import Counter
from collections.abc import Sequence
from functools import cached_property

from functions.imports.plan import Planned
from shared import clock, stays
from shared.data import reader
from shared.data.unit_of_work import RetryWrite, UnitOfWork
from shared.enrolment import KINDS, assign_numbers, change_number, count_students, enrol, move_seats, unique_number
from shared.entities.ground import Unique
from shared.entities.imports import Import
from shared.entities.people import Student
from shared.entities.tenancy import School
from shared.limits import Limit, LimitReached, allowed
from shared.names import camel

_CREATE = 3  # operations: the student and its two numbers


def cost(entry: Planned) -> int:
    """How many operations of a transaction the entry takes at most, seats of its own class apart."""
    if entry.kind == "create":
        return _CREATE
    numbers = sum(2 for name in KINDS if name in entry.fields)
    return 1 + numbers + ("class_id" in entry.fields)


class Batch:
    """Some entries of a plan that are written together."""

    def __init__(self, school: School, job: Import, entries: Sequence[Planned]) -> None:
        self._school = school
        self._school_id = school.id
        self._import_id = job.id
        self._entries = entries
        self._over_capacity = bool(job.options.get("over_capacity"))

    def write(self, unit: UnitOfWork) -> None:
        """Put everything into the unit, with one journal entry for all."""
        seats: Counter[str] = Counter()
        made = []
        for entry in self._entries:
            if entry.kind == "create":
                student = Student(school_id=self._school_id, id=entry.id, import_id=self._import_id, **entry.fields)
                enrol(unit, student, journal=False)
                seats[entry.class_id] += 1
                made.append(entry.id)
            else:
                self._update(unit, entry, seats)
        unit.note_batch("CREATE_STUDENT", "Student", made)
        move_seats(unit, dict(seats), over_capacity=self._over_capacity)
        count_students(unit, self._school, len(made))

    @cached_property
    def _stored(self) -> dict[str, reader.Raw]:
        keys = [Student.key_of(school_id=self._school_id, id=e.id) for e in self._entries if e.kind == "update"]
        return {key[1]: raw for key, raw in reader.get_many(keys, consistent=True).items()}

    def _update(self, unit: UnitOfWork, entry: Planned, seats: Counter[str]) -> None:
        """Change a student over the version that was checked: one that was changed since stays as it is, and stops the import."""
        raw = self._stored.get(entry.id)
        if raw is None or int(raw["version"]["N"]) != entry.version:
            raise Changed(entry.row)
        student = Student.from_item(raw)
        fields = dict(entry.fields)
        before = {name: getattr(student, name) for name in (*KINDS, "class_id")}
        for name, value in fields.items():
            setattr(student, name, value)
        history = student.stays or []
        if "admission_date" in fields:
            student.stays = history = stays.admitted_on(history, student.admission_date)
        if "class_id" in fields:
            seats[before["class_id"]] -= 1
            seats[entry.class_id] += 1
            since = max(clock.today(self._school.timezone).isoformat(), history[-1]["since"] if history else student.admission_date)
            student.stays = stays.moved(history, entry.class_id, since, "TRANSFERRED")
        for name in KINDS:
            change_number(unit, student, name, before[name])
        unit.update(student)

    def culprits(self) -> list[tuple[int, str]]:
        """(row, field) of the numbers in the batch that somebody else holds by now."""
        keys = {
            Unique.key_of(school_id=self._school_id, kind=kind, value=unique_number(entry.fields[name])): (entry, camel(name))
            for entry in self._entries
            for name, kind in KINDS.items()
            if name in entry.fields
        }
        held = reader.get_many(keys, consistent=True)
        return [(keys[key][0].row, keys[key][1]) for key, raw in held.items() if raw["holder"]["S"] != keys[key][0].id]


class Changed(RetryWrite):
    """A student was changed after the file was checked."""

    def __init__(self, row: int) -> None:
        super().__init__()
        self.row = row


def refuse_beyond_limit(school: School, plan: Sequence[Planned], present: int) -> None:
    """LimitReached where the new students are more than the school's subscription allows (rule A8)."""
    bound, new = allowed(school, Limit.STUDENTS), sum(entry.kind == "create" for entry in plan)
    if bound is not None and new and present + new > bound:
        raise LimitReached(Limit.STUDENTS, bound, school.subscription_tier)


def prepare(school: School, plan: list[Planned]) -> None:
    """Give absent numbers in sequence, in the order of the file; then put together what is written together: by kind and class."""
    new = [entry for entry in plan if entry.kind == "create"]
    if any(name not in entry.fields for entry in new for name in KINDS):
        drafts = [Student(**{name: entry.fields[name] for name in KINDS if name in entry.fields}) for entry in new]
        assign_numbers(school, drafts)
        for entry, draft in zip(new, drafts, strict=True):
            entry.fields.update({name: getattr(draft, name) for name in KINDS})
    plan.sort(key=lambda entry: (entry.kind, entry.class_id, entry.row))

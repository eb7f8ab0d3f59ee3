"""The access patterns of registers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from pynamodb.expressions.condition import Condition

from shared.attendance_codes import Counts, Mark, pack_counts, pack_marks, unpack_counts, unpack_marks
from shared.data import reader
from shared.data.item import Item
from shared.data.unit_of_work import RetryWrite, UnitOfWork
from shared.entities.attendance import MonthCounts, Register


@dataclass(frozen=True, slots=True)
class OpenRegister:
    """A register as it was read: its marks in the order of their slots, version 0 where nothing is marked yet."""

    class_id: str
    day: str
    version: int
    marks: list[Mark]
    counts: MonthCounts | None = None  # of its month, where it was read for a change


class Written(NamedTuple):
    """A register after a change, and how many of its marks are new or different."""

    sheet: OpenRegister
    changed: int


def opened(register: Register) -> OpenRegister:
    """The register with its marks unpacked."""
    return OpenRegister(register.class_id, register.day, register.version, unpack_marks(register.marks, register.hands, register.remarks))


class Registers:
    """The registers of a school."""

    def __init__(self, school_id: str) -> None:
        self.school_id = school_id

    def get_many(self, places: Iterable[tuple[str, str]]) -> dict[tuple[str, str], OpenRegister]:
        """The registers that exist among (class, day)."""
        keys = {Register.key_of(school_id=self.school_id, class_id=c, day=d): (c, d) for c, d in places}
        found = reader.get_many(keys, consistent=True) if keys else {}
        return {keys[key]: opened(Register.from_item(raw)) for key, raw in found.items()}

    def get(self, class_id: str, day: str) -> OpenRegister:
        """The register of a class and day; an empty one where nothing is marked."""
        return self.get_many([(class_id, day)]).get((class_id, day)) or OpenRegister(class_id, day, 0, [])

    def get_for_change(self, places: Iterable[tuple[str, str]]) -> dict[tuple[str, str], OpenRegister]:
        """The registers of (class, day), each with its month's counts, in one request."""
        wanted = list(dict.fromkeys(places))
        registers = {p: Register.key_of(school_id=self.school_id, class_id=p[0], day=p[1]) for p in wanted}
        counts = {p: MonthCounts.key_of(school_id=self.school_id, class_id=p[0], month=p[1][:7]) for p in wanted}
        found = reader.get_many([*registers.values(), *counts.values()], consistent=True)
        made = {}
        for place in wanted:
            register, month = found.get(registers[place]), found.get(counts[place])
            sheet = opened(Register.from_item(register)) if register else OpenRegister(*place, 0, [])
            made[place] = OpenRegister(*place, sheet.version, sheet.marks, MonthCounts.from_item(month) if month else None)
        return made

    def between(self, class_id: str, first: date, last: date) -> list[OpenRegister]:
        """The registers of a class in a span of days, oldest first."""
        partition = Register.partition_of(school_id=self.school_id, class_id=class_id)
        found = reader.query(partition, after=first.isoformat(), until=last.isoformat(), consistent=True)
        return [opened(Register.from_item(raw)) for raw in found]

    def put(self, unit: UnitOfWork, before: OpenRegister, marks: list[Mark]) -> int:
        """Write a register over the one that was read; its new version."""
        unit.put(made_register(self.school_id, before, marks), _unchanged(before.version), RetryWrite())
        return before.version + 1

    def put_counts(self, unit: UnitOfWork, month: MonthCounts | None, class_id: str, days: dict[str, Counts]) -> None:
        """Set the counts of days of one month, in the transaction of their registers: they follow from them alone."""
        known = unpack_counts(month.days) if month else {}
        known |= {int(day[8:]): counts for day, counts in days.items()}
        version = month.version if month else 0
        made = MonthCounts(school_id=self.school_id, class_id=class_id, month=next(iter(days))[:7], version=version + 1)
        made.days = pack_counts(known)
        unit.put(made, _unchanged(version), RetryWrite())


def _unchanged(version: int) -> Condition:
    return Register.version == version if version else Item.pk.does_not_exist()


def made_register(school_id: str, before: OpenRegister, marks: list[Mark]) -> Register:
    """The register that follows one that was read."""
    packed = pack_marks(marks)
    return Register(
        school_id=school_id,
        class_id=before.class_id,
        day=before.day,
        marks=packed.marks,
        hands=packed.hands,
        remarks=packed.remarks or None,
        version=before.version + 1,
    )

"""What is personal in what is stored: how a person is found in each kind, what erasing does there, and why something stays.

The tables are in shared/personal_kinds.py. A kind that is in neither of them fails a contract test by its name.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from shared.data import reader
from shared.data.item import Item
from shared.data.reader import Raw

ERASED_NAME = "Erased person"
_SHORTEST_NEEDLE = 6  # characters: a shorter one stands in too much that is somebody else's


class Subject(StrEnum):
    """Whose data."""

    STUDENT = "STUDENT"
    USER = "USER"


class Fate(StrEnum):
    """What erasing does with a kind."""

    REMOVED = "REMOVED"
    CLEARED = "CLEARED"  # what is personal in it goes, the item stays
    KEPT = "KEPT"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody about whom something is stored: their own record as it was when the work began, and what they are found by."""

    school_id: str
    subject: Subject
    id: str
    record: dict[str, Any] = field(default_factory=dict)

    def values(self, *names: str) -> set[str]:
        """The texts under some names of their own record."""
        return {str(self.record[n]) for n in names if self.record.get(n)}

    @property
    def emails(self) -> set[str]:
        """Every e-mail address that their own record holds, lower-cased."""
        return {value.lower() for value in self.values("email", "parentEmail")}

    @property
    def phones(self) -> set[str]:
        """Every telephone number that their own record holds."""
        return self.values("phone", "parentPhone", "emergencyContactPhone")

    @property
    def needles(self) -> frozenset[str]:
        """Texts by which they are recognised wherever they stand: addresses, numbers, the whole name."""
        name = " ".join(filter(None, (self.record.get("firstName"), self.record.get("lastName"))))
        found = {*self.emails, *self.phones, *(t.lower() for t in (name, *self.values("parentName", "emergencyContactName")))}
        return frozenset(text for text in found if len(text) >= _SHORTEST_NEEDLE)


type Finder = Callable[[Person], Iterator[Raw]]
type Clear = Callable[[dict[str, Any], Person], dict[str, Any]]
"""From an item's plain attributes to what erasing puts in their place, by Python name (None: taken out); empty where nothing is left."""
type Show = Callable[[Raw, Person], dict[str, Any] | None]
"""What a person is told of an item; None where it is about others alone."""


def whole(raw: Raw, _: Person) -> dict[str, Any] | None:
    """All of an item."""
    return reader.plain(raw)


@dataclass(frozen=True, slots=True)
class Holding:
    """A kind in which something personal is stored."""

    kind: type[Item]
    title: str
    subject: Subject
    find: Finder
    fate: Fate
    why: str = ""  # it stays: the ground, for the person to read
    until: str = ""
    clear: Clear | None = None
    personal: tuple[str, ...] = ()  # fields whose values in the journal are personal, by wire name
    hidden: frozenset[str] = frozenset()  # secrets, that nobody is told
    show: Show = whole
    apart: bool = False  # erased with the person's own record, in its transaction

    def told(self, person: Person) -> Iterator[dict[str, Any]]:
        """What the person is told of this kind."""
        for raw in self.find(person):
            shown = self.show(raw, person)
            if shown is not None:
                yield {n: v for n, v in shown.items() if n not in self.hidden and n != "schoolId" and not isinstance(v, bytes)}


def own(kind: type[Item], field_name: str = "id") -> Finder:
    """The item whose key is the person's id."""

    def find(person: Person) -> Iterator[Raw]:
        raw = reader.get(kind.key_of(school_id=person.school_id, **{field_name: person.id}), consistent=True)
        if raw is not None:
            yield raw

    return find


def side(kind: type[Item], field_name: str, prefix: str) -> Finder:
    """The items in the person's own partition."""

    def find(person: Person) -> Iterator[Raw]:
        partition = kind.partition_of(school_id=person.school_id, **{field_name: person.id})
        return reader.query(partition, prefix=prefix, consistent=True)

    return find


def walked(kind: type[Item], *names: str) -> Finder:
    """The items of a school's partition that name the person: a long way, for a rare task in the background."""

    def find(person: Person) -> Iterator[Raw]:
        for raw in reader.query(kind.partition_of(school_id=person.school_id), consistent=True):
            if any(raw.get(name, {}).get("S") == person.id for name in names):
                yield raw

    return find


def emptied(**values: Any) -> Clear:
    """Puts fixed values in the place of fields; those that have them already are left out."""

    def clear(plain: dict[str, Any], _: Person) -> dict[str, Any]:
        from shared.names import camel

        return {name: value for name, value in values.items() if plain.get(camel(name)) != value}

    return clear

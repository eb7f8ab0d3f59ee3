"""People who get something: found to be the same by their login, else by their addresses."""

import hmac
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Any

from shared.data import derived, reader
from shared.data.item import Item
from shared.data.list_model import Row
from shared.entities.notices import NoticeKey
from shared.entities.people import Student
from shared.entities.tenancy import School, User
from shared.school_settings import SchoolSettings
from shared.topics import Channel, is_duty, topic_of

_CONTACT = "c-"


@dataclass(slots=True)
class Person:
    """Somebody who gets a notice. `roles`, `classes`: why; `channels`: how, once that is decided."""

    id: str
    user_id: str | None
    name: str
    email: str | None
    phone: str | None
    roles: set[str] = field(default_factory=set)
    classes: set[str] = field(default_factory=set)
    channels: list[str] = field(default_factory=list)
    known_by: list[str] = field(default_factory=list)  # of somebody without a login: the students whose records have the addresses

    def kept(self) -> dict[str, Any]:
        """As it is kept in a plan: ids alone, so that names and addresses are read as they stand when it is sent."""
        return {"p": self.id, "c": self.channels, **({"s": self.known_by} if self.known_by else {})}


def is_contact(person_id: str) -> bool:
    """Whether a person has no login."""
    return person_id.startswith(_CONTACT)


def of_user(row: Row) -> Person:
    """A user as a person, from its list's row."""
    name = " ".join(filter(None, (row.get("firstName"), row.get("lastName"))))
    email = row.get("email")
    return Person(row["id"], row["id"], name, email.lower() if email else None, row.get("phone"))


def of_plan(school_id: str, kept: Iterable[dict[str, Any]], *, active: bool = True) -> dict[str, Person]:
    """The people of a plan by id, as they stand now; `active`: without those whose login is no longer an active one."""
    kept = list(kept)
    user_ids = [one["p"] for one in kept if not is_contact(one["p"])]
    student_ids = {student_id for one in kept for student_id in one.get("s", ())}
    users = {user.id: user for user in reader.load_many(User, [{"school_id": school_id, "id": i} for i in user_ids])}
    students = {s.id: s for s in reader.load_many(Student, [{"school_id": school_id, "id": i} for i in sorted(student_ids)])}
    found = {}
    for one in kept:
        user = users.get(one["p"])
        if is_contact(one["p"]):
            person = _contact(one["p"], [students[i] for i in one.get("s", ()) if i in students])
        elif user is not None and (user.status == "ACTIVE" or not active):
            person = of_user(user.plain())
        else:
            continue
        person.channels = list(one["c"])
        found[person.id] = person
    return found


def _contact(person_id: str, students: list[Student]) -> Person:
    """A parent without a login, from the records that know them."""
    name = next((s.parent_name for s in students if s.parent_name), "")
    email = next((s.parent_email for s in students if s.parent_email), None)
    phone = next((s.parent_phone for s in students if s.parent_phone), None)
    return Person(person_id, None, name, email.lower() if email else None, phone, known_by=[s.id for s in students])


class Book:
    """Collects people, each once."""

    def __init__(self, school_id: str, users: dict[str, Row]) -> None:
        self._school_id = school_id
        self._users = users
        self._people: dict[str, Person] = {}
        self._by_email = {row["email"].lower(): i for i, row in users.items() if row.get("email")}
        self._by_phone: dict[str, str | None] = {}
        for i, row in users.items():
            if row.get("phone"):  # a phone that several logins share tells nobody apart
                self._by_phone[row["phone"]] = None if row["phone"] in self._by_phone else i

    def knows(self, user_id: str) -> bool:
        """Whether this is an active user."""
        return user_id in self._users

    def add_user(self, user_id: str, role: str, class_id: str | None = None) -> None:
        """Add an active user; any other is left out."""
        if user_id not in self._users:
            return
        person = self._people.get(user_id) or of_user(self._users[user_id])
        self._put(person, role, class_id)

    def add_contact(self, row: Row) -> None:
        """Add a student's parent who is known by an address; where that is a login's, or somebody's in here, it is the same person."""
        email, phone = (row.get("parentEmail") or "").lower() or None, row.get("parentPhone")
        address = email or phone
        if address is None:
            return
        person = self._same(email, phone)
        if person is None:
            made = Person(contact_id(self._school_id, address), None, row.get("parentName") or "", email, None)
            person = self._people.get(made.id) or made
            if email and phone:
                self._by_phone.setdefault(phone, person.id)
            if person is made or (phone and not person.phone):
                person.phone = phone
                person.known_by.append(row["id"])
        self._put(person, "PARENT", row["classId"])

    def _same(self, email: str | None, phone: str | None) -> Person | None:
        """Who is known by the address already; a phone tells only where there is no e-mail address."""
        found = self._by_email.get(email) if email else self._by_phone.get(phone or "")
        return None if found is None else self._people.get(found) or of_user(self._users[found])

    def _put(self, person: Person, role: str, class_id: str | None) -> None:
        self._people[person.id] = person
        person.roles.add(role)
        if class_id:
            person.classes.add(class_id)

    def everybody(self) -> list[Person]:
        """Everybody, those with a login first, in the order of their ids."""
        return sorted(self._people.values(), key=lambda person: (person.user_id is None, person.id))


def contact_id(school_id: str, address: str) -> str:
    """The name of a person without a login: the same for the same address in the school, and telling nothing of it."""
    return _CONTACT + hmac.new(key_of(school_id), address.encode(), sha256).hexdigest()[:32]


def known_key(school_id: str) -> bytes | None:
    """The school's random key, or None where nothing needed it yet."""
    raw = reader.get(NoticeKey.key_of(school_id=school_id), consistent=True)
    return reader.blob(raw, "secret") if raw else None


@lru_cache(maxsize=512)
def key_of(school_id: str) -> bytes:
    """The school's random key, made at first use."""
    for _ in range(2):
        if (known := known_key(school_id)) is not None:
            return known
        derived.put_if(NoticeKey(school_id=school_id, secret=secrets.token_bytes(32)), Item.pk.does_not_exist())
    raise LookupError("the school's key could not be made")


def choose_channels(
    school: School,
    people: Iterable[Person],
    topic: str,
    wanted: Iterable[str],
    preferences: dict[str, Row],
    *,
    duty: bool = False,
) -> None:
    """Decide for each person how they are told: what the school has, what they want, and each address for one person only."""
    allowed = school_channels(school)
    used: set[str] = set()
    for person in people:
        for channel in wanted:
            address = address_of(person, channel)
            free = channel in allowed and address and address not in used
            if free and address and (duty or wants(preferences, person.id, topic, channel)):
                used.add(address)
                person.channels.append(str(channel))


def address_of(person: Person, channel: str) -> str | None:
    """Where the person is reached by the channel."""
    known: dict[str, Callable[[], str | None]] = {
        Channel.IN_APP: lambda: person.user_id,
        Channel.EMAIL: lambda: person.email,
        Channel.SMS: lambda: person.phone,
    }
    return known[channel]()


def school_channels(school: School) -> frozenset[str]:
    """The channels that the school has set up."""
    told = SchoolSettings.of(school).messages
    return frozenset({Channel.IN_APP} | ({Channel.EMAIL} if told.email else set()) | ({Channel.SMS} if told.sms else set()))


def wants(preferences: dict[str, Row], person_id: str, topic: str, channel: str) -> bool:
    """Whether the person wants to be told about the topic by the channel. What is a duty is told in any case."""
    if is_duty(topic):
        return True
    chosen = (preferences.get(person_id) or {}).get("topics", {}).get(topic)
    return chosen is None or channel in chosen


def default_channels(topic: str) -> tuple[Channel, ...]:
    """The channels by which a topic goes unless others are asked for."""
    return topic_of(topic).channels

"""Links by which a person stops the e-mails of a topic without signing in (RFC 8058), and what they do.

A link names school, person and topic, and is signed with the school's random key: it cannot be guessed, and changes nothing else.
"""

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256

from functions.notifications import persons
from functions.notifications.repository import unit_of
from shared.data import reader
from shared.data.unit_of_work import RetryWrite
from shared.entities.notices import NoticePreference
from shared.entities.tenancy import School
from shared.errors import NotFound
from shared.ids import is_id
from shared.settings import settings
from shared.topics import Channel, TopicName, is_duty, topic_of

PATH = "/api/notifications/unsubscribe/"
_PARTS = 4
_ROUNDS = 6


@dataclass(frozen=True, slots=True)
class Link:
    """What a link is about."""

    school: School
    person: str
    topic: str


def link(school_id: str, person: str, topic: str) -> str | None:
    """The address that stops a person's e-mails of a topic, or None where it is a duty."""
    return None if is_duty(topic) else f"{settings().web_url}{PATH}{token(school_id, person, topic)}"


def token(school_id: str, person: str, topic: str) -> str:
    """The signed part of the address."""
    return f"{school_id}.{person}.{topic}.{_signature(school_id, person, topic)}"


def _signature(school_id: str, person: str, topic: str) -> str:
    mac = hmac.new(persons.key_of(school_id), f"unsubscribe\n{person}\n{topic}".encode(), sha256).digest()
    return urlsafe_b64encode(mac).decode().rstrip("=")


def read(told: str) -> Link:
    """What a link's token is about; NotFound where it is none of ours."""
    parts = told.split(".")
    if len(parts) != _PARTS or not is_id(parts[0]) or parts[2] not in TopicName.__members__ or is_duty(parts[2]):
        raise NotFound
    school_id, person, topic, signature = parts
    school = reader.load(School, school_id=school_id) if persons.known_key(school_id) else None
    if school is None or not hmac.compare_digest(signature.encode(), _signature(school_id, person, topic).encode()):
        raise NotFound
    return Link(school, person, topic)


def subscribed(found: Link) -> bool:
    """Whether the person still gets e-mails of the topic."""
    known = reader.load(NoticePreference, consistent=True, school_id=found.school.id, id=found.person)
    return persons.wants({found.person: known.plain()} if known else {}, found.person, found.topic, Channel.EMAIL)


def stop(school_id: str, person: str, topic: str, *, why: str = "UNSUBSCRIBE") -> None:
    """Stop a person's e-mails of a topic. Repeating it does no harm."""
    for _ in range(_ROUNDS):
        known = reader.load(NoticePreference, consistent=True, school_id=school_id, id=person)
        topics = dict(known.topics) if known else {}
        channels = topics.get(topic, [str(channel) for channel in topic_of(topic).channels])
        if Channel.EMAIL not in channels:
            return
        topics[topic] = [channel for channel in channels if channel != Channel.EMAIL]
        unit = unit_of(school_id, person if is_id(person) else None)
        if known is None:
            unit.create(NoticePreference(school_id=school_id, id=person, topics=topics), otherwise=RetryWrite(), journal=False)
            unit.note(why, "NoticePreference", person, {"topics": [None, topics]})
        else:
            known.topics = topics
            unit.update(known, action=why)
        try:
            unit.commit()
        except RetryWrite:
            continue
        return
    raise RetryWrite

"""Sends the messages that other modules owe (shared/messages.py): each once, when its time has come, if it still holds.

A message's lease says who is at it; what each person got stands in their receipts, as with a notification.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from functions.notifications import audience, delivering, persons, planning, rendering, sending, standing
from functions.notifications.delivering import MOST_TRIES
from functions.notifications.persons import Book, Person
from functions.notifications.repository import kept_until, message_notice_id, unit_of
from functions.notifications.sending import InFlight, Target
from shared import clock
from shared.data import derived, in_place, reader
from shared.data.item import Item
from shared.data.unit_of_work import RetryWrite
from shared.entities.messages import Message
from shared.entities.notices import InboxEntry
from shared.entities.tenancy import School, User
from shared.gateways import queues
from shared.lists import NOTICE_PREFERENCES, STUDENTS
from shared.topics import Channel, is_duty, topic_of

_OVER = frozenset({"SENT", "FAILED", "SKIPPED"})
_ROUNDS = 6


def send_owed(message: dict[str, Any], out_of_time: Callable[[], bool]) -> None:
    """Send some messages of a school; those whose time has not come, or that have to be tried again, come again by themselves."""
    school = planning.school_of(message["school"])
    later: dict[str, int] = {}
    for key in message["ids"]:
        wait = 0 if out_of_time() else _send(school, key)
        if wait is not None:
            later[key] = wait
    if later:
        told = {"do": "owed", "school": school.id, "ids": list(later)}
        queues.send(planning.DELIVERIES, told, delay=min(later.values()))


def _send(school: School, key: str) -> int | None:
    """Send one message; None when it is over, else the seconds after which it is to be looked at again."""
    message = reader.load(Message, consistent=True, school_id=school.id, id=key)
    if message is None or message.state in _OVER:
        return None
    if wait := _seconds_until(message.not_before):
        return wait
    if not _claim(message):
        return sending.LEASE_SECONDS
    if not standing.stands(message):
        _end(message, "SKIPPED", "NO_LONGER_STANDS")
        return None
    people = recipients(school, message)
    if not people:
        _end(message, "FAILED", "NOBODY_TO_TELL")
        return None
    return _tell(school, message, people)


def _seconds_until(moment: str | None) -> int:
    if moment is None:
        return 0
    return max(0, int((datetime.fromisoformat(moment) - clock.now()).total_seconds() + 0.999))


def _key(message: Message) -> tuple[str, str]:
    return Message.key_of(school_id=str(message.school_id), id=message.id)


def _claim(message: Message) -> bool:
    now = clock.epoch()
    return in_place.change(
        _key(message),
        "SET #s = :sending, leaseUntil = :until",
        "#s = :owed OR (#s = :sending AND leaseUntil <= :now)",
        names={"#s": "state"},
        sending="SENDING",
        owed="OWED",
        until=now + sending.LEASE_SECONDS,
        now=now,
    ).done


def _end(message: Message, state: str, reason: str | None = None) -> None:
    in_place.change(
        _key(message),
        "SET #s = :state, reason = :reason, sentAt = :at, leaseUntil = :never",
        "#s = :sending",
        names={"#s": "state"},
        state=state,
        reason=reason,
        at=clock.stamp(),
        never=0,
        sending="SENDING",
    )


def _hand_back(message: Message, seconds: int, *, failed: int = 0) -> int:
    in_place.change(
        _key(message),
        "SET #s = :owed, leaseUntil = :never, tries = if_not_exists(tries, :never) + :failed",
        "#s = :sending",
        names={"#s": "state"},
        owed="OWED",
        never=0,
        failed=failed,
        sending="SENDING",
    )
    return max(1, min(seconds, queues.LONGEST_DELAY))


def recipients(school: School, message: Message) -> list[Person]:
    """Who is told: the user, or the student's guardians who may see what it is about, else the parent whom the school knows."""
    topic = topic_of(message.topic)
    if message.user_id:
        users = _users(school.id, [message.user_id])
        book = Book(school.id, users)
        book.add_user(message.user_id, "")
    else:
        student = STUDENTS.all(school.id).get(str(message.student_id))
        if student is None:
            return []
        linked = audience.Links.of(school, [student["id"]], topic.sees)
        everybody = audience.Links.of(school, [student["id"]], None).by_student.get(student["id"], [])
        book = Book(school.id, _users(school.id, everybody))
        if linked.by_student or not any(book.knows(user_id) for user_id in everybody):
            audience.add_parents(book, [student], linked)
    people = book.everybody()
    persons.choose_channels(
        school, people, message.topic, topic.channels, NOTICE_PREFERENCES.all(school.id), duty=message.duty or is_duty(message.topic)
    )
    return [person for person in people if person.channels]


def _users(school_id: str, ids: list[str]) -> dict[str, Any]:
    found = reader.load_many(User, [{"school_id": school_id, "id": i} for i in ids], consistent=True)
    return {user.id: user.plain() for user in found if user.status == "ACTIVE"}


def _tell(school: School, message: Message, people: list[Person]) -> int | None:
    notice_id = message_notice_id(school.id, message.id)
    preferences = NOTICE_PREFERENCES.recent(school.id)
    said = {person.id: _words(school, message, person, preferences) for person in people}
    for person in people:
        if Channel.IN_APP in person.channels:
            derived.put_if(_entry(message, notice_id, person, said[person.id]), Item.pk.does_not_exist())
    targets = [
        (person, Target(school.id, notice_id, person.id, person.user_id, channel))
        for person in people
        for channel in person.channels
        if channel != Channel.IN_APP
    ]
    if targets and (wait := delivering.seconds_of_quiet(school, "MEDIUM")):
        return _hand_back(message, wait)
    if targets and not _counted(school, message, len(targets)):
        targets = []
    try:
        states = [delivering.send(school, target, person, message.topic, said[person.id], duty=message.duty) for person, target in targets]
    except InFlight:
        return _hand_back(message, sending.LEASE_SECONDS)
    if {"OWED", "UNKNOWN"} & set(states):
        if message.tries < MOST_TRIES:
            return _hand_back(message, delivering.pause_of(message.tries, states), failed=1)
        for _, target in targets:
            sending.give_up(target, "GIVEN_UP")
    reached = sending.REACHED & set(states) or any(Channel.IN_APP in person.channels for person in people)
    _end(message, "SENT" if reached else "FAILED", None if reached else "NOBODY_REACHED")
    return None


def _words(school: School, message: Message, person: Person, preferences: dict[str, Any]) -> rendering.Words:
    language = (preferences.get(person.id) or {}).get("language")
    student = STUDENTS.recent(school.id).get(message.student_id or "") or {}
    name = " ".join(filter(None, (student.get("firstName"), student.get("lastName"))))
    told = {key: str(value) for key, value in message.facts.items() if value is not None}
    facts = {"student": name or told.get("studentName", ""), "class": told.get("className", ""), **told, "name": person.name}
    return rendering.words(school, message.topic, language, facts)


def _entry(message: Message, notice_id: str, person: Person, said: rendering.Words) -> InboxEntry:
    return InboxEntry(
        school_id=message.school_id,
        user_id=person.user_id,
        notice_id=notice_id,
        source="MESSAGE",
        topic=message.topic,
        notice_type=topic_of(message.topic).kind,
        title=said.title,
        content=said.content,
        student_id=message.student_id,
        sent_at=clock.stamp(),
        expires_at=kept_until(),
    )


def _counted(school: School, message: Message, count: int) -> bool:
    """Whether the message may go by e-mail and text message: counted among the month's once, however often it is tried (rule A8)."""
    for _ in range(_ROUNDS):
        known = reader.load(Message, consistent=True, school_id=school.id, id=message.id)
        if known is None or known.counted:
            return known is not None
        unit = unit_of(school.id)
        if not planning.take_messages(unit, school, count, message.topic, duty=message.duty):
            return False
        unit.act(known, [Message.counted.set(True)], Message.counted.does_not_exist(), RetryWrite())
        try:
            unit.commit()
        except RetryWrite:
            continue
        return True
    raise RetryWrite

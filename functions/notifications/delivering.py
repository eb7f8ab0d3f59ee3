"""Delivers the chunks of a notification: at once into the inboxes, then by e-mail and text message, outside the quiet hours.

A chunk's lease says who is at it. A worker that dies lets it run out; the next one goes on, and each receipt says what was done.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from functions.notifications import persons, planning, rendering, sending, unsubscribing
from functions.notifications.persons import Person, address_of
from functions.notifications.quiet import quiet_until
from functions.notifications.repository import Notifications, kept_until
from functions.notifications.sending import InFlight, Target
from shared import clock
from shared.data import derived, in_place, reader
from shared.data.list_model import Row
from shared.entities.notices import InboxEntry, NoticeChunk, NoticeChunkState, Notification
from shared.entities.tenancy import School
from shared.gateways import mail, queues, sms
from shared.lists import NOTICE_PREFERENCES
from shared.school_settings import SchoolSettings
from shared.topics import Channel

_BY_MESSAGE = (Channel.EMAIL, Channel.SMS)
MOST_TRIES = 12
_FIRST_PAUSE = 30  # seconds; doubled with each try, up to the longest delay of a queue


@dataclass(frozen=True, slots=True)
class Batch:
    """A chunk that this worker holds."""

    school: School
    notice: Notification
    state: NoticeChunkState
    people: list[Person]
    preferences: dict[str, Row]


def deliver(message: dict[str, Any], out_of_time: Callable[[], bool]) -> None:
    """Deliver a chunk. One that another worker holds is InFlight, and comes again."""
    notice = Notifications(message["school"]).find(message["notice"], consistent=True)
    if notice is None or notice.plan != message["plan"]:
        return
    state = _claimed(notice, message["number"], message["turn"])
    if state is not None:
        batch = _batch(notice, state)
        _into_inboxes(batch)
        if not _deliver(batch, out_of_time):
            return
    planning.finish(str(notice.school_id), notice.id)


def _key(state: Mapping[str, str]) -> tuple[str, str]:
    return NoticeChunkState.key_of(**state)


def _where(notice: Notification, number: str) -> dict[str, str]:
    return {"school_id": str(notice.school_id), "notice_id": notice.id, "plan": str(notice.plan), "number": number}


def _claimed(notice: Notification, number: str, turn: int) -> NoticeChunkState | None:
    """The chunk's state with a lease of ours, or None where it is done, or a later message is about to deliver it."""
    now = clock.epoch()
    outcome = in_place.change(
        _key(_where(notice, number)),
        "SET leaseUntil = :until",
        "#s = :owed AND leaseUntil <= :now AND turn = :turn",
        names={"#s": "state"},
        turn=turn,
        until=now + sending.LEASE_SECONDS,
        owed="OWED",
        now=now,
    )
    if outcome.done and outcome.item:
        return NoticeChunkState.from_item(outcome.item)
    if outcome.item and outcome.item["state"]["S"] == "OWED" and int(outcome.item["turn"]["N"]) == turn:
        raise InFlight
    return None


def _batch(notice: Notification, state: NoticeChunkState) -> Batch:
    school_id = str(notice.school_id)
    chunk = reader.load(NoticeChunk, consistent=True, **_where(notice, state.number))
    kept = chunk.people if chunk is not None else []
    people = list(persons.of_plan(school_id, kept).values())
    return Batch(planning.school_of(school_id), notice, state, people, NOTICE_PREFERENCES.all(school_id))


def _into_inboxes(batch: Batch) -> None:
    """Put the notice into the inboxes of the chunk's people, once; an entry that is there stays as it is."""
    if batch.state.inboxed_at:
        return
    school_id, notice = batch.school.id, batch.notice
    ids = [str(person.user_id) for person in batch.people if Channel.IN_APP in person.channels]
    there = reader.get_many((_inbox_key(school_id, i, notice.id) for i in ids), consistent=True)
    now = clock.stamp()
    derived.put_many(
        InboxEntry(
            school_id=school_id,
            user_id=i,
            notice_id=notice.id,
            source="NOTIFICATION",
            topic=notice.topic,
            notice_type=notice.notice_type,
            priority=notice.priority,
            title=notice.title,
            sent_at=now,
            expires_at=kept_until(),
        )
        for i in ids
        if _inbox_key(school_id, i, notice.id) not in there
    )
    batch.state.inboxed_at, batch.state.in_app = now, len(ids)
    _update(batch, "SET inboxedAt = :now, inApp = :count", now=now, count=len(ids))


def _inbox_key(school_id: str, user_id: str, notice_id: str) -> tuple[str, str]:
    return InboxEntry.key_of(school_id=school_id, user_id=user_id, notice_id=notice_id)


def _update(batch: Batch, how: str, **values: Any) -> None:
    names = {"#s": "state"} if "#s" in how else None
    in_place.change(_key(_where(batch.notice, batch.state.number)), how, "attribute_exists(pk)", names=names, **values)


def _deliver(batch: Batch, out_of_time: Callable[[], bool]) -> bool:
    """Send what is to be sent; whether the chunk is done. Else it comes again by itself."""
    by_message = [] if batch.notice.quota_reached else [p for p in batch.people if any(c in _BY_MESSAGE for c in p.channels)]
    if by_message and (wait := seconds_of_quiet(batch.school, batch.notice.priority)):
        _hand_back(batch, wait)
        return False
    outcomes: dict[str, set[str]] = {}
    for person in by_message:
        if out_of_time():
            _hand_back(batch, 0)
            return False
        outcomes[person.id] = _send_all(batch, person)
    states = set().union(*outcomes.values())
    if states & {"OWED", "UNKNOWN"} and batch.state.tries < MOST_TRIES:
        _hand_back(batch, pause_of(batch.state.tries, states), failed=1)
        return False
    if states & {"OWED", "UNKNOWN"}:
        _give_up(batch, by_message)
    in_app = {person.id for person in batch.people if Channel.IN_APP in person.channels}
    reached = in_app | {person_id for person_id, told in outcomes.items() if told & sending.REACHED}
    _update(batch, "SET #s = :done, reached = :count, leaseUntil = :never", done="DONE", count=len(reached), never=0)
    return True


def pause_of(tries: int, states: Iterable[str]) -> int:
    """The seconds after which what was not taken is tried again: longer each time, and not before an unclear sending may be repeated."""
    pause = min(_FIRST_PAUSE << tries, queues.LONGEST_DELAY)
    return max(pause, sending.LEASE_SECONDS + 10) if "UNKNOWN" in states else pause


def seconds_of_quiet(school: School, priority: str) -> int:
    """How long e-mail and text messages wait for the end of the school's quiet hours; what is urgent goes through."""
    hours = SchoolSettings.of(school).messages.quiet_hours
    until = quiet_until(hours.start, hours.end, school.timezone, clock.now())
    return 0 if until is None or priority == "URGENT" else max(1, int((until - clock.now()).total_seconds()) + 1)


def _hand_back(batch: Batch, seconds: int, *, failed: int = 0) -> None:
    """Free the chunk and have it come again, as late as a queue can; where that is too early it is handed back once more."""
    batch.state.turn += 1
    _update(batch, "SET leaseUntil = :never, tries = tries + :failed, turn = :turn", never=0, failed=failed, turn=batch.state.turn)
    queues.send(planning.DELIVERIES, planning.chunk_message(batch.state), delay=seconds)


def _give_up(batch: Batch, people: list[Person]) -> None:
    for person in people:
        for channel in (c for c in person.channels if c in _BY_MESSAGE):
            sending.give_up(_target(batch, person, channel), "GIVEN_UP")


def _target(batch: Batch, person: Person, channel: str) -> Target:
    return Target(batch.school.id, batch.notice.id, person.id, person.user_id, channel)


def _send_all(batch: Batch, person: Person) -> set[str]:
    """Send to one person by each channel; the states that came of it."""
    notice = batch.notice
    facts = {"name": person.name, "title": notice.title, "content": notice.content}
    language = (batch.preferences.get(person.id) or {}).get("language")
    states = set()
    for channel in (c for c in person.channels if c in _BY_MESSAGE):
        if not persons.wants(batch.preferences, person.id, notice.topic, channel):
            continue
        said = rendering.words(batch.school, notice.topic, language, facts)
        states.add(send(batch.school, _target(batch, person, channel), person, notice.topic, said))
    return states


def send(school: School, target: Target, person: Person, topic: str, said: rendering.Words, *, duty: bool = False) -> str:
    """Send one message to one person by e-mail or text message, once; the state of the channel then."""
    address = address_of(person, target.channel)
    if address is None:
        return "FAILED"
    if target.channel == Channel.SMS:
        return sending.once(target, lambda: sms.send(address, rendering.sms(said)))
    tags = {"school": school.id, "notice": target.notice_id, "person": person.id, "topic": topic}
    link = None if duty else unsubscribing.link(school.id, person.id, topic)
    letter = rendering.mail(school, said, to=address, name=person.name, unsubscribe=link, tags=tags)
    return sending.once(target, lambda: mail.send(letter))

"""From a notification that is to be sent to chunks of people that are delivered: resolved once, safe to repeat at any point.

The chunks of a plan are written first; then one transaction makes it the notification's plan and takes its messages from the
month's. A worker that dies before it leaves chunks that nobody looks at, and which expire.
"""

from collections.abc import Iterable
from itertools import batched
from typing import Any

from functions.notifications import audience, persons
from functions.notifications.persons import Person
from functions.notifications.repository import (
    begin,
    change,
    chunk_states,
    kept_until,
    move_due,
    number_of,
)
from shared import clock
from shared.auth.permissions import Role
from shared.auth.scope import class_ids_of
from shared.data import derived, reader
from shared.data.unit_of_work import UnitOfWork
from shared.entities.notices import NoticeChunk, NoticeChunkState, Notification
from shared.entities.tenancy import School, User
from shared.gateways import queues
from shared.ids import new_id
from shared.limits import Limit, LimitReached, check_limit
from shared.lists import NOTICE_PREFERENCES
from shared.observability import logger
from shared.topics import Channel, is_duty

CHUNK = 100
DELIVERIES = "deliveries"


def advance(school_id: str, notice_id: str) -> None:
    """Do what is next with a notification: begin it when it is due, plan it, have its chunks delivered, finish it."""
    notice = change(school_id, notice_id, _begin_if_due)
    if notice is None or notice.status != "SENDING":
        return
    if not notice.plan:
        notice = _plan(notice)
    if notice is not None and notice.plan:
        _have_delivered(notice)
        finish(school_id, notice_id)


def _begin_if_due(unit: UnitOfWork, notice: Notification) -> bool:
    if notice.status != "SCHEDULED" or notice.scheduled_date > clock.stamp():
        return False
    begin(unit, notice, None)
    return True


def _plan(notice: Notification) -> Notification | None:
    school = school_of(str(notice.school_id))
    people = recipients(school, notice)
    plan, count = new_id(), 0
    for chunk in batched(people, CHUNK, strict=False):
        _write_chunk(notice, plan, count, chunk)
        count += 1
    wanted = sum(1 for person in people for channel in person.channels if channel != Channel.IN_APP)

    def adopt(unit: UnitOfWork, now: Notification) -> bool:
        if now.status != "SENDING" or now.plan:
            return False
        now.plan, now.chunks, now.people = plan, count, len(people)
        if not take_messages(unit, school, wanted, now.topic):
            now.quota_reached = True
        unit.update(now, action="PLAN_NOTIFICATION")
        return True

    return change(school.id, notice.id, adopt)


def take_messages(unit: UnitOfWork, school: School, count: int, topic: str, *, duty: bool = False) -> bool:
    """Count messages among those of the month with the unit's commit (rule A8); False where that many are not left.

    What is a duty is sent beyond the limit too, uncounted: a bill must not keep a child's absence from its parents.
    """
    try:
        check_limit(unit, school, Limit.MESSAGES, count, lambda: 0, period=month_of(school))
    except LimitReached:
        return duty or is_duty(topic)
    return True


def month_of(school: School) -> str:
    """The month in which messages are counted now, in the school's time zone."""
    return clock.today(school.timezone).isoformat()[:7]


def _write_chunk(notice: Notification, plan: str, index: int, people: Iterable[Person]) -> None:
    where: dict[str, Any] = {"school_id": notice.school_id, "notice_id": notice.id, "plan": plan, "number": number_of(index)}
    kept = [person.kept() for person in people]
    in_app = sum(Channel.IN_APP in one["c"] for one in kept)
    derived.put_if(NoticeChunk(people=kept, expires_at=kept_until(), **where), None)
    derived.put_if(NoticeChunkState(in_app=in_app, expires_at=kept_until(), **where), None)


def recipients(school: School, notice: Notification) -> list[Person]:
    """Everybody who gets the notification, as things are now, with the channels by which each is told."""
    people = audience.resolve(school, wanted(school, notice))
    preferences = NOTICE_PREFERENCES.all(school.id)
    persons.choose_channels(school, people, notice.topic, notice.channels, preferences)
    return [person for person in people if person.channels]


def wanted(school: School, notice: Notification) -> audience.Wanted:
    """Whom the notification is for; of a teacher's, those of the classes that are the teacher's own at this moment."""
    classes = frozenset(notice.target_class_ids) if notice.target_class_ids else None
    users = frozenset(notice.target_user_ids or ())
    if notice.created_by_role == Role.TEACHER:
        author = reader.load(User, school_id=school.id, id=notice.created_by)
        own = class_ids_of(school, notice.created_by) if author is not None and author.role == Role.TEACHER else frozenset()
        classes = own if classes is None else classes & own
        users &= audience.people_of_classes(school, own)
    return audience.Wanted(frozenset(notice.audience), classes, users)


def _have_delivered(notice: Notification) -> None:
    for state in chunk_states(notice, consistent=True):
        if state.state != "DONE":
            queues.send(DELIVERIES, chunk_message(state))


def chunk_message(state: NoticeChunkState) -> dict[str, Any]:
    """The message that has a chunk delivered. One of an earlier turn does nothing: so there is one at a time, however often it is asked."""
    where = {"school": state.school_id, "notice": state.notice_id, "plan": state.plan, "number": state.number}
    return {"do": "chunk", **where, "turn": state.turn}


def finish(school_id: str, notice_id: str) -> None:
    """End the sending once every chunk is delivered: SENT, or FAILED where nobody at all could be reached."""

    def end(unit: UnitOfWork, notice: Notification) -> bool:
        if notice.status != "SENDING" or notice.plan is None:
            return False
        states = chunk_states(notice, consistent=True)
        if len(states) < (notice.chunks or 0) or any(state.state != "DONE" for state in states):
            return False
        reached = sum(state.reached for state in states)
        notice.status = "SENT" if reached else "FAILED"
        notice.failure = None if reached else _why(notice)
        notice.finished_at = clock.stamp()
        move_due(unit, notice, None)
        unit.update(notice, action="FINISH_NOTIFICATION")
        return True

    done = change(school_id, notice_id, end)
    if done is not None and done.status == "FAILED":
        logger().warning("a notification reached nobody", extra={"school": school_id, "notice": notice_id, "why": done.failure})


def _why(notice: Notification) -> str:
    if not notice.people:
        return "NOBODY_MEANT"
    return "MESSAGES_USED_UP" if notice.quota_reached else "NOBODY_REACHED"


def school_of(school_id: str) -> School:
    """The school as it stands now."""
    found = reader.load(School, consistent=True, school_id=school_id)
    if found is None:
        raise LookupError(f"there is no school {school_id}")
    return found

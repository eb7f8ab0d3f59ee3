"""The access patterns of notices: notifications, what is due, inboxes, receipts."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from shared import clock
from shared.data import reader
from shared.data.reader import Key, Raw
from shared.data.repository import Repository
from shared.data.unit_of_work import DAY, Actor, RetryWrite, UnitOfWork
from shared.entities.notices import (
    InboxEntry,
    NoticeChunk,
    NoticeChunkState,
    NoticeDue,
    NoticeReceipt,
    Notification,
)
from shared.names import PLATFORM_SCHOOL

MODULE = "notifications"
KEPT_DAYS = 400
STUCK = timedelta(minutes=15)  # after which the sweep looks after a notification that is still being sent
_ROUNDS = 6


class Notifications(Repository[Notification]):
    """The notifications of a school."""

    kind = Notification


def kept_until() -> int:
    """The expiry of what is kept about a notice (epoch seconds)."""
    return clock.epoch() + KEPT_DAYS * DAY


def unit_of(school_id: str, user_id: str | None = None) -> UnitOfWork:
    """A unit of work of the background, in the name of whoever asked for it."""
    return UnitOfWork(school_id, Actor(user_id=user_id, role=None if user_id else "SYSTEM"), MODULE)


def move_due(unit: UnitOfWork, notice: Notification, at: datetime | None) -> None:
    """Have the sweep look after the notification at a time (None: never again), with the unit's commit."""
    told = clock.stamp(at) if at else None
    if told == notice.due_at:
        return
    if notice.due_at:
        unit.remove(_due(notice, notice.due_at), None, RetryWrite())
    if told:
        unit.put(_due(notice, told), None, RetryWrite())
    notice.due_at = told


def _due(notice: Notification, at: str) -> NoticeDue:
    return NoticeDue(school_id=PLATFORM_SCHOOL, due_at=at, of_school=notice.school_id, notice_id=notice.id)


def due_until(moment: datetime) -> Iterator[tuple[str, str]]:
    """School and id of the notifications that are due, over all schools."""
    partition = NoticeDue.partition_of(school_id=PLATFORM_SCHOOL)
    for raw in reader.query(partition, until=f"{clock.stamp(moment)}~", consistent=True):
        yield raw["ofSchool"]["S"], raw["noticeId"]["S"]


def begin(unit: UnitOfWork, notice: Notification, sent_by: str | None) -> None:
    """Let the sending of a notification begin with the unit's commit; the journal entry sets it going."""
    notice.status, notice.sent_by = "SENDING", sent_by or notice.created_by
    notice.sent_date = clock.stamp()
    move_due(unit, notice, clock.now() + STUCK)
    unit.update(notice, action="SEND_NOTIFICATION")


def change(school_id: str, notice_id: str, decide: Any) -> Notification | None:
    """Change a notification in the background: `decide(unit, notice)` says whether; again where somebody was quicker."""
    for _ in range(_ROUNDS):
        notice = Notifications(school_id).find(notice_id, consistent=True)
        if notice is None:
            return None
        unit = unit_of(school_id, notice.sent_by)
        if not decide(unit, notice):
            return notice
        try:
            unit.commit()
        except RetryWrite:
            continue
        return Notifications(school_id).find(notice_id, consistent=True)
    raise RetryWrite


def message_notice_id(school_id: str, key: str) -> str:
    """The id under which an owed message stands in inboxes: the same for the same message."""
    return str(uuid5(NAMESPACE_URL, f"homeroom:{school_id}:{key}"))


def receipt_key(school_id: str, notice_id: str, person: str) -> Key:
    """The key of a person's receipt."""
    return NoticeReceipt.key_of(school_id=school_id, notice_id=notice_id, person=person)


def receipts(school_id: str, notice_id: str, people: Iterable[str] | None = None) -> dict[str, Raw]:
    """The receipts of a notice by person: of all, or of the named people."""
    if people is not None:
        found = reader.get_many(receipt_key(school_id, notice_id, person) for person in people).values()
    else:
        partition = NoticeReceipt.partition_of(school_id=school_id, notice_id=notice_id)
        found = reader.query(partition, prefix="PERSON#")  # type: ignore[assignment]  # both give raw items
    return {raw["person"]["S"]: raw for raw in found}


def chunk_states(notice: Notification, *, consistent: bool = False) -> list[NoticeChunkState]:
    """How far the chunks of the notification are."""
    partition = NoticeChunkState.partition_of(school_id=notice.school_id, notice_id=notice.id)
    raws = reader.query(partition, prefix=f"STATE#{notice.plan}#", consistent=consistent)
    return [NoticeChunkState.from_item(raw) for raw in raws]


def chunk_people(notice: Notification, numbers: Iterable[int]) -> list[dict[str, Any]]:
    """The people of some chunks of a notification, in order."""
    keys = [
        {"school_id": str(notice.school_id), "notice_id": notice.id, "plan": str(notice.plan), "number": number_of(number)}
        for number in numbers
    ]
    return [person for chunk in reader.load_many(NoticeChunk, keys, consistent=True) for person in chunk.people]


def number_of(chunk: int) -> str:
    """A chunk's number as it stands in keys, in order."""
    return f"{chunk:05d}"


def inbox(school_id: str, user_id: str) -> list[InboxEntry]:
    """What was sent to a user, in no order that matters."""
    partition = InboxEntry.partition_of(school_id=school_id, user_id=user_id)
    return [InboxEntry.from_item(raw) for raw in reader.query(partition, prefix="NOTICE#", consistent=True)]


def inbox_entry(school_id: str, user_id: str, notice_id: str) -> InboxEntry | None:
    """One notice in a user's inbox, as it stands now."""
    return reader.load(InboxEntry, consistent=True, school_id=school_id, user_id=user_id, notice_id=notice_id)

"""What became of a notification: counts by channel, and receipts person by person (rule N3)."""

import time
from collections import OrderedDict
from typing import Any
from uuid import UUID, uuid5

from functions.notifications import persons, schemas, service
from functions.notifications.planning import CHUNK
from functions.notifications.repository import chunk_people, chunk_states, receipts
from functions.notifications.sending import MAP
from shared import clock
from shared.auth.caller import Caller
from shared.data import reader
from shared.data.attributes import unwrap
from shared.data.reader import Raw
from shared.entities.notices import NoticeChunkState, Notification
from shared.topics import Channel

_LARGE = 1_000
_CACHED_SECONDS = 60.0
_CACHE_SIZE = 200
_counted: OrderedDict[tuple[str, str], tuple[float, schemas.Counts]] = OrderedDict()


def counts(notice: Notification) -> schemas.Counts:
    """What became of the notification. A large one is counted once a minute by each container."""
    key = (str(notice.school_id), notice.id)
    known = _counted.get(key)
    if known and time.monotonic() - known[0] < _CACHED_SECONDS:
        return known[1]
    made = _count(notice)
    if made.people > _LARGE:
        _counted[key] = (time.monotonic(), made)
        while len(_counted) > _CACHE_SIZE:
            _counted.popitem(last=False)
    return made


def _count(notice: Notification) -> schemas.Counts:
    by_channel = {channel: schemas.ChannelCounts() for channel in notice.channels}
    read = 0
    for raw in receipts(str(notice.school_id), notice.id).values():
        read += "readAt" in raw
        for channel, tally in by_channel.items():
            _tally(tally, unwrap(raw[MAP[Channel(channel)]]) if MAP[Channel(channel)] in raw else {})
    if (in_app := by_channel.get(Channel.IN_APP)) is not None:
        in_app.sent = in_app.delivered = sum(state.in_app for state in chunk_states(notice) if state.inboxed_at)
        in_app.read = read
    return schemas.Counts(people=notice.people or 0, read=read, channels=by_channel, counted_at=clock.stamp())


def _tally(tally: schemas.ChannelCounts, told: dict[str, Any]) -> None:
    state = told.get("state")
    tally.sent += state in ("SENT", "DELIVERED") or (state == "FAILED" and "id" in told)
    tally.delivered += state == "DELIVERED"
    tally.failed += state == "FAILED"


def list_receipts(caller: Caller, notification_id: str, query: schemas.ReceiptList) -> tuple[list[schemas.ReceiptOut], int]:
    """A page of the receipts in the order of the plan, and how many people there are."""
    notice = service.seen_by_sender(caller, notification_id)
    total = (notice.people or 0) if notice.plan else 0
    start = (query.page - 1) * query.page_size
    if start >= total:
        return [], total
    first, last = start // CHUNK, min(start + query.page_size, total) - 1
    people = chunk_people(notice, range(first, last // CHUNK + 1))[start - first * CHUNK :][: query.page_size]
    known = receipts(caller.school_id, notice.id, [one["p"] for one in people])
    named = {person.id: person.name for person in persons.of_plan(caller.school_id, people, active=False).values()}
    states = {int(state.number): state for state in chunk_states(notice)}
    return [_receipt(notice, one, known.get(one["p"]), named, states.get((start + n) // CHUNK)) for n, one in enumerate(people)], total


def _receipt(
    notice: Notification, one: dict[str, Any], raw: Raw | None, named: dict[str, str], state: NoticeChunkState | None
) -> schemas.ReceiptOut:
    told = reader.plain(raw) if raw else {}
    inboxed = state.inboxed_at if state else None
    return schemas.ReceiptOut(
        id=str(uuid5(UUID(notice.id), one["p"])),
        notification_id=notice.id,
        user_id=None if persons.is_contact(one["p"]) else one["p"],
        name=named.get(one["p"]) or None,
        channels={channel: _channel(channel, told.get(MAP[Channel(channel)]), inboxed, notice) for channel in one["c"]},
        read_at=told.get("readAt"),
        created_at=told.get("createdAt") or inboxed,
    )


def _channel(channel: str, told: dict[str, Any] | None, inboxed: str | None, notice: Notification) -> schemas.ChannelReceipt:
    if channel == Channel.IN_APP:
        return schemas.ChannelReceipt(state="DELIVERED" if inboxed else "PENDING", sent_at=inboxed, delivered_at=inboxed)
    if told is None:
        if notice.quota_reached:
            return schemas.ChannelReceipt(state="FAILED", reason="MESSAGES_USED_UP")
        # Whoever was suspended, erased or unsubscribed between the plan and the sending.
        over = bool(notice.finished_at)
        return schemas.ChannelReceipt(state="FAILED" if over else "PENDING", reason="NOT_WRITTEN_TO" if over else None)
    state = told["state"] if told["state"] in ("SENT", "DELIVERED", "FAILED") else "PENDING"
    return schemas.ChannelReceipt(state=state, sent_at=told.get("at"), delivered_at=told.get("deliveredAt"), reason=told.get("reason"))

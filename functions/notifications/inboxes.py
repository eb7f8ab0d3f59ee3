"""What was sent to somebody, and that it was read."""

from typing import Any

from pynamodb.expressions.update import Action

from functions.notifications import schemas
from functions.notifications.repository import inbox, inbox_entry, kept_until
from shared import clock
from shared.auth.caller import Caller
from shared.data import reader
from shared.data.item import Item
from shared.data.unit_of_work import RetryWrite
from shared.entities.notices import InboxEntry, NoticeReceipt, Notification
from shared.errors import NotFound
from shared.http.envelope import Page, page
from shared.http.request import unit
from shared.http.schema import sort_field
from shared.text import fold

_SORTABLE = ("sentDate",)


def page_of(school_id: str, user_id: str, query: Any) -> Page[Any]:
    """A page of an inbox: what is not read yet first, then the newest first."""
    entries = [entry for entry in inbox(school_id, user_id) if _matches(entry, query)]
    sort = sort_field(query.sort, _SORTABLE, "")
    entries.sort(key=lambda entry: (entry.sent_at, entry.notice_id), reverse=sort != "sentDate")
    if not sort:
        entries.sort(key=lambda entry: entry.read_at is not None)
    if query.search:
        entries = _containing(school_id, entries, query.search)
    start = (query.page - 1) * query.page_size
    shown = entries[start : start + query.page_size]
    texts = _texts(school_id, shown)
    rows = [schemas.NotificationRow(**_row(entry, texts)) for entry in shown]
    return page(rows, number=query.page, size=query.page_size, total=len(entries))


def _matches(entry: InboxEntry, query: Any) -> bool:
    if query.unread and entry.read_at is not None:
        return False
    if getattr(query, "status", None) not in (None, schemas.NoticeStatus.SENT):
        return False
    wanted = ((query.type, entry.notice_type), (query.priority, entry.priority), (query.topic, entry.topic))
    return all(asked is None or asked == told for asked, told in wanted)


def _containing(school_id: str, entries: list[InboxEntry], search: str) -> list[InboxEntry]:
    texts, needles = _texts(school_id, entries), fold(search).split()
    folded = {entry.notice_id: fold(f"{entry.title} {texts.get(entry.notice_id, '')}") for entry in entries}
    return [entry for entry in entries if all(needle in folded[entry.notice_id] for needle in needles)]


def _texts(school_id: str, entries: list[InboxEntry]) -> dict[str, str]:
    """The texts of some entries; that of a notification is kept once, with the notification."""
    own = {entry.notice_id: str(entry.content) for entry in entries if entry.content is not None}
    asked = [{"school_id": school_id, "id": entry.notice_id} for entry in entries if entry.content is None]
    return own | {notice.id: notice.content for notice in reader.load_many(Notification, asked)}


def _row(entry: InboxEntry, texts: dict[str, str]) -> dict[str, Any]:
    return {
        "id": entry.notice_id,
        "title": entry.title,
        "content": texts.get(entry.notice_id),
        "type": entry.notice_type,
        "priority": entry.priority,
        "topic": entry.topic,
        "status": "SENT",
        "source": entry.source,
        "student_id": entry.student_id,
        "sent_date": entry.sent_at,
        "read_at": entry.read_at,
    }


def row_of(caller: Caller, notice_id: str) -> dict[str, Any] | None:
    """A notice as it stands in the caller's inbox, or None."""
    entry = inbox_entry(caller.school_id, caller.user_id, notice_id)
    return _row(entry, _texts(caller.school_id, [entry])) if entry else None


def mark_read(caller: Caller, notice_id: str) -> schemas.NotificationRow:
    """Write down when a notice was read first, in the inbox and in its receipt (rule N3)."""
    entry = inbox_entry(caller.school_id, caller.user_id, notice_id)
    if entry is None:
        raise NotFound
    if not entry.read_at:
        entry.read_at = clock.stamp()
        unit().act(entry, [InboxEntry.read_at.set(entry.read_at)], Item.pk.exists() & InboxEntry.read_at.does_not_exist(), RetryWrite())
        receipt = NoticeReceipt(school_id=caller.school_id, notice_id=notice_id, person=caller.user_id)
        told: list[Action] = [
            NoticeReceipt.type.set("NoticeReceipt"),
            NoticeReceipt.school_id.set(caller.school_id),
            NoticeReceipt.notice_id.set(notice_id),
            NoticeReceipt.person.set(caller.user_id),
            NoticeReceipt.user_id.set(caller.user_id),
            NoticeReceipt.read_at.set(entry.read_at),
            NoticeReceipt.expires_at.set(kept_until()),
        ]
        unit().act(receipt, told, None, RetryWrite())
        unit().note("MARK_READ", "NoticeReceipt", notice_id, {"readAt": [None, entry.read_at]})
    return schemas.NotificationRow(**_row(entry, _texts(caller.school_id, [entry])))

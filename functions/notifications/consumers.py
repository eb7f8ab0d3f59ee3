"""Reactions to the journal: a notification that is to be sent, its one-time schedule, messages that are owed."""

from datetime import datetime
from itertools import batched

from functions.notifications.repository import Notifications
from shared.consumer import Entry, consumer
from shared.gateways import queues, scheduler
from shared.list_refresh import refresher
from shared.lists import NOTIFICATIONS

NOTICES, DELIVERIES = "notices", "deliveries"
_AT_ONCE = 40  # owed messages in one message of the queue
_refresh = refresher(NOTIFICATIONS)


def schedule_name(notice_id: str) -> str:
    """The name of a notification's schedule: one for each, so that it is replaced where it is set anew."""
    return f"notice-{notice_id}"


def advance_message(school_id: str, notice_id: str) -> dict[str, str]:
    """The queue message after which a worker looks what is next with the notification."""
    return {"do": "advance", "school": school_id, "notice": notice_id}


def follow(entry: Entry) -> None:
    """Set or take away the schedule, or have the sending begin, as the notification stands now; in any order, any number of times."""
    for notice_id in entry.entity_ids:
        notice = Notifications(entry.school_id).find(notice_id, consistent=True)
        if notice is not None and notice.status == "SCHEDULED":
            at = datetime.fromisoformat(notice.scheduled_date)
            scheduler.put(schedule_name(notice_id), at, advance_message(entry.school_id, notice_id))
        elif _was_scheduled(entry, notice_id):
            scheduler.remove(schedule_name(notice_id))
        if notice is not None and notice.status == "SENDING" and not notice.plan:
            queues.send(NOTICES, advance_message(entry.school_id, notice_id))


def _was_scheduled(entry: Entry, notice_id: str) -> bool:
    told = [change["fields"].get("status") for change in entry.changes if change["id"] == notice_id]
    return any(before_after and before_after[0] == "SCHEDULED" for before_after in told)


def take_over(entry: Entry) -> None:
    """Have the messages sent that an entry says are owed."""
    if entry.action != "OWE_MESSAGE":
        return
    for ids in batched(entry.entity_ids, _AT_ONCE, strict=False):
        queues.send(DELIVERIES, {"do": "owed", "school": entry.school_id, "ids": list(ids)})


def _notices(entry: Entry) -> None:
    follow(entry)
    _refresh(entry)


notices = consumer(_notices)
owed = consumer(take_over)

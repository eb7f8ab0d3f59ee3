"""Decisions about notifications: who may write what to whom, and what may still be changed (rules N1, N2)."""

from datetime import datetime, timedelta
from typing import Any

from functions.notifications import audience, inboxes, persons, planning, receiving, schemas
from functions.notifications.repository import Notifications, begin, move_due
from shared import clock
from shared.auth.caller import Caller
from shared.auth.permissions import Permission, Role
from shared.auth.scope import own_class_ids
from shared.data import reader
from shared.entities.notices import Notification
from shared.entities.tenancy import Usage
from shared.errors import Conflict, Detail, Forbidden, NotFound, ValidationFailed
from shared.http.envelope import Page, listing
from shared.http.request import unit
from shared.http.schema import Deletion, changed_fields, sort_field
from shared.ids import new_id
from shared.limits import Limit, LimitReached, allowed
from shared.lists import CLASSES, NOTIFICATIONS, USERS
from shared.topics import Channel

SORTABLE = ("createdAt", "updatedAt", "scheduledDate", "sentDate", "title", "status")
OPEN = frozenset({"DRAFT", "SCHEDULED"})
_GRACE = timedelta(minutes=2)  # after which a notification whose schedule did not fire is looked for
_FURTHEST = timedelta(days=366)
_BOXES = {
    schemas.Box.SENT: ("SENDING", "SENT", "FAILED"),
    schemas.Box.DRAFTS: ("DRAFT",),
    schemas.Box.SCHEDULED: ("SCHEDULED",),
}


def list_notifications(caller: Caller, query: schemas.NotificationList) -> Page[Any]:
    """The caller's inbox, or the notices that the caller (for an admin: anybody) wrote."""
    if query.box == schemas.Box.INBOX:
        return inboxes.page_of(caller.school_id, caller.user_id, query)
    if not caller.may(Permission.NOTIFICATIONS_SEND):
        raise Forbidden
    equal: dict[str, Any] = {
        "status": query.status or _BOXES.get(query.box),
        "type": query.type,
        "priority": query.priority,
        "topic": query.topic,
        "createdBy": None if caller.is_admin else caller.user_id,
    }
    sort = sort_field(query.sort, SORTABLE, "-createdAt")
    wanted = {name: value for name, value in equal.items() if value is not None}
    if query.status and query.box in _BOXES and query.status not in _BOXES[query.box]:
        wanted["status"] = frozenset()
    found = NOTIFICATIONS.page(caller.school_id, query.page, query.page_size, sort=sort, search=query.search, equal=wanted)
    return listing(found, query)


def list_user_notifications(caller: Caller, user_id: str, query: schemas.InboxList) -> Page[Any]:
    """A user's inbox."""
    if user_id not in USERS.all(caller.school_id):
        raise NotFound
    if user_id != caller.user_id and not caller.is_admin:
        raise Forbidden
    return inboxes.page_of(caller.school_id, user_id, query)


def get_notification(caller: Caller, notification_id: str) -> schemas.NotificationOut:
    """The notice with its counts for its sender and an admin; for those who got it as it stands in their inbox."""
    found = Notifications(caller.school_id).find(notification_id, consistent=True)
    if found is not None and _is_senders(caller, found):
        made = view(found)
        made.counts = receiving.counts(found) if found.plan else None
        return made
    entry = inboxes.row_of(caller, notification_id)
    if entry is not None:
        return schemas.NotificationOut(**entry, school_id=caller.school_id)
    raise NotFound if found is None else Forbidden


def _is_senders(caller: Caller, found: Notification) -> bool:
    return caller.is_admin or (found.created_by == caller.user_id and caller.may(Permission.NOTIFICATIONS_SEND))


def current(caller: Caller, notification_id: str) -> Notification:
    """A notification that the caller may change, as it stands now."""
    found = Notifications(caller.school_id).get_for_change(notification_id)
    if not _is_senders(caller, found):
        raise Forbidden
    return found


def seen_by_sender(caller: Caller, notification_id: str) -> Notification:
    """A notification that the caller sent, or may see as an admin."""
    found = Notifications(caller.school_id).get(notification_id, consistent=True)
    if not _is_senders(caller, found):
        raise Forbidden
    return found


def create_notification(caller: Caller, data: schemas.NotificationIn) -> schemas.NotificationOut:
    """A new draft, or a scheduled notice."""
    made = Notification(
        school_id=caller.school_id,
        id=new_id(),
        title=data.title,
        content=data.content,
        notice_type=str(data.type),
        created_by=caller.user_id,
        created_by_role=str(caller.role),
        **to_whom(caller, data),
    )
    check(caller, made)
    _schedule(made, data.scheduled_date)
    unit().create(made)
    return view(made)


def to_whom(caller: Caller, data: schemas.ToWhom) -> dict[str, Any]:
    """The stored fields that say whom a notice goes to, and how."""
    usual = [channel for channel in (Channel.IN_APP, Channel.EMAIL) if channel in persons.school_channels(caller.school)]
    return {
        "priority": str(data.priority),
        "topic": str(data.topic),
        "audience": [str(one) for one in data.audience],
        "target_class_ids": data.target_class_ids,
        "target_user_ids": data.target_user_ids,
        "channels": [str(channel) for channel in (data.channels if data.channels is not None else usual)],
    }


def check(caller: Caller, made: Notification) -> None:
    """Refuse what names nobody, records that are not the school's, channels that it does not have; then what the caller may not do."""
    wrong: list[Detail] = []
    if not made.audience and not made.target_user_ids:
        wrong.append(Detail("audience", "Say whom it is for: roles, or users in targetUserIds"))
    if made.target_class_ids and not made.audience:
        wrong.append(Detail("audience", "Say which roles within the classes it is for"))
    classes, users = CLASSES.all(caller.school_id), USERS.all(caller.school_id)
    for n, class_id in enumerate(made.target_class_ids or ()):
        if class_id not in classes:
            wrong.append(Detail(f"targetClassIds[{n}]", "No class of this school has this id"))
    for n, user_id in enumerate(made.target_user_ids or ()):
        if user_id not in users or users[user_id]["status"] != "ACTIVE":
            wrong.append(Detail(f"targetUserIds[{n}]", "No active user of this school has this id"))
    missing = [channel for channel in made.channels if channel not in persons.school_channels(caller.school)]
    if missing:
        wrong.append(Detail("channels", f"The school's settings (messages) do not have {', '.join(missing)}"))
    if caller.role == Role.TEACHER and made.audience and not made.target_class_ids:
        wrong.append(Detail("targetClassIds", "Name which of your classes it is for"))
    if wrong:
        raise ValidationFailed(details=tuple(wrong))
    _check_rights(caller, made)


def _check_rights(caller: Caller, made: Notification) -> None:
    """A teacher writes to the students of own classes and to their guardians; safety notices are an admin's."""
    if caller.is_admin:
        return
    if made.topic != schemas.NoticeTopic.ANNOUNCEMENT:
        raise Forbidden("Safety notices are sent by an admin")
    if set(made.audience) - {audience.PARENT, audience.STUDENT}:
        raise Forbidden("Teachers write to students and parents")
    own = own_class_ids(caller)
    if set(made.target_class_ids or ()) - own:
        raise Forbidden("Teachers write to their own classes")
    if set(made.target_user_ids or ()) - (audience.people_of_classes(caller.school, own) if made.target_user_ids else frozenset()):
        raise Forbidden("Teachers write to people of their own classes")


def _schedule(made: Notification, at: datetime | None) -> None:
    """Set the notice to an instant in the future, or make it a draft (rule N2)."""
    if at is None:
        made.status, made.scheduled_date = "DRAFT", None
        move_due(unit(), made, None)
        return
    if at <= clock.now():
        raise ValidationFailed.of("scheduledDate", "This lies in the past: send it instead")
    if at > clock.now() + _FURTHEST:
        raise ValidationFailed.of("scheduledDate", "Schedule it for within a year")
    at = at.replace(microsecond=0)  # schedules fire at full seconds
    made.status, made.scheduled_date = "SCHEDULED", clock.stamp(at)
    move_due(unit(), made, at + _GRACE)


def update_notification(caller: Caller, notification_id: str, data: schemas.NotificationChange) -> schemas.NotificationOut:
    """Change what was sent of a notice that is not sent yet."""
    found = _still_open(current(caller, notification_id))
    sent = changed_fields(data, clearable=("target_class_ids", "target_user_ids", "scheduled_date"))
    for name, value in sent.items():
        if name != "scheduled_date":
            stored = [str(one) for one in value] if isinstance(value, list) else value
            setattr(found, "notice_type" if name == "type" else name, stored if stored is None or isinstance(stored, list) else str(stored))
    check(caller, found)
    if "scheduled_date" in sent:
        _schedule(found, sent["scheduled_date"])
    unit().update(found)
    return view(found)


def _still_open(found: Notification) -> Notification:
    if found.status not in OPEN:
        raise Conflict("What is sent cannot be changed")
    if found.status == "SCHEDULED" and found.scheduled_date <= clock.stamp():
        raise Conflict("It is being sent in this moment")
    return found


def delete_notification(caller: Caller, notification_id: str) -> Deletion:
    """Remove a notice that is not sent yet; its schedule goes with it."""
    found = _still_open(current(caller, notification_id))
    move_due(unit(), found, None)
    unit().delete(found)
    return Deletion(id=notification_id, outcome="removed")


def send_notification(caller: Caller, notification_id: str) -> schemas.NotificationOut:
    """Let the sending begin; the journal sets it going."""
    found = current(caller, notification_id)
    if found.status not in OPEN:
        raise Conflict("It is sent already")
    check(caller, found)
    if any(channel != Channel.IN_APP for channel in found.channels):
        _check_quota(caller)
    begin(unit(), found, caller.user_id)
    return view(found)


def quota(caller: Caller) -> tuple[int | None, int]:
    """How many messages the school may send this month (None: no limit), and how many it has."""
    month = planning.month_of(caller.school)
    known = reader.load(Usage, consistent=True, school_id=caller.school_id, limit=Limit.MESSAGES.value, period=month)
    return allowed(caller.school, Limit.MESSAGES), known.used if known else 0


def _check_quota(caller: Caller) -> None:
    """Refuse where nothing at all is left; how many it takes is known only when the audience is."""
    bound, used = quota(caller)
    if bound is not None and used >= bound:
        raise LimitReached(Limit.MESSAGES, bound, caller.school.subscription_tier)


def view(found: Notification) -> schemas.NotificationOut:
    """A notification as its sender sees it."""
    told = {**found.attribute_values, "type": found.notice_type}
    return schemas.NotificationOut.model_validate({n: v for n, v in told.items() if n in schemas.NotificationOut.model_fields})

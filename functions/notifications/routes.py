"""The routes of notifications, their templates and preferences."""

from functions.notifications import (
    inboxes,
    preferences,
    preview,
    preview_schemas,
    receiving,
    schemas,
    service,
    stopping,
    template_schemas,
    templates,
)
from shared.auth.caller import Caller
from shared.auth.permissions import Permission
from shared.errors import Conflict, Forbidden, NotFound
from shared.http.envelope import Accepted, Created, Ok, Page, accepted, created, listing, ok, page
from shared.http.request import Request
from shared.http.router import PUBLIC, Router
from shared.http.schema import Deletion

router = Router("Notifications")
_TEMPLATES, _PREFERENCES = "Notification templates", "Notification preferences"


@router.get("/notifications", allow=Permission.NOTIFICATIONS_READ, raises=(Forbidden,))
def list_notifications(query: schemas.NotificationList, caller: Caller) -> Page[schemas.NotificationRow]:
    """List what was sent to me, unread first; for senders also what they sent, by `box`."""
    return service.list_notifications(caller, query)


@router.get("/notifications/<notification_id>", allow=Permission.NOTIFICATIONS_READ, raises=(NotFound, Forbidden))
def get_notification(notification_id: str, caller: Caller) -> Ok[schemas.NotificationOut]:
    """Return a notice that was sent to me; to its sender and to an admin with what became of it (rule N3)."""
    return ok(service.get_notification(caller, notification_id))


@router.post("/notifications", allow=Permission.NOTIFICATIONS_SEND, raises=(Forbidden,))
def create_notification(data: schemas.NotificationIn, caller: Caller) -> Created[schemas.NotificationOut]:
    """Write a notice: a draft, or scheduled. Teachers write to the students of their own classes and to their guardians."""
    return created(service.create_notification(caller, data))


@router.post("/notifications/preview", allow=Permission.NOTIFICATIONS_SEND, raises=(Forbidden,), rate="read", idempotent="none")
def preview_notification(data: schemas.PreviewIn, caller: Caller) -> Ok[preview_schemas.PreviewOut]:
    """Tell who would get a notice now, by which channel, at what price, and whether quiet hours or the month's limit are in the way."""
    return ok(preview.preview_notification(caller, data))


@router.put("/notifications/<notification_id>", allow=Permission.NOTIFICATIONS_SEND, raises=(NotFound, Conflict, Forbidden))
def update_notification(notification_id: str, data: schemas.NotificationChange, caller: Caller) -> Ok[schemas.NotificationOut]:
    """Change a notice that is not sent yet; a new `scheduledDate` moves its schedule (rule N2)."""
    return ok(service.update_notification(caller, notification_id, data))


@router.delete("/notifications/<notification_id>", allow=Permission.NOTIFICATIONS_SEND, raises=(NotFound, Conflict, Forbidden))
def delete_notification(notification_id: str, caller: Caller) -> Ok[Deletion]:
    """Remove a notice that is not sent yet, and its schedule."""
    return ok(service.delete_notification(caller, notification_id))


@router.post("/notifications/<notification_id>/send", allow=Permission.NOTIFICATIONS_SEND, raises=(NotFound, Conflict, Forbidden))
def send_notification(notification_id: str, caller: Caller) -> Accepted[schemas.NotificationOut]:
    """Send a notice. The answer comes at once; whom it goes to is found out while it is sent (rule N1)."""
    return accepted(service.send_notification(caller, notification_id))


@router.patch("/notifications/<notification_id>/mark-read", allow=Permission.NOTIFICATIONS_READ, raises=(NotFound,))
def mark_read(notification_id: str, caller: Caller) -> Ok[schemas.NotificationRow]:
    """Mark a notice in my inbox as read. The first time counts."""
    return ok(inboxes.mark_read(caller, notification_id))


@router.get("/notifications/<notification_id>/receipts", allow=Permission.NOTIFICATIONS_SEND, raises=(NotFound, Forbidden))
def list_receipts(notification_id: str, query: schemas.ReceiptList, caller: Caller) -> Page[schemas.ReceiptOut]:
    """List what became of a notice with each person."""
    rows, total = receiving.list_receipts(caller, notification_id, query)
    return page(rows, number=query.page, size=query.page_size, total=total)


@router.get("/notifications/user/<user_id>", allow=Permission.NOTIFICATIONS_READ, raises=(NotFound, Forbidden))
def list_user_notifications(user_id: str, query: schemas.InboxList, caller: Caller) -> Page[schemas.NotificationRow]:
    """List what was sent to a user: to oneself, or for an admin to anybody of the school."""
    return service.list_user_notifications(caller, user_id, query)


@router.get("/notifications/unsubscribe/<token>", allow=PUBLIC, raises=(NotFound,), produces=("text/html",))
def get_unsubscription(token: str, request: Request) -> Ok[schemas.Unsubscription]:
    """Tell whether the e-mails that a link belongs to still come; as a page with a button for a browser. Changes nothing."""
    return stopping.get_unsubscription(token, request)


@router.post(
    "/notifications/unsubscribe/<token>",
    allow=PUBLIC,
    raises=(NotFound,),
    body_types=("application/x-www-form-urlencoded", "multipart/form-data"),
    produces=("text/html",),
    idempotent="none",
)
def unsubscribe(token: str, request: Request) -> Ok[schemas.Unsubscription]:
    """Stop the e-mails that a link belongs to, by one click and without signing in (RFC 8058). Repeating it changes nothing."""
    return stopping.unsubscribe(token, request)


@router.get("/notification-preferences", allow="signed-in", tag=_PREFERENCES)
def get_notification_preferences(caller: Caller) -> Ok[template_schemas.PreferencesOut]:
    """Return what I am told, and how."""
    return ok(preferences.get_notification_preferences(caller))


@router.put("/notification-preferences", allow="signed-in", raises=(Conflict,), tag=_PREFERENCES)
def update_notification_preferences(data: template_schemas.PreferencesIn, caller: Caller) -> Ok[template_schemas.PreferencesOut]:
    """Choose the channels of topics that are no duty, and my language."""
    return ok(preferences.update_notification_preferences(caller, data))


@router.get("/notification-templates", allow=Permission.NOTIFICATIONS_SEND, tag=_TEMPLATES)
def list_templates(query: template_schemas.TemplateList, caller: Caller) -> Page[template_schemas.TemplateOut]:
    """List the texts of each topic by language: the school's own, and those that are built in."""
    return listing(templates.list_templates(caller, query), query)


@router.get("/notification-templates/<template_id>", allow=Permission.NOTIFICATIONS_SEND, raises=(NotFound,), tag=_TEMPLATES)
def get_template(template_id: str, caller: Caller) -> Ok[template_schemas.TemplateOut]:
    """Return one text."""
    return ok(templates.get_template(caller, template_id))


@router.post("/notification-templates", allow=Permission.SCHOOL_UPDATE, raises=(Conflict,), tag=_TEMPLATES)
def create_template(data: template_schemas.TemplateIn, caller: Caller) -> Created[template_schemas.TemplateOut]:
    """Write the school's own text of a topic in a language, in place of the one that is built in."""
    return created(templates.create_template(caller, data))


@router.put("/notification-templates/<template_id>", allow=Permission.SCHOOL_UPDATE, raises=(NotFound, Conflict), tag=_TEMPLATES)
def update_template(template_id: str, data: template_schemas.TemplateChange, caller: Caller) -> Ok[template_schemas.TemplateOut]:
    """Change a text of the school's own. One that is built in is replaced by a POST."""
    return ok(templates.update_template(caller, template_id, data))


@router.delete("/notification-templates/<template_id>", allow=Permission.SCHOOL_UPDATE, raises=(NotFound, Conflict), tag=_TEMPLATES)
def delete_template(template_id: str, caller: Caller) -> Ok[Deletion]:
    """Remove a text of the school's own; the one that is built in takes its place."""
    return ok(templates.delete_template(caller, template_id))

"""The answers of unsubscribe links (RFC 8058): by one click of a mail client, or as a page with a button."""

import re
from html import escape
from urllib.parse import parse_qsl

from functions.notifications import rendering, schemas, unsubscribing
from functions.notifications.texts import DEFAULT_LANGUAGE, FRAMES, RIGHT_TO_LEFT
from functions.notifications.unsubscribing import Link
from shared.errors import ValidationFailed
from shared.http.envelope import Ok, ok
from shared.http.request import Request
from shared.topics import TopicName, topic_of

_FIELD, _VALUE = "List-Unsubscribe", "One-Click"
_MULTIPART = re.compile(rb'name="?List-Unsubscribe"?\s*\r?\n(?:[^\r\n]+\r?\n)*\r?\n\s*One-Click\s*\r?\n', re.IGNORECASE)


def get_unsubscription(token: str, request: Request) -> Ok[schemas.Unsubscription]:
    """How it stands with a link's e-mails; for a browser as a page."""
    return _answer(unsubscribing.read(token), request)


def unsubscribe(token: str, request: Request) -> Ok[schemas.Unsubscription]:
    """Stop a link's e-mails, where the body says that it is the one click."""
    found = unsubscribing.read(token)
    if not _one_click(request):
        raise ValidationFailed.of("body", f"Send {_FIELD}={_VALUE}")
    unsubscribing.stop(found.school.id, found.person, found.topic)
    return _answer(found, request)


def _one_click(request: Request) -> bool:
    if request.media_type == "multipart/form-data":
        return _MULTIPART.search(request.body) is not None
    return (_FIELD, _VALUE) in parse_qsl(request.body.decode("utf-8", "replace"))


def _answer(found: Link, request: Request) -> Ok[schemas.Unsubscription]:
    told = schemas.Unsubscription(
        school=found.school.name,
        topic=TopicName(found.topic),
        title=topic_of(found.topic).title,
        subscribed=unsubscribing.subscribed(found),
    )
    if "text/html" not in request.headers.get("accept", ""):
        return ok(told)
    return Ok(body=_page(found, told.subscribed).encode(), media_type="text/html; charset=utf-8")


def _page(found: Link, subscribed: bool) -> str:
    language = next((tag for tag in rendering.languages_of(None, found.school) if tag in FRAMES), DEFAULT_LANGUAGE)
    frame, direction = FRAMES[language], "rtl" if language in RIGHT_TO_LEFT else "ltr"
    school = escape(found.school.name)
    button = f'<form method="post"><button name="{_FIELD}" value="{_VALUE}">{escape(frame.stop)}</button></form>'
    said = button if subscribed else f"<p>{escape(frame.stopped).replace('{school}', school)}</p>"
    return (
        f'<!doctype html><html lang="{language}" dir="{direction}"><meta charset="utf-8">'
        f"<title>{school}</title><body><h1>{school}</h1>{said}</body></html>"
    )

"""Whom the rate limit of a public route counts, when nobody is signed in yet: read from the body before it is checked."""

import hashlib
from collections.abc import Callable
from typing import Any

import orjson

from shared.http.request import Request

_MAX_BODY = 10_000


def _field(request: Request, name: str) -> str | None:
    raw = request.body
    if len(raw) > _MAX_BODY:
        return None
    try:
        told: Any = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    value = told.get(name) if isinstance(told, dict) else None
    return value if isinstance(value, str) else None


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def by_email(request: Request) -> str | None:
    """The e-mail address in the body, ignoring case."""
    email = _field(request, "email")
    return _short(email.strip().lower()) if email else None


def by_handle(name: str, cookie: str | None = None) -> Callable[[Request], str | None]:
    """What a token `<id>.<secret>` in the body, or else in a cookie, is about: its id, which stays while the secret changes."""

    def principal(request: Request) -> str | None:
        text = _field(request, name) or (request.cookies.get(cookie) if cookie else None)
        return _short(text.partition(".")[0]) if text else None

    return principal

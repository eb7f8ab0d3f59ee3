"""A request as the module sees it, made from an HTTP API event (payload v2)."""

import base64
import binascii
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from shared.errors import ValidationFailed
from shared.settings import settings

if TYPE_CHECKING:  # Stored classes pull in PynamoDB, which declaring routes does not need.
    from shared.data.unit_of_work import Actor, UnitOfWork


@dataclass(slots=True)
class Request:
    """Method, path, headers (lower-cased names), query, cookies and the raw body."""

    method: str
    path: str
    headers: dict[str, str]
    query: list[tuple[str, str]]
    cookies: dict[str, str]
    ip: str
    id: str
    _event: dict[str, Any]
    if_match: int | None = None
    response_headers: dict[str, str] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)  # what deciding again after RetryWrite may use once more
    looked_at: set[str] = field(default_factory=set)  # students whose record the answer shows, see shared/views.py

    @classmethod
    def of(cls, event: dict[str, Any]) -> "Request":
        """From an HTTP API event; a broken event field is treated as absent."""
        from urllib.parse import parse_qsl  # at first use

        http = event.get("requestContext", {}).get("http", {})
        headers = {k.lower(): v for k, v in (event.get("headers") or {}).items()}
        cookies = dict(c.split("=", 1) for c in event.get("cookies") or () if "=" in c)
        return cls(
            method=http.get("method", "GET"),
            path=event.get("rawPath", "/"),
            headers=headers,
            query=parse_qsl(event.get("rawQueryString", ""), keep_blank_values=True),
            cookies=cookies,
            ip=_viewer(headers, http.get("sourceIp", "")),
            id=event.get("requestContext", {}).get("requestId", ""),
            _event=event,
        )

    @property
    def body(self) -> bytes:
        """The body's bytes."""
        text = self._event.get("body") or ""
        if not self._event.get("isBase64Encoded"):
            return str(text).encode("utf-8", "surrogatepass")
        try:
            return base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError) as error:
            raise ValidationFailed.of("body", "The body is not what it says it is") from error

    @property
    def media_type(self) -> str:
        """The content type without its parameters, lower-cased."""
        return self.headers.get("content-type", "").split(";", 1)[0].strip().lower()

    def actor(self, user_id: str | None = None, role: str | None = None) -> "Actor":
        """Who acts, for the journal."""
        from shared.data.unit_of_work import Actor

        return Actor(user_id, role, self.id, self.ip, self.headers.get("user-agent"))


def _viewer(headers: dict[str, str], source: str) -> str:
    """The viewer's true address: CloudFront's own header where we are behind it, never X-Forwarded-For."""
    name = settings().trusted_proxy_header
    told = headers.get(name.lower(), "") if name else ""
    return told.rsplit(":", 1)[0].strip("[]") if told else source


_current: ContextVar[Request] = ContextVar("request")
_unit: ContextVar["UnitOfWork"] = ContextVar("unit")


def current() -> Request:
    """The request that is being answered."""
    return _current.get()


def current_or_none() -> Request | None:
    """The request that is being answered; None in a job or a consumer."""
    return _current.get(None)


def unit() -> "UnitOfWork":
    """The unit of work of the request that is being answered."""
    return _unit.get()


def bind(request: Request) -> None:
    """Make this the request that is being answered."""
    _current.set(request)


def bind_unit(made: "UnitOfWork") -> None:
    """Make this the unit of work of the request that is being answered."""
    _unit.set(made)

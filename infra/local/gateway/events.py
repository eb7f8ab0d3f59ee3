"""Makes HTTP API events (payload format 2.0) of HTTP requests, and HTTP answers of what a function gives back."""

import base64
import binascii
import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import orjson

from infra.local.options import ACCOUNT
from infra.routes import Pattern

API_ID = "local"
_TEXT = re.compile(r"^(text/.*|application/(json|xml|javascript|.*\+json|.*\+xml))$", re.IGNORECASE)
_OWN_HEADERS = {"connection", "transfer-encoding", "keep-alive", "upgrade", "content-length"}


class MalformedAnswer(Exception):
    """What the function gave back is no answer of an HTTP API integration."""


@dataclass(slots=True)
class HttpAnswer:
    """An answer as it goes out: status, headers in order, body."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""


def _headers(raw: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """Lower-cased names; a header sent twice is joined with a comma. Cookies have a field of their own."""
    joined: dict[str, str] = {}
    for name, value in raw:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        if key != "cookie":
            joined[key] = f"{joined[key]},{text}" if key in joined else text
    return joined


def _cookies(raw: list[tuple[bytes, bytes]]) -> list[str]:
    sent = (value.decode("latin-1") for name, value in raw if name.lower() == b"cookie")
    return [cookie for line in sent for part in line.split(";") if (cookie := part.strip())]


def _query(raw: str) -> dict[str, str]:
    """Decoded parameters; one sent twice is joined with a comma."""
    joined: dict[str, str] = {}
    for name, value in parse_qsl(raw, keep_blank_values=True):
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def _path_parameters(pattern: Pattern, path: str) -> dict[str, str]:
    found = {}
    given = path.strip("/").split("/")
    for index, segment in enumerate(pattern.path.strip("/").split("/")):
        if segment == "{proxy+}":
            found["proxy"] = "/".join(given[index:])
        elif segment.startswith("{"):
            found[segment[1:-1]] = given[index]
    return found


def _body(content: bytes, headers: dict[str, str]) -> tuple[str, bool]:
    """The body as the event carries it, and whether it is in base64: all that is not text."""
    kind = headers.get("content-type", "").partition(";")[0].strip()
    if _TEXT.match(kind) and "content-encoding" not in headers:
        try:
            return content.decode("utf-8"), False
        except UnicodeDecodeError:
            pass  # text that is not UTF-8 cannot stand in the event's JSON: it goes as bytes
    return base64.b64encode(content).decode(), True


def _request_context(scope: dict[str, Any], headers: dict[str, str], route: str, request_id: str) -> dict[str, Any]:
    """What the gateway tells of the request beside its content."""
    now = time.time()
    domain = headers.get("host", "localhost")
    return {
        "accountId": ACCOUNT,
        "apiId": API_ID,
        "domainName": domain,
        "domainPrefix": domain.partition(".")[0],
        "http": {
            "method": scope["method"],
            "path": scope["path"],
            "protocol": f"HTTP/{scope['http_version']}",
            "sourceIp": _source(scope),
            "userAgent": headers.get("user-agent", ""),
        },
        "requestId": request_id,
        "routeKey": route,
        "stage": "$default",
        "time": f"{datetime.fromtimestamp(now, UTC):%d/%b/%Y:%H:%M:%S} +0000",
        "timeEpoch": int(now * 1000),
    }


def _source(scope: dict[str, Any]) -> str:
    found: str = scope["client"][0] if scope.get("client") else "127.0.0.1"
    return found


def to_event(scope: dict[str, Any], content: bytes, pattern: Pattern, request_id: str) -> dict[str, Any]:
    """The event of a request that a gateway's pattern leads to a function."""
    raw = scope["headers"]
    headers = _headers(raw)
    source, forwarded = _source(scope), headers.get("x-forwarded-for")
    headers["x-forwarded-for"] = f"{forwarded}, {source}" if forwarded else source
    headers["x-forwarded-proto"] = scope.get("scheme", "http")
    query = scope["query_string"].decode("latin-1")
    route = f"ANY {pattern.path}"
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route,
        "rawPath": scope["path"],
        "rawQueryString": query,
        "headers": headers,
        "requestContext": _request_context(scope, headers, route, request_id),
        "isBase64Encoded": False,
    }
    if cookies := _cookies(raw):
        event["cookies"] = cookies
    if query:
        event["queryStringParameters"] = _query(query)
    if parameters := _path_parameters(pattern, scope["path"]):
        event["pathParameters"] = parameters
    if content:
        event["body"], event["isBase64Encoded"] = _body(content, headers)
    return event


def to_answer(result: Any) -> HttpAnswer:
    """What goes out for a function's result; one without a status code is its own body, as the gateway infers it."""
    if not isinstance(result, dict) or "statusCode" not in result:
        return HttpAnswer(200, [("content-type", "application/json")], orjson.dumps(result))
    status, body = result["statusCode"], result.get("body")
    body = "" if body is None else body
    if not isinstance(status, int) or not 100 <= status <= 599:  # The range of HTTP's status codes
        raise MalformedAnswer(f"statusCode {status!r}")
    if not isinstance(body, str):
        raise MalformedAnswer(f"a body of type {type(body).__name__}")
    try:
        content = base64.b64decode(body, validate=True) if result.get("isBase64Encoded") else body.encode()
    except binascii.Error as error:
        raise MalformedAnswer("isBase64Encoded without base64") from error
    given = {str(name): str(value) for name, value in (result.get("headers") or {}).items()}
    headers = [(name.lower(), value) for name, value in given.items() if name.lower() not in _OWN_HEADERS]
    if not any(name == "content-type" for name, _ in headers):
        headers.append(("content-type", "text/plain;charset=UTF-8"))
    headers += [("set-cookie", cookie) for cookie in result.get("cookies") or []]
    return HttpAnswer(status, headers, content)

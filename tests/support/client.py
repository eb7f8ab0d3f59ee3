"""Calls the modules' own Lambda handlers with true HTTP API events, in process."""

import base64
import json
import uuid
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode

from infra.routes import lead
from shared.registry import handler_of
from tests.support.guard import Guard


@dataclass(frozen=True, slots=True)
class Reply:
    """A handler's answer."""

    status: int
    headers: dict[str, str]
    cookies: list[str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def data(self) -> Any:
        """The envelope's data; fails the test where the answer is an error."""
        told = self.json
        assert told["success"] is True, told
        return told["data"]

    @property
    def error(self) -> Any:
        """The envelope's error; fails the test where the answer is none."""
        told = self.json
        assert told["success"] is False, told
        return told["error"]


class Context:
    """What Lambda hands to a handler besides the event."""

    function_name = "test"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:eu-central-1:000000000000:function:test"
    aws_request_id = "00000000-0000-0000-0000-000000000000"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 29_000


def event(
    method: str,
    path: str,
    *,
    query: str = "",
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    cookies: list[str] | None = None,
    ip: str = "192.0.2.1",
) -> dict[str, Any]:
    """An HTTP API event (payload v2)."""
    made = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {"host": "api.test", "user-agent": "pytest", **{k.lower(): v for k, v in (headers or {}).items()}},
        "requestContext": {
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": ip, "userAgent": "pytest"},
            "requestId": str(uuid.uuid4()),
            "stage": "$default",
        },
        "isBase64Encoded": body is not None,
    }
    if body is not None:
        made["body"] = base64.b64encode(body).decode()
    if cookies:
        made["cookies"] = cookies
    return made


GUARD: Guard | None = None  # set by the fixture that makes the table


def _schools(token: str, headers: Mapping[str, str]) -> list[str]:
    """The schools whose keys a request of this token may touch."""
    payload = token.split(".")[1]
    said = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    named = headers.get("x-school-id") if said.get("role") == "SUPER_ADMIN" else None
    return [said["school"], *([named] if named else [])]


@cache
def _handler(module: str) -> Any:
    return handler_of(f"functions.{module}.handler.lambda_handler")


@dataclass(frozen=True, slots=True)
class Client:
    """An HTTP-like client signed in as somebody (or as nobody)."""

    token: str | None = None
    headers: tuple[tuple[str, str], ...] = ()

    def request(
        self,
        method: str,
        path: str,
        *,
        json_body: Any = None,
        raw: bytes | None = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        cookies: list[str] | None = None,
        ip: str = "192.0.2.1",
    ) -> Reply:
        """Send a request to the module that owns the path."""
        sent = dict(self.headers)
        if self.token:
            sent["authorization"] = f"Bearer {self.token}"
        if json_body is not None:
            sent["content-type"] = "application/json"
            raw = json.dumps(json_body).encode()
        sent |= {k.lower(): v for k, v in (headers or {}).items()}
        module = lead(path)
        assert module, f"no module owns {path}"
        made = event(method, path, query=urlencode(query or {}, doseq=True), headers=sent, body=raw, cookies=cookies, ip=ip)
        watched = GUARD and self.token and self.token.count(".") == 2 and not path.startswith("/api/schools/") and path != "/api/schools"
        with GUARD.only(*_schools(self.token, sent)) if GUARD and self.token and watched else nullcontext():
            answer = _handler(module)(made, Context())
        body = base64.b64decode(answer["body"]) if answer.get("isBase64Encoded") else (answer.get("body") or "").encode()
        return Reply(answer["statusCode"], {k.lower(): v for k, v in answer["headers"].items()}, answer.get("cookies", []), body)

    def get(self, path: str, **query: Any) -> Reply:
        """GET with query parameters."""
        return self.request("GET", path, query=query)

    def post(self, path: str, body: Any = None, **options: Any) -> Reply:
        """POST a JSON body."""
        return self.request("POST", path, json_body={} if body is None else body, **options)

    def put(self, path: str, body: Any = None, **options: Any) -> Reply:
        """PUT a JSON body."""
        return self.request("PUT", path, json_body={} if body is None else body, **options)

    def patch(self, path: str, body: Any = None, **options: Any) -> Reply:
        """PATCH a JSON body."""
        return self.request("PATCH", path, json_body={} if body is None else body, **options)

    def delete(self, path: str, **options: Any) -> Reply:
        """DELETE without a body."""
        return self.request("DELETE", path, **options)

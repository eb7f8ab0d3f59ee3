"""Keeps every e-mail and SMS that was sent, one JSON line each, in a file that is written before the sender is answered."""

import os
import time
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from ministack.services import ses, ses_v2, sns

_KEPT_IN_MEMORY = 200  # MiniStack copies its whole list at each save
_request: ContextVar[dict[str, Any]] = ContextVar("request")


class _Recorder(list[dict[str, Any]]):
    """A list of sent records that writes down what is appended and forgets the oldest."""

    def __init__(self, write: Callable[[dict[str, Any]], None]) -> None:
        super().__init__()
        self._write = write

    def append(self, record: dict[str, Any]) -> None:
        self._write(record)
        super().append(record)
        del self[:-_KEPT_IN_MEMORY]


def _email(record: dict[str, Any]) -> dict[str, Any]:
    asked = _request.get({})
    return {
        "channel": "email",
        "id": record["MessageId"],
        "from": record["Source"],
        "to": [*record.get("To", []), *record.get("CC", []), *record.get("BCC", [])],
        "subject": record.get("RenderedSubject") or record.get("Subject", ""),
        "text": record.get("RenderedBodyText") or record.get("BodyText", ""),
        "html": record.get("RenderedBodyHtml") or record.get("BodyHtml"),
        "headers": {h["Name"]: h["Value"] for h in asked.get("Content", {}).get("Simple", {}).get("Headers", [])},
        "configurationSet": asked.get("ConfigurationSetName"),
        "tags": {tag["Name"]: tag["Value"] for tag in asked.get("EmailTags", [])},
    }


def _sms(record: dict[str, Any]) -> dict[str, Any]:
    to = [record["PhoneNumber"]]
    return {"channel": "sms", "id": record["MessageId"], "from": None, "to": to, "subject": None, "text": record["Message"], "html": None}


def _with_request(original: Callable[..., Any]) -> Callable[..., Any]:
    """What MiniStack does not keep of a SendEmail is taken from the request itself."""

    async def handle(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
        if method == "POST" and path.rstrip("/").endswith("/outbound-emails"):
            try:
                _request.set(orjson.loads(body))
            except orjson.JSONDecodeError:
                _request.set({})  # MiniStack refuses it
        return await original(method, path, headers, body, query)

    return handle


class Outbox:
    """The file, and the two places in MiniStack that feed it."""

    def __init__(self, path: Path) -> None:
        self._fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._emails = _Recorder(lambda record: self._keep(_email(record)))
        self._messages = _Recorder(lambda record: self._keep(_sms(record)))

    def _keep(self, message: dict[str, Any]) -> None:
        at = datetime.fromtimestamp(time.time(), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        os.write(self._fd, orjson.dumps({"at": at, **message}) + b"\n")

    def install(self) -> None:
        """Record what SES and SNS are asked to send from now on."""
        ses._sent_emails_list = ses_v2._sent_emails_list = lambda: self._emails  # noqa: SLF001 - the version is pinned
        ses_v2.handle_request = _with_request(ses_v2.handle_request)
        sns._sms_log_for = lambda _number: self._messages  # noqa: SLF001 - the version is pinned

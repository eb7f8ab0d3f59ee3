"""`/_local`: the mailbox, the application's clock and schedules on demand. None of it is in what is deployed."""

import re
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from infra.local.gateway.events import HttpAnswer
from infra.local.gateway.mailbox import Mailbox
from infra.local.runtime.local_clock import read_offset, write_offset
from infra.local.runtime.pool import Function, FunctionError, FunctionTimeout, WorkerPool
from shared.errors import AppError, MethodNotAllowed, NotFound, ValidationFailed
from shared.manifest import Schedule

_RUN = re.compile(r"/_local/schedules/([\w.-]+)/run")
JSON = "application/json"


def _json(value: Any) -> HttpAnswer:
    return HttpAnswer(200, [("content-type", JSON)], orjson.dumps(value))


class LocalRoutes:
    """Answers what begins with `/_local`."""

    def __init__(self, mailbox: Mailbox, clock_file: Path, schedules: tuple[Schedule, ...], pool: WorkerPool, broken: list[str]) -> None:
        self._mailbox = mailbox
        self._clock_file = clock_file
        self._schedules = {schedule.name: schedule for schedule in schedules}
        self._pool = pool
        self._broken = broken

    async def answer(self, scope: Any, content: bytes) -> HttpAnswer:
        """The answer to one request."""
        method, path = scope["method"], scope["path"]
        if found := _RUN.fullmatch(path):
            _only(method, "POST")
            return await self._run(found[1])
        if path == "/_local/clock":
            _only(method, "GET", "POST")
            return self._clock(content if method == "POST" else None)
        readers = {
            "/_local/mailbox": self._page,
            "/_local/messages": self._list,
            "/_local/health": self._health,
            "/_local/schedules": self._names,
        }
        if path not in readers:
            raise NotFound("There is nothing at this path")
        _only(method, "GET", "HEAD")
        return readers[path]()

    def _page(self) -> HttpAnswer:
        return HttpAnswer(200, [("content-type", "text/html; charset=utf-8")], self._mailbox.page())

    def _list(self) -> HttpAnswer:
        return _json(self._mailbox.messages())

    def _names(self) -> HttpAnswer:
        return _json([{"name": s.name, "expression": s.expression} for s in self._schedules.values()])

    def _health(self) -> HttpAnswer:
        return _json({"status": "ok", "modulesThatDoNotImport": self._broken})

    async def _run(self, name: str) -> HttpAnswer:
        schedule = self._schedules.get(name)
        if schedule is None:
            raise NotFound(f"There is no schedule of this name; there are: {', '.join(sorted(self._schedules)) or 'none'}")
        function = Function(schedule.name, schedule.handler, schedule.timeout, schedule.memory)
        try:
            return _json({"result": await self._pool.invoke(function, {"schedule": name}, str(uuid.uuid4()), schedule.timeout)})
        except (FunctionError, FunctionTimeout) as error:
            raise AppError(str(error)) from error

    def _clock(self, content: bytes | None) -> HttpAnswer:
        if content is not None:
            write_offset(self._clock_file, _offset(content))
        offset = read_offset(self._clock_file)
        now = datetime.fromtimestamp(datetime.now(UTC).timestamp() + offset, UTC)
        return _json({"now": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"), "offsetSeconds": offset})


def _offset(content: bytes) -> float:
    """The offset that a request asks for: `{"offsetSeconds": n}`, `{"now": "…"}` or `{"reset": true}`."""
    try:
        asked = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise ValidationFailed from error
    match asked:
        case {"reset": True}:
            return 0
        case {"offsetSeconds": int() | float() as seconds} if not isinstance(seconds, bool):
            return float(seconds)
        case {"now": str() as text}:
            return _seconds_until(text)
    raise ValidationFailed.of("clock", 'one of {"offsetSeconds": n}, {"now": "2026-09-01T08:00:00Z"}, {"reset": true}')


def _seconds_until(text: str) -> float:
    try:
        wanted = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValidationFailed.of("now", "an instant in ISO 8601, as 2026-09-01T08:00:00Z") from error
    return (wanted if wanted.tzinfo else wanted.replace(tzinfo=UTC)).timestamp() - datetime.now(UTC).timestamp()


def _only(method: str, *allowed: str) -> None:
    if method not in allowed:
        raise MethodNotAllowed(allowed)

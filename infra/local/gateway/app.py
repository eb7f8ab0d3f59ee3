"""The ASGI application in front of the workers: limits, routing, CORS, and `/_local`."""

import logging
import uuid
from typing import Any

from infra.local.gateway.cors import Cors
from infra.local.gateway.events import HttpAnswer, MalformedAnswer, to_answer, to_event
from infra.local.gateway.local_routes import LocalRoutes
from infra.local.runtime.pool import EventTooLarge, Function, FunctionError, FunctionTimeout, WorkerPool
from infra.routes import Gateway, Pattern
from shared.errors import AppError, NotFound, PayloadTooLarge, Unavailable
from shared.http.envelope import error_answer
from shared.manifest import Module

log = logging.getLogger("gateway")
BODY_LIMIT = 10 * 1024 * 1024  # HTTP API's own; Lambda's limit of 6 MB is the pool's
_INTEGRATION_TIMEOUT_S = 30


class _Gone(Exception):
    """The client went away before its request was complete."""


def function_of(module: Module) -> Function:
    """A module's API function; the gateway waits for at most 30 seconds."""
    return Function(module.name, module.handler, min(module.timeout, _INTEGRATION_TIMEOUT_S), module.memory)


class Front:
    """Takes HTTP requests, hands events to the workers, answers."""

    def __init__(self, gateway: Gateway, modules: tuple[Module, ...], pool: WorkerPool, cors: Cors, local: LocalRoutes) -> None:
        self._gateway = gateway
        self._functions = {module.name: function_of(module) for module in modules}
        self._pool = pool
        self._cors = cors
        self._local = local

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return
        request_id = str(uuid.uuid4())
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        answer = self._cors.preflight(scope["method"], headers)
        if answer is None:
            try:
                answer = await self._answer(scope, headers, receive, request_id)
            except _Gone:
                return
            self._cors.dress(answer, headers.get("origin"))
        answer.headers.append(("apigw-requestid", request_id))
        await _send(send, answer)

    async def _answer(self, scope: Any, headers: dict[str, str], receive: Any, request_id: str) -> HttpAnswer:
        try:
            content = await _read(receive, headers)
            if scope["path"].startswith("/_local"):
                return await self._local.answer(scope, content)
            pattern = self._gateway.match(scope["path"])
            if pattern is None:
                raise NotFound("There is nothing at this path")
            return await self._invoke(scope, content, pattern, request_id)
        except AppError as error:
            return _enveloped(error, request_id)

    async def _invoke(self, scope: Any, content: bytes, pattern: Pattern, request_id: str) -> HttpAnswer:
        function = self._functions[pattern.owner]
        event = to_event(scope, content, pattern, request_id)
        try:
            return to_answer(await self._pool.invoke(function, event, request_id, _INTEGRATION_TIMEOUT_S))
        except EventTooLarge:
            raise PayloadTooLarge from None
        except FunctionTimeout as error:
            log.warning("%s %s: %s", scope["method"], scope["path"], error)
            raise Unavailable from error
        except (FunctionError, MalformedAnswer) as error:
            log.warning("%s %s: %s", scope["method"], scope["path"], error)
            raise AppError from error


async def _read(receive: Any, headers: dict[str, str]) -> bytes:
    """The request's body, refused as soon as it is too large."""
    told = headers.get("content-length", "0")
    if told.isdecimal() and int(told) > BODY_LIMIT:
        raise PayloadTooLarge
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Gone
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > BODY_LIMIT:
            raise PayloadTooLarge
        more = message.get("more_body", False)
    return b"".join(parts)


def _enveloped(error: AppError, request_id: str) -> HttpAnswer:
    told = error_answer(error, request_id)
    headers = [("content-type", told.media_type), *((name.lower(), value) for name, value in told.headers.items())]
    return HttpAnswer(told.status, headers, told.body)


async def _send(send: Any, answer: HttpAnswer) -> None:
    headers = [(name.encode("latin-1", "replace"), value.encode("latin-1", "replace")) for name, value in answer.headers]
    if answer.status not in {204, 304}:
        headers.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})

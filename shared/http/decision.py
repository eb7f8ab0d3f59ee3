"""From a matched route to its answer: caller, rate limit, permission, validation, the call, one commit.

Loaded at the first request: a cold start that only declares routes does without PynamoDB and botocore.
"""

import random
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from shared import views
from shared.auth import gate, rate_limit
from shared.auth.caller import Caller
from shared.data.unit_of_work import RetryWrite, UnitOfWork
from shared.errors import AppError, Forbidden, PayloadTooLarge, Unavailable, ValidationFailed
from shared.http.endpoint import arguments
from shared.http.envelope import Answer
from shared.http.idempotency import Key, Replay
from shared.http.request import Request, bind_unit
from shared.http.router import Route
from shared.manifest import Module
from shared.names import PLATFORM_SCHOOL
from shared.observability import logger
from shared.settings import settings

_PATIENCE = 12.0  # seconds for which a change that others overtake is decided again
_MAX_BODY = 6_000_000  # Lambda's limit on an event
_ADDRESS_SHARE = 20  # a whole school may sit behind one address
_THROTTLED = ("Throttl", "ProvisionedThroughput", "RequestLimit", "InternalServerError", "ServiceUnavailable", "SlowDown")


def answer(module: Module, route: Route, request: Request, path: dict[str, str], seen: dict[str, Caller]) -> Answer:
    """The route's answer; every failure as an AppError. `seen` is told the caller as soon as it is known."""
    try:
        made = _answer(module, route, request, path, seen)
        if request.looked_at:
            _keep_looks(request, seen["caller"])
        return made
    except Forbidden as error:
        caller = seen.get("caller") or error.caller
        if caller:
            _journal_refusal(module, route, request, caller, error)
        raise
    except (ClientError, BotoCoreError) as error:
        logger().exception("a dependency failed", extra={"request_id": request.id})
        raise _dependency(error) from error


def _dependency(error: Exception) -> AppError:
    if isinstance(error, ClientError) and not any(t in error.response["Error"]["Code"] for t in _THROTTLED):
        return AppError()
    return Unavailable()


def _answer(module: Module, route: Route, request: Request, path: dict[str, str], seen: dict[str, Caller]) -> Answer:
    if len(request.body) > _MAX_BODY:
        raise PayloadTooLarge
    caller = None if route.allow == "public" else gate.caller_of(request, fresh=route.method != "GET")
    _count(route, request, caller)
    if caller:
        seen["caller"] = caller
        gate.check_permission(caller, route.allow)
        if route.method != "GET" and route.rate != "auth":
            gate.check_writable(caller)
    request.if_match = _if_match(request)
    made = arguments(route, request, path, caller)
    school_id = caller.school_id if caller else PLATFORM_SCHOOL
    principal = caller.user_id if caller else request.ip
    key = Key.of(request, route, principal, school_id)
    start = partial(_unit, module, route, request, caller)
    if key and route.idempotent == "claim":
        return _claimed(key, start, partial(_decide, route, made, start, None))
    return _decide(route, made, start, key)


def _unit(module: Module, route: Route, request: Request, caller: Caller | None) -> UnitOfWork:
    actor = request.actor(caller.user_id, caller.role) if caller else request.actor()
    days = (caller.profile.settings or {}).get("retentionDays", 365) if caller and caller.profile else 365
    made = UnitOfWork(caller.school_id if caller else PLATFORM_SCHOOL, actor, module.name, retention_days=int(days))
    if caller and caller.school_id != caller.home_school_id:
        made.note("LOOK_INTO_SCHOOL", "School", caller.school_id, {"route": [None, route.name]})
    return made


def _decide(route: Route, made: dict[str, Any], start: Callable[[], UnitOfWork], key: Key | None) -> Answer:
    """Run the route and commit its unit; decide again, on fresh reads, while others overtake it."""
    until = time.monotonic() + _PATIENCE
    pause = 0.004
    while True:
        unit = start()
        bind_unit(unit)
        try:
            answer: Answer = route.call(**made)
            if key:
                key.keep(unit, answer)
            unit.commit()
        except RetryWrite:
            if time.monotonic() > until:
                raise Unavailable from None
            time.sleep(random.uniform(0, pause))  # noqa: S311 - jitter, not a secret
            pause = min(pause * 1.6, 0.1)
            if key and (kept := key.replay()):  # its twin was the one that was quicker
                unit.refused()
                return kept
        except (AppError, Replay) as error:
            unit.refused()
            kept = key.replay() if key else None
            if kept is None and isinstance(error, AppError):
                raise
            if kept:
                return kept
        else:
            return answer


def _claimed(key: Key, start: Callable[[], UnitOfWork], run: Callable[[], Answer]) -> Answer:
    claim = start()
    claim.changes.clear()
    try:
        key.claim(claim)
        claim.commit()
    except Replay:
        kept = key.replay()
        if kept is None:
            raise Unavailable from None
        return kept
    closing = start()
    closing.changes.clear()
    try:
        answer = run()
    except Exception:
        key.give_up(closing)
        closing.commit()
        raise
    key.settle(closing, answer)
    closing.commit()
    return answer


def _count(route: Route, request: Request, caller: Caller | None) -> None:
    limits = settings().rate_limits
    if limits is None or route.rate == "none":
        return
    own = (caller.profile.settings or {}).get("rateLimits", {}) if caller and caller.profile else {}
    limit = int(own.get(route.rate, limits[route.rate]))
    principal = f"user:{caller.user_id}" if caller else f"ip:{request.ip}"
    if caller is None and route.rate_by:
        rate_limit.take(principal, f"{route.rate}-address", limit * _ADDRESS_SHARE)
        principal = f"{principal} {route.rate_by(request) or '-'}"
    request.response_headers.update(rate_limit.take(principal, route.rate, limit))


def _if_match(request: Request) -> int | None:
    text = request.headers.get("if-match")
    if text is None or text.strip() == "*":
        return None
    digits = text.strip().removeprefix("W/").strip('"')
    if not digits.isdecimal() or len(digits) > 18:  # more digits than any version has
        raise ValidationFailed.of("If-Match", 'Send the version in quotes, as in "3"')
    return int(digits)


def _keep_looks(request: Request, caller: Caller) -> None:
    """Who looked at whom is kept after the answer is made; where it cannot be, the log says so."""
    try:
        views.keep(request, caller)
    except Exception:  # noqa: BLE001 - a look that cannot be kept does not take the answer away
        logger().exception("a look was not kept", extra={"request_id": request.id})


def _journal_refusal(module: Module, route: Route, request: Request, caller: Caller, error: AppError) -> None:
    """A refused action is audited too (rule G11); if even that cannot be written, the log says so."""
    unit = UnitOfWork(caller.school_id, request.actor(caller.user_id, caller.role), module.name)
    unit.note(f"REFUSED_{route.name.upper()}", "Refusal", caller.user_id, {"route": [None, f"{route.method} {route.path}"]})
    unit.fail(error.text)
    try:
        unit.commit()
    except Exception:  # noqa: BLE001 - the refusal itself must still be answered
        logger().exception("a refusal could not be journalled", extra={"request_id": request.id})

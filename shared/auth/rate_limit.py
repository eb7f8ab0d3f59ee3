"""Exact rate limits: a sliding window of one minute for each principal, one conditional write a request."""

import random
import struct
import time
from dataclasses import dataclass

from botocore.exceptions import ClientError

from shared import clock
from shared.data.connection import client
from shared.data.reader import blob
from shared.entities.ground import RateLog
from shared.errors import RateLimited, Unavailable
from shared.settings import settings

_WINDOW_MS = 60_000
_TRIES = 12
_CACHE_SIZE = 5_000


@dataclass(slots=True)
class _State:
    turn: int
    moments: list[int]  # epoch milliseconds, oldest first


_states: dict[str, _State] = {}


def forget() -> None:
    """Drop what this container remembers of principals."""
    _states.clear()


def _read(raw: dict[str, dict[str, str]]) -> _State:
    packed = blob(raw, "moments")
    return _State(int(raw["turn"]["N"]), list(struct.unpack(f">{len(packed) // 8}Q", packed)))


def _write(principal: str, kind: str, before: _State | None, after: _State) -> _State | None:
    """Put the new state over the one that is expected; the state that stands there instead, or None when it went well."""
    pk, sk = RateLog.key_of(principal=principal, limit_kind=kind)
    try:
        client("dynamodb").update_item(
            TableName=settings().table,
            Key={"pk": {"S": pk}, "sk": {"S": sk}},
            UpdateExpression="SET moments = :m, turn = :t, expiresAt = :e, #type = :k",
            ConditionExpression="turn = :b" if before else "attribute_not_exists(pk)",
            ExpressionAttributeNames={"#type": "type"},
            ExpressionAttributeValues={
                ":m": {"B": struct.pack(f">{len(after.moments)}Q", *after.moments)},
                ":t": {"N": str(after.turn)},
                ":e": {"N": str(clock.epoch() + 120)},
                ":k": {"S": "RateLog"},
                **({":b": {"N": str(before.turn)}} if before else {}),
            },
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        found = error.response.get("Item")
        return _read(found) if found else _State(0, [])
    return None


def take(principal: str, kind: str, limit: int) -> dict[str, str]:
    """Count one request of the principal, or raise RateLimited. Returns the RateLimit headers of the answer."""
    name = f"{principal} {kind}"
    state = _states.get(name)
    for attempt in range(_TRIES):
        now = int(time.time() * 1000)
        recent = [m for m in state.moments if m > now - _WINDOW_MS] if state else []
        if len(recent) >= limit:
            raise RateLimited(retry_after=-(-(recent[-limit] + _WINDOW_MS - now) // 1000) or 1)
        after = _State((state.turn if state else 0) + 1, [*recent, now])
        instead = _write(principal, kind, state if state and state.turn else None, after)
        if instead is None:
            if len(_states) > _CACHE_SIZE:
                _states.clear()
            _states[name] = after
            reset = -(-(after.moments[0] + _WINDOW_MS - now) // 1000)
            return {
                "RateLimit-Policy": f'"{kind}";q={limit};w=60',
                "RateLimit": f'"{kind}";r={limit - len(after.moments)};t={reset}',
            }
        state = instead
        if attempt:
            time.sleep(random.uniform(0, 0.01 * attempt))  # noqa: S311 - jitter, not a secret
    raise Unavailable

"""Works off the module's queues: what is next with a notification, and deliveries. Failed messages alone come back."""

from collections.abc import Callable
from typing import Any

import orjson

from functions.notifications import delivering, owed, planning
from functions.notifications.sending import InFlight
from shared.observability import logger

_RESERVE_MS = 15_000  # before its deadline a worker hands over; longer than a provider may take to answer

type Work = Callable[[dict[str, Any], Callable[[], bool]], None]


def _advance(message: dict[str, Any], _: Callable[[], bool]) -> None:
    planning.advance(message["school"], message["notice"])


_WORK: dict[str, Work] = {"advance": _advance, "chunk": delivering.deliver, "owed": owed.send_owed}


def _handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    failed = []
    for record in event["Records"]:
        message = orjson.loads(record["body"])
        try:
            _WORK[message["do"]](message, lambda: context.get_remaining_time_in_millis() < _RESERVE_MS)
        except InFlight:
            failed.append({"itemIdentifier": record["messageId"]})
        except Exception:  # noqa: BLE001 - one poisoned message must not hold up the others
            logger().exception("a notice was not worked off", extra={"school": message.get("school"), "do": message.get("do")})
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def notices(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """The worker of notifications that begin, whether asked for, scheduled or found by the sweep."""
    return _handler(event, context)


def deliveries(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """The worker of chunks and owed messages."""
    return _handler(event, context)

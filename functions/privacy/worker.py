"""Works off data exports and erasures in the background.

The lease says who has a request; each step is safe to repeat and notes how far it is. So a worker can be killed at any moment: the
message comes again, and the next one goes on.
"""

from collections.abc import Callable
from typing import Any

import orjson

from functions.privacy import running
from shared.observability import logger

_RESERVE_MS = 30_000  # before its deadline a worker hands over


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Work off each message; those that fail come again."""
    failed = []
    for record in event["Records"]:
        message = orjson.loads(record["body"])
        try:
            running.run(message["schoolId"], message["requestId"], _deadline(context))
        except Exception:  # noqa: BLE001 - one poisoned request must not hold up the others
            logger().exception("a request was not worked off", extra={"school": message["schoolId"], "request": message["requestId"]})
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def _deadline(context: Any) -> Callable[[], bool]:
    return lambda: context.get_remaining_time_in_millis() < _RESERVE_MS

"""Works off imports that go on in the background: checks, writes, undoes, and goes on where another stopped.

The lease says who has an import; the checkpoint moves in the transaction of each batch. So a worker can be killed at any
moment: the message comes again, and the next one starts behind the last batch that was committed.
"""

from collections.abc import Callable
from typing import Any

import orjson

from functions.imports import running
from shared.observability import logger

_RESERVE_MS = 20_000  # before its deadline a worker hands over


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Work off each message; those that fail come again."""
    failed = []
    for record in event["Records"]:
        message = orjson.loads(record["body"])
        try:
            running.run(message["schoolId"], message["importId"], _deadline(context))
        except Exception:  # noqa: BLE001 - one poisoned import must not hold up the others
            logger().exception("an import was not worked off", extra={"school": message["schoolId"], "import": message["importId"]})
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def _deadline(context: Any) -> Callable[[], bool]:
    return lambda: context.get_remaining_time_in_millis() < _RESERVE_MS

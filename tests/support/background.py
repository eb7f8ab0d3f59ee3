"""Works off the imports queue as Lambda would, in process."""

import json
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from functions.imports.worker import lambda_handler
from tests.support import client
from tests.support.storage import messages


class Context:
    """A Lambda context whose remaining time a test decides."""

    def __init__(self, remaining: Callable[[], int] = lambda: 300_000) -> None:
        self.get_remaining_time_in_millis = remaining


def event(*bodies: dict[str, Any]) -> dict[str, Any]:
    """An SQS event of these messages."""
    return {"Records": [{"messageId": str(n), "body": json.dumps(body)} for n, body in enumerate(bodies)]}


def work(context: Context | None = None, *, rounds: int = 50) -> int:
    """Work off what lies in the queue until nothing new comes; how many messages there were."""
    count = 0
    for _ in range(rounds):
        found = messages()
        if not found:
            return count
        count += len(found)
        for body in found:
            with client.GUARD.only(str(body["schoolId"])) if client.GUARD else nullcontext():
                answer = lambda_handler(event(body), context or Context())
            assert answer == {"batchItemFailures": []}, body
    raise AssertionError("the queue is never empty")

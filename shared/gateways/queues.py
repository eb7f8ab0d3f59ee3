"""Messages to a module's queues."""

from collections.abc import Iterable
from itertools import batched
from typing import Any

import orjson
from botocore.exceptions import BotoCoreError, ClientError

from shared.data.connection import client
from shared.errors import Unavailable
from shared.settings import queue_url

LONGEST_DELAY = 900  # seconds; SQS takes no more
_BATCH = 10  # messages that SQS takes at once
_ROUNDS = 4


class NotSent(Unavailable):
    """The queue did not take every message; some may be in it."""


def send(name: str, message: dict[str, Any], *, delay: int = 0) -> None:
    """Put a message into the queue, to be seen after `delay` seconds."""
    later = max(0, min(delay, LONGEST_DELAY))
    client("sqs").send_message(QueueUrl=queue_url(name), MessageBody=orjson.dumps(message).decode(), DelaySeconds=later)


def send_many(name: str, messages: Iterable[dict[str, Any]]) -> int:
    """Put messages into the queue, ten a call; how many. What SQS does not take of a call is sent again, a few times, then NotSent."""
    count = 0
    for chunk in batched(messages, _BATCH, strict=False):
        pending = [{"Id": str(i), "MessageBody": orjson.dumps(message).decode()} for i, message in enumerate(chunk)]
        for _ in range(_ROUNDS):
            try:
                answer = client("sqs").send_message_batch(QueueUrl=queue_url(name), Entries=pending)
            except (ClientError, BotoCoreError) as error:
                raise NotSent from error
            refused = {entry["Id"] for entry in answer.get("Failed", [])}
            pending = [entry for entry in pending if entry["Id"] in refused]
            if not pending:
                break
        else:
            raise NotSent
        count += len(chunk)
    return count

"""Messages to a module's own queues."""

from typing import Any

import orjson

from shared.data.connection import client
from shared.settings import queue_url

LONGEST_DELAY = 900  # seconds; SQS takes no more


def send(name: str, message: dict[str, Any], *, delay: int = 0) -> None:
    """Put a message into the queue, to be seen after `delay` seconds."""
    later = max(0, min(delay, LONGEST_DELAY))
    client("sqs").send_message(QueueUrl=queue_url(name), MessageBody=orjson.dumps(message).decode(), DelaySeconds=later)

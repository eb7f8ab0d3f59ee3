"""Works off one SQS queue: long polls, true SQS events, partial batch failures, a later try for what failed."""

import asyncio
import logging
import uuid
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.local.options import ACCOUNT, REGION
from infra.local.runtime.pool import EventTooLarge, Function, FunctionError, FunctionTimeout, WorkerPool
from shared.manifest import Queue

log = logging.getLogger("feed")
_POLL_S = 10
_ERROR_S = 1.0
_LATER_S = 5  # a failed message comes back after so many seconds for each time it was received; on AWS after its visibility timeout


def _attribute(told: dict[str, Any]) -> dict[str, Any]:
    return {name[0].lower() + name[1:]: value for name, value in told.items()}


def to_record(message: dict[str, Any], queue: str) -> dict[str, Any]:
    """A received message as Lambda's event has it."""
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {name: _attribute(told) for name, told in message.get("MessageAttributes", {}).items()},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}",
        "awsRegion": REGION,
    }


class QueueFeed:
    """Feeds one queue's handler."""

    def __init__(self, queue: Queue, url: str, sqs: Any, pool: WorkerPool, turns: asyncio.Semaphore) -> None:
        self._turns = turns  # as many as there are workers: who waits for one does not use up a message's tries
        self._queue = queue
        self._url = url
        self._sqs = sqs
        self._pool = pool
        self._function = Function(queue.name, queue.handler, queue.timeout, queue.memory)

    async def run(self) -> None:
        """Receive and work off, for ever."""
        while True:
            try:
                messages = await asyncio.to_thread(self._receive)
                if messages:
                    async with self._turns:
                        await self._work(messages)
            except (ClientError, BotoCoreError) as error:
                log.warning("queue %s cannot be read now: %s", self._queue.name, error)
                await asyncio.sleep(_ERROR_S)

    def _receive(self) -> list[dict[str, Any]]:
        told = self._sqs.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=min(self._queue.batch_size, 10),
            WaitTimeSeconds=_POLL_S,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        messages: list[dict[str, Any]] = told.get("Messages", [])
        return messages

    async def _work(self, messages: list[dict[str, Any]]) -> None:
        failed = await self._failed(messages)
        done = [m for m in messages if m["MessageId"] not in failed]
        if done:
            entries = [{"Id": str(i), "ReceiptHandle": m["ReceiptHandle"]} for i, m in enumerate(done)]
            await asyncio.to_thread(self._sqs.delete_message_batch, QueueUrl=self._url, Entries=entries)
        for message in messages:
            if message["MessageId"] in failed:
                await asyncio.to_thread(self._come_back, message)

    async def _failed(self, messages: list[dict[str, Any]]) -> set[str]:
        """The ids of the messages that are to come again."""
        event = {"Records": [to_record(message, self._queue.name) for message in messages]}
        everything = {str(message["MessageId"]) for message in messages}
        try:
            answer = await self._pool.invoke(self._function, event, str(uuid.uuid4()), wait=self._queue.timeout)
        except (FunctionError, FunctionTimeout, EventTooLarge) as error:
            log.warning("queue %s: %d messages failed: %s", self._queue.name, len(messages), error)
            return everything
        failures = (answer or {}).get("batchItemFailures") if isinstance(answer, dict) else None
        told = {str(item.get("itemIdentifier")) for item in failures or []}
        return told if everything.issuperset(told) else everything  # as Lambda: an unknown identifier fails the batch

    def _come_back(self, message: dict[str, Any]) -> None:
        received = int(message.get("Attributes", {}).get("ApproximateReceiveCount", 1))
        self._sqs.change_message_visibility(
            QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=_LATER_S * received
        )

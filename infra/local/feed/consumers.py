"""One journal consumer: its batches, retries, bisection, dead letters and its own place in the stream."""

import asyncio
import json
import logging
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local.feed.state import StateFile
from infra.local.runtime.pool import EventTooLarge, Function, FunctionError, FunctionTimeout, WorkerPool
from shared.manifest import Consumer

log = logging.getLogger("feed")
BATCH_SIZE = 100
RETRIES = 5  # as the deployed event source
_BACKOFF_S = 0.2
_LONGEST_BACKOFF_S = 5.0
_WAITING_CHUNKS = 20

Record = dict[str, Any]
DeadLetter = Callable[[str, str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Records of one shard up to a sequence number, whether or not they are this consumer's."""

    shard: str
    records: list[Record]
    up_to: str


def is_entry(record: Record, kinds: tuple[str, ...]) -> bool:
    """Whether a stream record is a journal entry that was put, of one of the kinds (none named: of any)."""
    image = record["dynamodb"].get("NewImage", {})
    if record["eventName"] != "INSERT" or image.get("type", {}).get("S") != "Journal":
        return False
    return not kinds or image.get("kind", {}).get("S") in kinds


def sequence(record: Record) -> str:
    """A record's place in its shard."""
    return str(record["dynamodb"]["SequenceNumber"])


class ConsumerFeed:
    """Feeds one consumer in the stream's order, at least once."""

    def __init__(
        self, consumer: Consumer, pool: WorkerPool, state_dir: Path, dead_letter: DeadLetter, batch_size: int = BATCH_SIZE
    ) -> None:
        self.consumer = consumer
        self._function = Function(consumer.name, consumer.handler, consumer.timeout, consumer.memory)
        self._pool = pool
        self._place = StateFile(state_dir / f"{consumer.name}.json")
        self._dead_letter = dead_letter
        self._batch_size = batch_size
        self._chunks: asyncio.Queue[Chunk] = asyncio.Queue(_WAITING_CHUNKS)

    def place(self, shard: str) -> str | None:
        """The last sequence number of a shard that is done."""
        done: str | None = self._place.data.get(shard)
        return done

    async def offer(self, chunk: Chunk) -> None:
        """Take a chunk; wait when too many are not done yet."""
        await self._chunks.put(chunk)

    async def run(self) -> None:
        """Work off what is offered."""
        while True:
            chunk = await self._chunks.get()
            done = int(self.place(chunk.shard) or -1)
            mine = [r for r in chunk.records if int(sequence(r)) > done and is_entry(r, self.consumer.kinds)]
            for start in range(0, len(mine), self._batch_size):
                batch = mine[start : start + self._batch_size]
                await self.work(chunk.shard, batch)
                self._done(chunk.shard, sequence(batch[-1]))
            if int(chunk.up_to) > done:
                self._done(chunk.shard, chunk.up_to)

    def _done(self, shard: str, up_to: str) -> None:
        self._place.data[shard] = up_to
        self._place.save()

    async def work(self, shard: str, batch: list[Record], failures: int = 0) -> None:
        """Have a batch done: what fails is tried again alone, then put aside."""
        while batch:
            rest = await self._invoke(batch)
            if rest is None:
                return
            if len(rest) < len(batch):
                batch, failures = rest, 0  # it got on: the count begins anew for what is left
            failures += 1
            if failures > RETRIES and len(batch) == 1:
                await self._put_aside(shard, batch)
                return
            await asyncio.sleep(min(_BACKOFF_S * 2**failures, _LONGEST_BACKOFF_S))
            if len(batch) > 1 and failures > 1:  # bisect, until the bad record is alone
                half = max(len(batch) // 2, 1)
                await self.work(shard, batch[:half], failures - 1)
                batch, failures = batch[half:], 0

    async def _invoke(self, batch: list[Record]) -> list[Record] | None:
        """What is left to do of a batch after one call; None when all is done."""
        try:
            answer = await self._pool.invoke(self._function, {"Records": batch}, str(uuid.uuid4()), wait=3600)
        except (FunctionError, FunctionTimeout, EventTooLarge) as error:
            log.warning("%s: a batch of %d failed: %s", self.consumer.name, len(batch), error)
            return batch
        failed = {str(item.get("itemIdentifier")) for item in (answer or {}).get("batchItemFailures") or []}
        if not failed:
            return None
        log.warning("%s: %d of %d records failed", self.consumer.name, len(failed), len(batch))
        first = next((i for i, record in enumerate(batch) if sequence(record) in failed), 0)
        return batch[first:]  # as Lambda: the stream goes on from the first failure

    async def _put_aside(self, shard: str, batch: list[Record]) -> None:
        log.warning("%s: a record could not be done in %d tries and lies in the dead-letter queue", self.consumer.name, RETRIES + 1)
        told = {
            "requestContext": {
                "functionArn": self.consumer.name,
                "condition": "RetryAttemptsExhausted",
                "approximateInvokeCount": RETRIES + 1,
            },
            "DDBStreamBatchInfo": {
                "shardId": shard,
                "startSequenceNumber": sequence(batch[0]),
                "endSequenceNumber": sequence(batch[-1]),
                "batchSize": len(batch),
                "streamArn": batch[0]["eventSourceARN"],
            },
            "payload": {"Records": batch},
        }
        await self._dead_letter(self.consumer.name, json.dumps(told))

"""Reads the table's stream, shard by shard, parents before children, and offers what it reads to every consumer."""

import asyncio
import base64
import logging
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.local.feed.consumers import Chunk, ConsumerFeed, sequence
from infra.local.options import REGION

log = logging.getLogger("feed")
_IDLE_S = 0.25
_LOOK_FOR_SHARDS_S = 5.0
_ERROR_S = 1.0
_READ = 500


def _plain(value: Any) -> Any:
    """A stream record's value as Lambda's JSON has it."""
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, (list, set)):
        return [_plain(part) for part in value]
    return value


class StreamReader:
    """Follows one stream for all consumers at once."""

    def __init__(self, streams: Any, arn: str, consumers: list[ConsumerFeed]) -> None:
        self._streams = streams
        self._arn = arn
        self._consumers = consumers
        self._readers: dict[str, asyncio.Task[None]] = {}
        self._ended: set[str] = set()

    async def run(self) -> None:
        """Read every shard, and look for new ones now and then."""
        while True:
            try:
                shards = await asyncio.to_thread(self._shards)
            except (ClientError, BotoCoreError) as error:
                log.warning("the stream cannot be read now: %s", error)
                shards = []
            known = {shard["ShardId"] for shard in shards}
            for shard in shards:
                name, parent = shard["ShardId"], shard.get("ParentShardId")
                if name not in self._readers and (parent not in known or parent in self._ended):
                    self._readers[name] = asyncio.create_task(self._read_shard(name))
            await asyncio.sleep(_LOOK_FOR_SHARDS_S if self._readers else _ERROR_S)

    def _shards(self) -> list[dict[str, Any]]:
        shards: list[dict[str, Any]] = []
        more: dict[str, Any] = {}
        while True:
            told = self._streams.describe_stream(StreamArn=self._arn, **more)["StreamDescription"]
            shards += told["Shards"]
            if "LastEvaluatedShardId" not in told:
                return shards
            more = {"ExclusiveStartShardId": told["LastEvaluatedShardId"]}

    def _iterator(self, shard: str, after: str | None) -> str:
        where = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": after} if after else {"ShardIteratorType": "TRIM_HORIZON"}
        try:
            iterator: str = self._streams.get_shard_iterator(StreamArn=self._arn, ShardId=shard, **where)["ShardIterator"]
        except self._streams.exceptions.TrimmedDataAccessException:
            iterator = self._streams.get_shard_iterator(StreamArn=self._arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")[
                "ShardIterator"
            ]
        return iterator

    def _place(self, shard: str) -> str | None:
        """Where the consumer stands that is furthest behind."""
        places = [consumer.place(shard) for consumer in self._consumers]
        return None if None in places else min((p for p in places if p), key=int, default=None)

    async def _read_shard(self, shard: str) -> None:
        after = self._place(shard)
        iterator: str | None = None
        while True:
            try:
                iterator = iterator or await asyncio.to_thread(self._iterator, shard, after)
                told = await asyncio.to_thread(self._streams.get_records, ShardIterator=iterator, Limit=_READ)
            except (ClientError, BotoCoreError) as error:
                log.warning("shard %s cannot be read now: %s", shard, error)
                iterator = None
                await asyncio.sleep(_ERROR_S)
                continue
            records = [{**_plain(record), "eventSourceARN": self._arn, "awsRegion": REGION} for record in told["Records"]]
            if records:
                after = sequence(records[-1])
                for consumer in self._consumers:
                    await consumer.offer(Chunk(shard, records, after))
            iterator = told.get("NextShardIterator")
            if iterator is None:
                self._ended.add(shard)
                return
            if not records:
                await asyncio.sleep(_IDLE_S)

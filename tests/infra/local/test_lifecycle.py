"""Starting, stopping, being killed, and starting again on the same data."""

import concurrent.futures
import contextlib
import json
import os
import signal
import socket
import threading
import time
from pathlib import Path

import boto3
import httpx
import pytest

from infra.local.options import StartError
from infra.local.stack import LocalStack
from tests.infra.local.conftest import MODULES, wait_for

pytestmark = pytest.mark.slow


def stack_on(data: Path, **options: object) -> LocalStack:
    return LocalStack(data, python_path=(MODULES,), **options)  # type: ignore[arg-type]  # the options of a test


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def descendants(pid: int) -> set[int]:
    children: set[int] = set()
    for task in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if int((task / "stat").read_text().rpartition(")")[2].split()[1]) == pid:
                children |= {int(task.name)} | descendants(int(task.name))
    return children


def family_of(stack: LocalStack) -> set[int]:
    """Every process of the stack."""
    assert stack._process
    return {stack._process.pid} | descendants(stack._process.pid)


def items(stack: LocalStack, school: str) -> set[str]:
    env = stack.environment
    table = boto3.client(
        "dynamodb",
        region_name=env["AWS_REGION"],
        endpoint_url=env["AWS_ENDPOINT_URL_DYNAMODB"],
        aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
    )
    pages = table.get_paginator("query").paginate(
        TableName=env["TABLE_NAME"],
        ConsistentRead=True,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": f"SCHOOL#{school}"}},
    )
    return {item["sk"]["S"] for page in pages for item in page["Items"]}


class Writer:
    """Writes over HTTP from several threads, and knows what was acknowledged."""

    def __init__(self, url: str, school: str, round_: int) -> None:
        self.acknowledged: set[str] = set()
        self._url, self._school, self._round = url, school, round_
        self._stop = threading.Event()
        self._pool = concurrent.futures.ThreadPoolExecutor(4)
        for thread in range(4):
            self._pool.submit(self._write, thread)

    def _write(self, thread: int) -> None:
        with httpx.Client(base_url=self._url) as http:
            for number in range(10_000):
                name = f"{self._round}-{thread}-{number}"
                try:
                    answer = http.post("/api/echo/write", json={"school": self._school, "id": name})
                except httpx.HTTPError:
                    return
                if answer.status_code == 200:
                    self.acknowledged.add(name)
                if self._stop.is_set():
                    return

    def finish(self) -> set[str]:
        self._stop.set()
        self._pool.shutdown()
        return self.acknowledged


def test_nothing_acknowledged_is_lost_by_sigkill_under_load_and_every_entry_is_consumed(tmp_path: Path) -> None:
    kills = int(os.environ.get("HOMEROOM_KILLS", "2"))
    stack = stack_on(tmp_path).start()
    acknowledged: set[str] = set()
    try:
        for round_ in range(kills):
            writer = Writer(stack.url, "load", round_)
            wait_for(lambda writer=writer, enough=40 + 17 * round_: len(writer.acknowledged) > enough)
            family = family_of(stack)
            stack.kill()
            acknowledged |= writer.finish()
            wait_for(lambda family=family: not [pid for pid in family if alive(pid)], 5)
            stack.start()
            assert stack.seconds < 15
            kept = items(stack, "load")
            assert {f"THING#{name}" for name in acknowledged} <= kept
            things, entries = ({k.partition("#")[2] for k in kept if k.startswith(kind)} for kind in ("THING#", "JOURNAL#"))
            assert things == entries  # nothing is half there

        def consumed() -> bool:
            lines = (tmp_path / "consumed.seen").read_text().splitlines()
            return entries <= {json.loads(line)["sk"].removeprefix("JOURNAL#") for line in lines}

        wait_for(consumed, 60)
    finally:
        stack.kill()


def test_a_second_start_finds_the_first_ones_data_and_password(tmp_path: Path) -> None:
    with stack_on(tmp_path, super_admin_password="First-1-password") as stack:
        httpx.post(f"{stack.url}/api/echo/mail")
        httpx.post(f"{stack.url}/api/echo/write", json={"school": "kept", "id": "1"})
        pool = stack.environment["USER_POOL_ID"]
    with stack_on(tmp_path, super_admin_password="") as again:
        assert again.seconds < 15
        assert items(again, "kept") == {"THING#1", "JOURNAL#1"}
        assert len(httpx.get(f"{again.url}/_local/messages").json()) == 2
        assert again.environment["USER_POOL_ID"] == pool
        assert "First-1-password" in again.output


def test_ctrl_c_stops_every_process_within_seconds(tmp_path: Path) -> None:
    stack = stack_on(tmp_path).start()
    family = family_of(stack)
    began = time.monotonic()
    assert stack._process
    os.killpg(stack._process.pid, signal.SIGINT)  # a terminal sends it to the whole group
    assert stack.wait(10) == 0
    assert time.monotonic() - began < 8
    assert "Stopped." in stack.output
    assert "Traceback" not in stack.output
    assert not [pid for pid in family if alive(pid)]
    for log in (tmp_path / "logs").glob("*.log"):
        assert "Traceback" not in log.read_text(), log


def test_the_parts_end_by_themselves_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    stack = stack_on(tmp_path, port=0).start()
    family = family_of(stack)
    stack.kill_supervisor()
    wait_for(lambda: not [pid for pid in family if alive(pid)], 8)
    with stack_on(tmp_path) as again:
        assert httpx.get(f"{again.url}/api/echo").status_code == 200


@pytest.mark.parametrize("part", ["dynamodb", "ministack", "api", "feed"])
def test_a_lost_part_is_one_line_and_everything_stops(tmp_path: Path, part: str) -> None:
    stack = stack_on(tmp_path).start()
    family = family_of(stack)
    os.kill(stack.pid(part), signal.SIGKILL)
    assert stack.wait(15) == 1
    last = stack.output.strip().splitlines()[-1]
    assert last.startswith(f"Homeroom: {part} ended with code")
    assert not [pid for pid in family if alive(pid)]


def test_two_stacks_on_one_folder_or_port_are_refused_in_one_line(tmp_path: Path) -> None:
    with stack_on(tmp_path / "one") as first:
        with pytest.raises(StartError, match=r"DATA_DIR: .* is in use by another stack") as refused:
            stack_on(tmp_path / "one").start()
        assert refused.value.code == 1
        port = int(first.url.rpartition(":")[2])
        with pytest.raises(StartError, match=f"PORT: {port} cannot be taken on 127.0.0.1: Address already in use"):
            stack_on(tmp_path / "two", port=port).start()


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("RATE_LIMITS", "auth=0", "RATE_LIMITS: 'auth=0' is not one of"),
        ("MFA_REQUIRED_ROLES", "BOSS", "MFA_REQUIRED_ROLES: BOSS is none of"),
        ("PORT", "http", "PORT: 'http' is not a whole number from 0 to 65535"),
        ("DATA_DIR", "/proc/nowhere", "DATA_DIR: /proc/nowhere cannot be written"),
        ("DEMO", "yes", "DEMO: 'yes' is neither 0 nor 1"),
        ("SUPER_ADMIN_EMAIL", "nobody", "SUPER_ADMIN_EMAIL: 'nobody' is not an e-mail address"),
        ("WORKERS", "0", "WORKERS: '0' is not a whole number from 1 to 32"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_line_that_names_it(tmp_path: Path, name: str, value: str, line: str) -> None:
    stack = stack_on(tmp_path)
    stack._settings[name] = value
    with pytest.raises(StartError) as refused:
        stack.start()
    assert refused.value.code == 2
    assert len(str(refused.value).splitlines()) == 1
    assert line in str(refused.value)


def test_an_engine_that_cannot_be_had_is_one_line(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{closed.getsockname()[1]}/"
    stack = stack_on(tmp_path)
    stack._settings |= {"CACHE_DIR": str(tmp_path / "cache"), "npm_config_registry": nowhere, "npm_config_fetch_retries": "0"}
    with pytest.raises(StartError) as refused:
        stack.start()
    assert refused.value.code == 1
    assert "DynamoDB Local could not be fetched: npm pack amplify-dynamodb-simulator@2.9.30" in str(refused.value).splitlines()[-1]

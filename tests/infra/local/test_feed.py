"""The journal, the queues and the schedules reach their handlers: true events, partial failures, dead letters."""

import json
from typing import Any

import boto3
import httpx
import pytest

from infra.local.stack import LocalStack
from tests.infra.local.conftest import wait_for

pytestmark = pytest.mark.slow


def seen(stack: LocalStack, kind: str) -> list[Any]:
    path = stack.data_dir / f"{kind}.seen"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def client(stack: LocalStack, service: str) -> Any:
    env = stack.environment
    return boto3.client(
        service,
        region_name=env["AWS_REGION"],
        endpoint_url=env["AWS_ENDPOINT_URL"],
        aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
    )


def dead_letters(stack: LocalStack, name: str) -> list[str]:
    sqs = client(stack, "sqs")
    url = sqs.get_queue_url(QueueName=f"{name}-dead")["QueueUrl"]
    return [message["Body"] for message in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=0).get("Messages", [])]


def test_journal_entries_of_the_named_kinds_reach_the_consumer_in_order(stack: LocalStack, http: httpx.Client) -> None:
    for number in range(12):
        assert http.post("/api/echo/write", json={"school": "order", "id": f"o{number:02}"}).status_code == 200
    http.post("/api/echo/write", json={"school": "order", "id": "other", "kind": "else.where"})
    http.post("/api/echo/write", json={"school": "order", "id": "o99"})
    wait_for(lambda: any(s["sk"] == "JOURNAL#o99" for s in seen(stack, "consumed")))
    got = [s["sk"] for s in seen(stack, "consumed") if s["sk"].startswith("JOURNAL#o")]
    assert got == [f"JOURNAL#o{n:02}" for n in (*range(12), 99)]
    assert all(":table/homeroom/stream/" in s["arn"] for s in seen(stack, "consumed"))


def test_a_poisoned_entry_lies_in_the_dead_letters_and_the_others_are_done_once(stack: LocalStack, http: httpx.Client) -> None:
    for name in ("p1", "p2", "poison", "p3", "p4"):
        http.post("/api/echo/write", json={"school": "poisoned", "id": name})
    wait_for(lambda: any(s["sk"] == "JOURNAL#p4" for s in seen(stack, "consumed")), 40)
    got = [s["sk"] for s in seen(stack, "consumed") if s["sk"].startswith("JOURNAL#p")]
    assert got == ["JOURNAL#p1", "JOURNAL#p2", "JOURNAL#p3", "JOURNAL#p4"]
    (letter,) = dead_letters(stack, "echo-entries")
    told = json.loads(letter)
    assert told["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert told["payload"]["Records"][0]["dynamodb"]["NewImage"]["pk"] == {"S": "SCHOOL#poisoned"}


def test_a_failed_message_alone_comes_again_and_ends_in_the_dead_letters(stack: LocalStack, http: httpx.Client) -> None:
    for body in ("good", "bad", "fine"):
        http.post("/api/echo/enqueue", content=body, headers={"Content-Type": "text/plain"})
    wait_for(lambda: [j["body"] for j in seen(stack, "jobs")].count("bad") == 2, 30)
    letters: list[str] = []

    def buried() -> bool:
        letters.extend(dead_letters(stack, "echo-jobs"))
        return bool(letters)

    wait_for(buried, 30)
    assert letters == ["bad"]
    bodies = [job["body"] for job in seen(stack, "jobs")]
    assert sorted(bodies) == ["bad", "bad", "fine", "good"]


def test_a_schedule_fires_by_the_applications_clock_once(stack: LocalStack, http: httpx.Client) -> None:
    def fired() -> list[Any]:
        return [n for n in seen(stack, "nightly") if n["now"].startswith("2031")]

    http.post("/_local/clock", json={"now": "2031-03-01T01:59:50Z"})
    try:
        wait_for(lambda: len(fired()) >= 1, 30)
        assert fired()[0]["event"] == {"schedule": "echo-nightly"}
    finally:
        http.post("/_local/clock", json={"reset": True})

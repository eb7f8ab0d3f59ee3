"""Notices over HTTP on the local stack: scheduled and fired, sent by e-mail once though the whole stack is killed, told what became of them."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.local.stack import LocalStack

_PASSWORD = "Notice-school-2026"
_PATIENCE = 180
_PARENTS = 24
START = datetime.now(UTC)


@contextmanager
def _client(stack: LocalStack, email: str, password: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stack.url, timeout=60) as http:
        told = http.post("/api/auth/login", json={"email": email, "password": password}).raise_for_status().json()["data"]
        http.headers["authorization"] = f"Bearer {told['accessToken']}"
        yield http


def _school(stack: LocalStack) -> None:
    """A school with an admin and some parents, one of whom has an address that bounces."""
    with _client(stack, *stack.super_admin) as operator:
        school = {
            "name": "Notice School", "address": "1 Street", "phone": "+912222222222", "email": "office@notice.example", "establishedYear": 1990,
            "principalName": "N. Otice", "subscriptionTier": "PREMIUM", "timezone": "Asia/Kolkata", "currency": "INR", "country": "IN",
            "locale": "en-IN", "settings": {"messages": {"quietHours": {"start": "00:00", "end": "00:00"}}}, "academicYear": {"name": "2026-2027", "start": "2026-04-01", "end": "2027-03-31"},
            "admin": {"firstName": "First", "lastName": "Admin", "email": "first@notice.example"},
        }  # fmt: skip
        made = operator.post("/api/schools", json=school).raise_for_status().json()["data"]
        operator.headers["x-school-id"] = (made.get("school") or made)["id"]
        person = {"firstName": "A", "lastName": "B", "password": _PASSWORD, "mustChangePassword": False}
        operator.post("/api/users", json={**person, "email": "admin@notice.example", "role": "SCHOOL_ADMIN"}).raise_for_status()
        for n in range(_PARENTS):
            email = "bounce@notice.example" if n == 0 else f"parent{n}@notice.example"
            operator.post("/api/users", json={**person, "email": email, "role": "STUDENT_PARENT"}).raise_for_status()


def _move_clock(stack: LocalStack, minutes: int) -> None:
    """Move the application's clock ahead of the time at which the test began."""
    now = (START + timedelta(minutes=minutes)).isoformat()
    httpx.post(f"{stack.url}/_local/clock", json={"now": now}).raise_for_status()


def _until(ask: Callable[[], Any], done: Callable[[Any], bool]) -> Any:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        found = ask()
        if done(found):
            return found
        time.sleep(0.3)
    raise AssertionError(f"not done after {_PATIENCE} s: {found}")


def _mails(stack: LocalStack, subject: str) -> Counter[str]:
    lines = [json.loads(line) for path in stack.data_dir.rglob("outbox.jsonl") for line in path.read_bytes().splitlines()]
    return Counter(line["to"][0] for line in lines if line["subject"] == subject)


def _notice(http: httpx.Client, title: str, **fields: Any) -> str:
    users = [u["id"] for u in http.get("/api/users", params={"pageSize": 100, "role": "STUDENT_PARENT"}).json()["data"]]
    body = {"title": title, "content": "Because of the storm.", "targetUserIds": users, **fields}
    made: str = http.post("/api/notifications", json=body).raise_for_status().json()["data"]["id"]
    return made


def _look(http: httpx.Client, notice_id: str) -> Any:
    return http.get(f"/api/notifications/{notice_id}").raise_for_status().json()["data"]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_n1_n2_a_notice_is_sent_once_to_each_on_the_stack_scheduled_or_killed_midway(tmp_path: Path):
    with LocalStack(tmp_path / "data", workers=2) as stack:
        _school(stack)
        with _client(stack, "admin@notice.example", _PASSWORD) as http:
            scheduled = _notice(http, "Scheduled", scheduledDate=(START + timedelta(minutes=20)).isoformat())
            assert _look(http, scheduled)["status"] == "SCHEDULED"
            time.sleep(3)
            _move_clock(stack, 20)
            told = _until(lambda: _look(http, scheduled), lambda n: n["status"] == "SENT" and n["counts"]["channels"]["EMAIL"]["failed"])
            assert set(_mails(stack, "Scheduled").values()) == {1}
            assert len(_mails(stack, "Scheduled")) == told["people"] == _PARENTS
            counts = _until(lambda: _look(http, scheduled)["counts"]["channels"], lambda c: c["EMAIL"]["delivered"] == _PARENTS - 1)
            assert counts["EMAIL"] == {"sent": _PARENTS, "delivered": _PARENTS - 1, "failed": 1, "read": 0}
            killed = _notice(http, "Killed midway")
            http.post(f"/api/notifications/{killed}/send", json={}).raise_for_status()
            _until(lambda: _mails(stack, "Killed midway"), lambda found: len(found) >= 4)
        stack.kill()
        stack.restart()
        assert len(_mails(stack, "Killed midway")) < _PARENTS, "the kill must come midway"
        time.sleep(5)  # what SES had to tell before comes in
        _move_clock(stack, 50)
        with _client(stack, "admin@notice.example", _PASSWORD) as http:
            _until(lambda: _look(http, killed)["status"], lambda status: status == "SENT")
        assert _mails(stack, "Killed midway").keys() == _mails(stack, "Scheduled").keys()
        assert set(_mails(stack, "Killed midway").values()) == {1}
        with _client(stack, "parent1@notice.example", _PASSWORD) as parent:
            titles = [row["title"] for row in parent.get("/api/notifications").json()["data"]]
            assert titles == ["Killed midway", "Scheduled"]

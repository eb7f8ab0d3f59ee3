"""One-time schedules and what becomes of messages, on the running stack."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.local.stack import LocalStack
from tests.infra.local.conftest import MODULES, wait_for

pytestmark = pytest.mark.slow


def seen(stack: LocalStack, kind: str) -> list[Any]:
    path = stack.data_dir / f"{kind}.seen"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def said(stack: LocalStack) -> list[str]:
    return [line["body"]["said"] for line in seen(stack, "later")]


def later(http: httpx.Client, name: str, at: str, words: str) -> None:
    assert http.post("/api/echo/later", json={"name": name, "at": at, "said": words}).status_code == 200


def test_n2_a_one_time_schedule_fires_once_at_the_applications_time(stack: LocalStack, http: httpx.Client) -> None:
    later(http, "n-1", "2030-05-01T08:00:00+00:00", "first")
    later(http, "n-1", "2030-05-01T09:00:00+00:00", "changed")
    later(http, "n-2", "2030-05-01T08:00:00+00:00", "removed")
    assert http.post("/api/echo/never", json={"name": "n-2"}).json() is True
    assert http.post("/api/echo/never", json={"name": "n-2"}).json() is False
    try:
        http.post("/_local/clock", json={"now": "2030-05-01T08:30:00Z"})
        later(http, "n-3", "2030-05-01T08:00:00+00:00", "past already")
        http.post("/_local/clock", json={"now": "2030-05-01T08:59:50Z"})
        wait_for(lambda: "changed" in said(stack), 40)
        assert sorted(said(stack)) == ["changed", "past already"]
        moment = next(line["now"] for line in seen(stack, "later") if line["body"]["said"] == "changed")
        assert moment >= "2030-05-01T09:00:00"
        assert http.post("/api/echo/never", json={"name": "n-1"}).json() is False
    finally:
        http.post("/_local/clock", json={"reset": True})


def test_what_became_of_each_message_is_told(stack: LocalStack, http: httpx.Client) -> None:
    to = ["ada@school.example", "bounce@school.example", "complaint@school.example", "x@bounce.example", "reject@school.example"]
    http.post("/api/echo/tell", json={"to": to, "phones": ["+4915112345678", "+4915112340000"]})
    wait_for(lambda: len(seen(stack, "told")) >= 11 and len(seen(stack, "texts")) >= 2, 40)
    fates: dict[str, list[str]] = {}
    for event in seen(stack, "told"):
        assert event["mail"]["tags"]["school"] == ["s1"]
        fates.setdefault(event["mail"]["destination"][0], []).append(event["eventType"])
    assert {address: sorted(events) for address, events in fates.items()} == {
        "ada@school.example": ["Delivery", "Send"],
        "bounce@school.example": ["Bounce", "Send"],
        "complaint@school.example": ["Complaint", "Delivery", "Send"],
        "x@bounce.example": ["Bounce", "Send"],
        "reject@school.example": ["Reject", "Send"],
    }
    texts = {line["delivery"]["destination"]: (line["status"], line["group"].rpartition("/")[2]) for line in seen(stack, "texts")}
    assert texts == {"+4915112345678": ("SUCCESS", "DirectPublishToPhoneNumber"), "+4915112340000": ("FAILURE", "Failure")}


def test_n2_a_schedule_outlives_a_kill_and_fires_when_it_came_due_meanwhile(tmp_path: Path) -> None:
    with LocalStack(tmp_path, python_path=(MODULES,), workers=1) as stack:
        with httpx.Client(base_url=stack.url, timeout=20) as http:
            later(http, "kept", "2031-01-01T00:00:00+00:00", "kept")
            http.post("/_local/clock", json={"now": "2030-12-31T23:59:58Z"})
        stack.kill()
        stack.restart()
        wait_for(lambda: "kept" in said(stack), 60)
        stack.kill()
        stack.restart()
        with httpx.Client(base_url=stack.url, timeout=20) as http:
            assert http.post("/api/echo/never", json={"name": "kept"}).json() is False
        assert said(stack).count("kept") in {1, 2}  # once more where the kill came between the queue and the schedule

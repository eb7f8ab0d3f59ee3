"""The clock of daily jobs, on DynamoDB Local: asks for each run in its school's own time, and costs little."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import orjson
import pytest

from functions.jobs import tick as clock_of_jobs
from functions.jobs.tick import NotAsked, tick
from shared import job_list, lists
from shared.data import list_model
from shared.data.connection import client
from shared.entities.tenancy import SchoolListing
from shared.gateways import queues
from shared.ids import new_id
from shared.lists import SCHOOLS
from shared.names import PLATFORM_SCHOOL
from shared.settings import settings
from tests.api.jobs.conftest import JOBS, Asked, at
from tests.support.world import make_school

TEN = timedelta(minutes=10)


def look_until(now: Any, end: Any) -> None:
    while now <= end:
        tick(now)
        now += TEN


@contextmanager
def units() -> Iterator[dict[str, float]]:
    """Read and write units of what is asked of the table inside the block."""
    spent = {"read": 0.0, "write": 0.0}

    def want(params: dict[str, Any], **_: Any) -> None:
        params["ReturnConsumedCapacity"] = "TOTAL"

    def count(parsed: dict[str, Any], model: Any, **_: Any) -> None:
        kind = "write" if model.name in {"UpdateItem", "PutItem"} else "read"
        consumed = parsed["ConsumedCapacity"]  # of a batch a list, one for each table
        spent[kind] += sum(float(one["CapacityUnits"]) for one in (consumed if isinstance(consumed, list) else [consumed]))

    events = client("dynamodb").meta.events
    events.register("provide-client-params.dynamodb", want)
    events.register("after-call.dynamodb", count)
    try:
        yield spent
    finally:
        events.unregister("provide-client-params.dynamodb", want)
        events.unregister("after-call.dynamodb", count)


def test_f7_each_school_is_asked_for_in_its_own_time(asked: Asked) -> None:
    at("2026-11-22T00:00:00")
    pune, honolulu = make_school(), make_school(timezone="Pacific/Honolulu")
    now = at("2026-11-24T00:00:00")
    tick(now)
    asked.take()
    look_until(now, at("2026-11-24T23:50:00"))
    assert asked.of(pune.id) == [("absence-messages", "2026-11-24"), ("fees-night", "2026-11-25"), ("orphaned-files", "2026-11-25")]
    assert asked.of(honolulu.id) == [("absence-messages", "2026-11-23"), ("fees-night", "2026-11-24"), ("orphaned-files", "2026-11-24")]
    assert {queue for queue, _ in asked.messages} == {"fees-jobs", "attendance-jobs", "jobs-jobs"}


def test_31_december_is_the_schools_own_date_everywhere(asked: Asked) -> None:
    at("2026-12-29T00:00:00")
    zones = {zone: make_school(timezone=zone).id for zone in ("Asia/Kolkata", "Pacific/Honolulu", "Pacific/Kiritimati")}
    now = at("2026-12-31T00:00:00")
    tick(now)
    asked.take()
    look_until(now, at("2026-12-31T23:50:00"))
    nights = {zone: [day for job, day in asked.of(school) if job == "fees-night"] for zone, school in zones.items()}
    assert nights == {"Asia/Kolkata": ["2027-01-01"], "Pacific/Honolulu": ["2026-12-31"], "Pacific/Kiritimati": ["2027-01-01"]}


def test_a_clock_that_fires_twice_or_late_asks_at_most_once_more(asked: Asked) -> None:
    at("2026-11-22T00:00:00")
    school = make_school()
    tick(at("2026-11-24T20:20:00"))
    asked.take()
    tick(at("2026-11-24T20:35:00"))
    tick(at("2026-11-24T20:35:00"))
    assert asked.of(school.id) == [("fees-night", "2026-11-25")]


def test_days_without_a_clock_are_told_and_run_for_today_alone(asked: Asked) -> None:
    at("2026-11-20T00:00:00")
    school = make_school()
    tick(at("2026-11-20T12:00:00"))
    asked.take()
    told = tick(at("2026-11-24T04:00:00"))
    assert asked.of(school.id) == [("fees-night", "2026-11-24"), ("orphaned-files", "2026-11-24")]
    assert told["missed"]["fees-night"] >= 3


def test_a_school_that_was_made_or_moved_today_is_asked_for_from_the_beginning_of_its_day(asked: Asked) -> None:
    tick(at("2026-11-24T10:00:00"))
    asked.take()
    at("2026-11-24T10:05:00")
    school = make_school()
    lists.SCHOOLS.forget()  # make_school writes no journal entry of the list
    tick(at("2026-11-24T10:10:00"))
    assert asked.of(school.id) == [("fees-night", "2026-11-24"), ("orphaned-files", "2026-11-24")]
    asked.take()
    tick(at("2026-11-24T10:20:00"))
    assert asked.of(school.id) == []


def test_jobs_that_a_deployment_adds_are_asked_for_on_the_same_day(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    at("2026-11-24T00:00:00")
    school = make_school()
    tick(at("2026-11-24T10:00:00"))
    asked.take()
    monkeypatch.setenv(job_list.VARIABLE, orjson.dumps([*JOBS, ["new-night", "New", "fees", "01:00", 0, 0]]).decode())
    tick(at("2026-11-24T10:10:00"))
    assert ("new-night", "2026-11-24") in asked.of(school.id)


def test_a7_of_a_read_only_school_only_what_goes_on_there_is_asked_for(asked: Asked) -> None:
    at("2026-11-24T00:00:00")
    inactive, lapsed = make_school(status="INACTIVE"), make_school(subscription_expiry="2026-11-01")
    in_grace = make_school(subscription_expiry="2026-11-20")
    tick(at("2026-11-24T10:00:00"))
    assert asked.of(inactive.id) == asked.of(lapsed.id) == [("orphaned-files", "2026-11-24")]
    assert ("fees-night", "2026-11-24") in asked.of(in_grace.id)


def test_a_queue_that_refuses_keeps_no_other_from_its_runs_and_is_asked_again(asked: Asked) -> None:
    at("2026-11-24T00:00:00")
    school = make_school()
    tick(at("2026-11-24T20:20:00"))
    asked.take()
    asked.refusing["fees-jobs"] = queues.NotSent()
    with pytest.raises(NotAsked, match="fees-night"):
        tick(at("2026-11-24T22:10:00"))
    assert asked.of(school.id) == [("orphaned-files", "2026-11-25")]
    asked.refusing.clear()
    tick(at("2026-11-24T22:20:00"))
    assert ("fees-night", "2026-11-25") in asked.of(school.id)


def test_an_application_clock_that_is_put_back_does_not_stop_the_jobs(asked: Asked) -> None:
    at("2026-11-24T00:00:00")
    school = make_school()
    tick(at("2031-01-01T00:00:00"))
    asked.take()
    tick(at("2026-11-24T20:35:00"))
    assert ("fees-night", "2026-11-25") in asked.of(school.id)


def test_a_look_costs_the_same_for_a_thousand_schools(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_model, "OVERLAP_MS", 0)  # schools that other tests made in the last seconds are not looked at again
    at("2026-11-23T00:00:00")
    zones = ("Asia/Kolkata", "Europe/Berlin", "America/New_York", "Pacific/Auckland", "Africa/Lagos")
    for number in range(0, 1000, 25):
        rows = [_listing(zones[(number + n) % 5]) for n in range(25)]
        client("dynamodb").batch_write_item(RequestItems={settings().table: [{"PutRequest": {"Item": row}} for row in rows]})
    with units() as cold:
        tick(at("2026-11-24T12:00:00"))
    asked.take()
    assert cold["read"] <= 10 + 0.1 * len(SCHOOLS.all(PLATFORM_SCHOOL))  # other tests' schools are listed too
    with units() as idle:
        tick(at("2026-11-24T12:10:00"))
    assert asked.take() == []
    assert idle["read"] <= 2
    assert idle["write"] == 1
    with units() as day:
        look_until(at("2026-11-24T12:20:00"), at("2026-11-25T12:10:00"))
    assert len([m for m in asked.take() if m["job"] == "fees-night"]) >= 1000
    assert day["read"] <= 2 * 144
    assert day["write"] <= 144


def _listing(zone: str) -> dict[str, Any]:
    made = SchoolListing(school_id=PLATFORM_SCHOOL, id=new_id(), name="Listed", timezone=zone, version=1)
    made.updated_at = "2026-11-01T00:00:00.000Z"
    item: dict[str, Any] = made.place().serialize(null_check=False)
    return item


def test_the_schedule_starts_a_look(asked: Asked) -> None:
    at("2026-11-24T10:00:00")
    make_school()
    assert clock_of_jobs.lambda_handler({"schedule": "jobs-clock"}, None)["asked"]["fees-night"] >= 1

"""The samples in events/ have the shape that the local stack sends, so whoever reads them knows both."""

import base64
import gzip
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from infra.local.feed import mail_events
from infra.local.feed.queues import to_record
from infra.packaging import ROOT
from shared import jobs
from shared.registry import modules

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
MAIL = {"id": "m-1", "from": "A <a@b.example>", "subject": "S", "configurationSet": "c", "tags": {"school": "1"}, "headers": {}}


def sample(name: str) -> Any:
    return json.loads((ROOT / "events" / f"{name}.json").read_text(encoding="utf-8"))


def shape(value: Any) -> Any:
    """Names and kinds alone; what stands in a list is alike."""
    if isinstance(value, dict):
        return {name: shape(part) for name, part in value.items()}
    if isinstance(value, list):
        return [shape(part) for part in value[:1]]
    return type(value).__name__


def mail_told(body: str) -> Any:
    told = json.loads(json.loads(body)["Message"])
    told["mail"].pop("tags")
    return told


@pytest.mark.parametrize("name", ["queue_jobs", "queue_mail_events", "queue_scheduled_notice"])
def test_a_queues_sample_is_a_record_as_the_feed_makes_it(name: str) -> None:
    message = {"MessageId": "1", "ReceiptHandle": "r", "Body": "{}", "MD5OfBody": "0", "Attributes": {}}
    queues = {queue.name for module in modules() for queue in module.queues}
    for record in sample(name)["Records"]:
        assert record.keys() == to_record(message, "q").keys()
        assert record["eventSourceARN"].rpartition(":")[2] in queues


def test_the_sample_of_mail_events_is_what_the_outbox_makes_of_a_mail_that_bounces() -> None:
    made = [mail_events.sns_envelope(e, NOW) for e in mail_events.ses_events({**MAIL, "to": ["bounce@b.example"]}, NOW)]
    told = [record["body"] for record in sample("queue_mail_events")["Records"]]
    assert [shape(json.loads(body)) for body in told] == [shape(json.loads(body)) for body in made]
    assert [shape(mail_told(body)) for body in told] == [shape(mail_told(body)) for body in made]
    assert [mail_told(body)["eventType"] for body in told] == ["Send", "Bounce"]


def test_the_sample_of_text_events_is_what_the_outbox_makes_of_a_number_that_fails() -> None:
    made = mail_events.logs_event(mail_events.sms_line({"id": "s-1", "to": ["+15550000"]}, NOW), NOW)

    def lines(event: dict[str, Any]) -> Any:
        told = json.loads(gzip.decompress(base64.b64decode(event["awslogs"]["data"])))
        return (
            shape(told),
            [json.loads(line["message"])["status"] for line in told["logEvents"]],
            shape(json.loads(told["logEvents"][0]["message"])),
        )

    assert lines(sample("logs_text_events")) == lines(made)


def test_the_sample_of_the_clock_names_a_schedule_and_the_sample_of_a_run_a_job() -> None:
    schedules = {schedule.name for module in modules() for schedule in module.schedules}
    assert sample("schedule_jobs_clock")["schedule"] in schedules
    (record,) = sample("queue_jobs")["Records"]
    message = json.loads(record["body"])
    assert message == jobs.asked(message["job"], message["school"], message["day"])
    assert message["job"] in {job.name for module in modules() for job in module.jobs}


@pytest.mark.parametrize(
    ("address", "events"),
    [
        ("ada@school.example", ["Send", "Delivery"]),
        ("bounce@school.example", ["Send", "Bounce"]),
        ("bounce+7@school.example", ["Send", "Bounce"]),
        ("x@bounce.example", ["Send", "Bounce"]),
        ("Complaint@school.example", ["Send", "Delivery", "Complaint"]),
        ("reject@school.example", ["Send", "Reject"]),
        ("bouncer@school.example", ["Send", "Delivery"]),
    ],
)
def test_an_address_decides_what_becomes_of_a_mail(address: str, events: list[str]) -> None:
    assert [e["eventType"] for e in mail_events.ses_events({**MAIL, "to": [address]}, NOW)] == events

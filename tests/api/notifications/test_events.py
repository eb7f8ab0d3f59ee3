"""What AWS brings to the module's workers (events/), and what SES and SNS tell of messages."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from functions.notifications import delivery
from functions.notifications.module import MODULE
from infra.local.feed import mail_events
from shared import clock
from shared.registry import handler_of
from tests.support.client import Context

EVENTS = Path(__file__).resolve().parents[3] / "events"
NOW = datetime(2026, 11, 24, 6, 31, tzinfo=UTC)
SAMPLES = {
    "queue_scheduled_notice": "functions.notifications.worker.notices",
    "queue_delivery_chunk": "functions.notifications.worker.deliveries",
    "queue_mail_events": "functions.notifications.delivery.lambda_handler",
    "logs_text_events": "functions.notifications.delivery.text_events",
    "schedule_notices_sweep": "functions.notifications.sweep.lambda_handler",
    "stream_notification_sent": "functions.notifications.consumers.notices",
    "stream_message_owed": "functions.notifications.consumers.owed",
}


@pytest.mark.parametrize("name", SAMPLES)
def test_each_worker_takes_the_sample_of_its_event(name, post):
    answer = handler_of(SAMPLES[name])(json.loads((EVENTS / f"{name}.json").read_text()), Context())
    assert answer.get("batchItemFailures", []) == []
    if name == "stream_message_owed":
        assert post.waiting[0][2]["ids"] == ["ABSENCE#0199a0a0-0000-7000-8000-000000000002#2026-11-24"]


def test_every_function_of_the_manifest_is_there():
    declared = [*MODULE.consumers, *MODULE.queues, *MODULE.schedules, *MODULE.log_listeners]
    assert {d.handler for d in declared} == set(SAMPLES.values())


def test_n3_the_log_of_text_messages_tells_who_got_one(town, post):
    town.class_("A")
    good = town.parent(town.student("A"), phone="+919800000001")
    bad = town.parent(town.student("A"), phone="+919800000000")
    told = town.sent(post, channels=["SMS"])
    for _ in range(2):
        for number, text in enumerate(post.texts, start=1):
            line = mail_events.sms_line({"id": f"text-{number}", "to": [text["to"]]}, NOW)
            assert delivery.text_events(mail_events.logs_event(line, NOW), None) == {"taken": 1}
    rows = {r["userId"]: r["channels"]["SMS"] for r in town.admin.client.get(f"/api/notifications/{told['id']}/receipts").data}
    assert (rows[good.id]["state"], rows[good.id]["deliveredAt"]) == ("DELIVERED", "2026-11-24T06:31:00.000Z")
    assert (rows[bad.id]["state"], rows[bad.id]["reason"]) == ("FAILED", "Unknown error attempting to reach phone")
    strange = mail_events.logs_event({"status": "SUCCESS", "notification": {"messageId": "never"}}, NOW)
    assert delivery.text_events(strange, None) == {"taken": 0}


@pytest.mark.parametrize(
    ("local", "state"), [("bounce", "FAILED"), ("reject", "FAILED"), ("complaint", "DELIVERED"), ("good", "DELIVERED")]
)
def test_n3_events_as_ses_tells_them_end_in_the_receipt(town, post, local, state):
    town.class_("A")
    town.student("A", parent_email=f"{local}@home.example")
    told = town.sent(post)
    mail = post.mails[0]
    sent = {
        "id": "m",
        "from": mail["FromEmailAddress"],
        "to": [mail["to"]],
        "subject": "s",
        "configurationSet": "c",
        "tags": {t["Name"]: t["Value"] for t in mail["EmailTags"]},
    }
    post.tell(*({"messageId": "1", "body": mail_events.sns_envelope(event, NOW)} for event in mail_events.ses_events(sent, NOW)))
    row = town.admin.client.get(f"/api/notifications/{told['id']}/receipts").data[0]
    assert (row["userId"], row["channels"]["EMAIL"]["state"]) == (None, state)
    town.sent(post, title="Again")
    assert len(post.mails) == (1 if local == "complaint" else 2)


def test_mails_of_other_modules_are_passed_over(world, post):
    event = {"eventType": "Delivery", "mail": {"timestamp": clock.stamp(), "tags": {"ses:operation": ["SendEmail"]}}, "delivery": {}}
    post.tell({"messageId": "1", "body": json.dumps(event)})
    post.tell({"messageId": "1", "body": json.dumps({"Type": "SubscriptionConfirmation", "Message": "You have chosen…"})})

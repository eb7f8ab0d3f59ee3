# ruff: noqa: F811 - a fixture is imported by its name, and asked for by the same
"""A notice survives what stops its sending: workers killed at any moment, events three times and out of order, providers that hang."""

import json
import random
from collections import Counter
from datetime import timedelta

import pytest
from botocore.exceptions import ReadTimeoutError

from functions.notifications import planning, sending, worker
from shared import clock
from shared.data.connection import client
from shared.entities.notices import NoticeReceipt
from tests.api.notifications.conftest import NOON, at, town  # noqa: F401 - a fixture
from tests.support.notices import Context as _Context
from tests.support.notices import Killed, post  # noqa: F401 - a fixture

PEOPLE = 23


@pytest.fixture
def parents(town, monkeypatch):
    """Some parents, in chunks of a few."""
    monkeypatch.setattr(planning, "CHUNK", 5)
    town.class_("A")
    return [town.parent(town.student("A")) for _ in range(PEOPLE)]


def later(seconds=361):
    at(clock.now() + timedelta(seconds=seconds))


def tell_what_was_sent(post, kinds=("Send",)):
    """SES's events about every mail that it took, thrice and in any order."""
    records = [post.ses_event(mail, kind) for mail in post.mails for kind in kinds] * 3
    random.Random(7).shuffle(records)
    post.tell(*records)


def begun(town, post, **fields):
    made = town.notice(**fields)
    assert town.admin.client.post(f"/api/notifications/{made['id']}/send").status == 202
    return made["id"]


def per_address(post):
    return Counter(mail["to"] for mail in post.mails)


def until_it_is_done(town, post, notice_id, rounds=120):
    for _ in range(rounds):
        post.run(town.school.id)
        if town.look(notice_id)["status"] not in ("SCHEDULED", "SENDING"):
            return
        tell_what_was_sent(post)
        later()
        post.sweep(town.school.id)
    raise AssertionError("it never ends")


@pytest.mark.parametrize("when", ["before", "after"])
def test_n1_a_worker_killed_before_or_after_the_provider_took_a_mail_leaves_one_mail_to_each(town, post, parents, when):
    killed = []

    def kill(channel, address):
        if len(killed) < 4 and address not in killed:
            killed.append(address)
            raise Killed

    setattr(post, when, kill)
    notice_id = begun(town, post)
    until_it_is_done(town, post, notice_id)
    assert len(post.failures) == 4
    assert per_address(post) == Counter(p.email for p in parents)
    counts = town.look(notice_id)["counts"]["channels"]
    assert (counts["EMAIL"]["sent"], counts["IN_APP"]["delivered"]) == (PEOPLE, PEOPLE)


def test_n1_what_can_still_double_is_one_mail_of_a_dead_worker_whose_event_was_lost_too(town, post, parents):
    def kill(channel, address):
        if len(post.mails) == 3:
            raise Killed

    post.after = kill
    notice_id = begun(town, post)
    post.run(town.school.id)
    post.after = lambda channel, address: None
    later()
    post.run(town.school.id)
    assert town.look(notice_id)["status"] == "SENT"
    assert sorted(per_address(post).values()) == [1] * (PEOPLE - 1) + [2]


@pytest.mark.parametrize("seed", range(6))
def test_n1_workers_killed_at_any_write_and_messages_three_times_leave_one_mail_to_each(town, post, parents, seed):
    chance = random.Random(seed)
    armed = {"on": False}

    def strike(params, model, **_):
        if armed["on"] and model.name != "Query" and chance.random() < 0.02:
            raise Killed

    events = client("dynamodb").meta.events
    events.register("provide-client-params.dynamodb.*", strike)
    try:
        notice_id = begun(town, post)
        post.stream(town.school.id, times=3)
        for _ in range(60):
            armed["on"] = True
            post.work(town.school.id, times=3)
            armed["on"] = False
            tell_what_was_sent(post)
            later()
    finally:
        events.unregister("provide-client-params.dynamodb.*", strike)
    until_it_is_done(town, post, notice_id)
    assert post.failures, "nobody was killed"
    assert per_address(post) == Counter(p.email for p in parents)
    for parent in parents:
        assert len(parent.client.get("/api/notifications").data) == 1


def test_events_of_a_provider_three_times_and_out_of_order_end_the_same(town, post, parents):
    notice_id = begun(town, post)
    until_it_is_done(town, post, notice_id)
    bounced = {mail["to"] for mail in post.mails[::4]}
    for seed in range(3):
        kinds = [
            post.ses_event(mail, kind)
            for mail in post.mails
            for kind in ("Send", "Delivery", *(["Bounce"] if mail["to"] in bounced else []))
        ] * 3
        random.Random(seed).shuffle(kinds)
        post.tell(*kinds)
        counts = town.look(notice_id)["counts"]["channels"]["EMAIL"]
        assert (counts["delivered"], counts["failed"]) == (PEOPLE - len(bounced), len(bounced))


def test_a_provider_that_takes_a_mail_and_does_not_answer_is_not_asked_again(town, post, parents):
    def hang(channel, address):
        raise ReadTimeoutError(endpoint_url="https://email")

    post.after = hang
    notice_id = begun(town, post)
    post.run(town.school.id)
    post.after = lambda channel, address: None
    for _ in range(4):
        tell_what_was_sent(post)
        later(sending.LEASE_SECONDS + 20)
        post.run(town.school.id)
    assert town.look(notice_id)["status"] == "SENT"
    assert per_address(post) == Counter(p.email for p in parents)


def test_mails_and_texts_are_asked_of_their_providers_once_by_the_client_itself(monkeypatch):
    for service in ("sesv2", "sns"):
        assert client(service).meta.config.retries["total_max_attempts"] == 1


def test_a_sleeping_provider_makes_no_request_slower(town, post, parents):
    asked = []
    post.before = lambda channel, address: asked.append(address)
    begun(town, post)
    assert (asked, post.waiting) == ([], [])  # neither a provider nor a queue is asked in the request


def test_n1_two_workers_at_the_same_message_at_once_send_it_once_and_the_later_one_comes_again(town, post, parents):
    refused = []

    def meanwhile(channel, address):
        event = {"Records": [{"messageId": "2", "body": json.dumps(post.current)}]}
        refused.append(worker.deliveries(event, _Context()))

    post.before = meanwhile
    notice_id = begun(town, post)
    post.run(town.school.id)
    assert len(refused) == PEOPLE
    assert all(answer == {"batchItemFailures": [{"itemIdentifier": "2"}]} for answer in refused)
    assert per_address(post) == Counter(p.email for p in parents)
    assert town.look(notice_id)["status"] == "SENT"


def test_one_poisoned_message_does_not_hold_up_the_others(town, post, parents):
    records = [{"messageId": str(n), "body": body} for n, body in enumerate(('{"do": "chunk"}', '{"do": "nothing"}'))]
    assert worker.deliveries({"Records": records}, _Context()) == {"batchItemFailures": [{"itemIdentifier": "0"}, {"itemIdentifier": "1"}]}


def test_a_receipt_that_an_event_is_about_and_nobody_made_is_not_made_by_it(town, post, parents):
    notice_id = begun(town, post)
    until_it_is_done(town, post, notice_id)
    mail = dict(post.mails[0])
    mail["EmailTags"] = [t if t["Name"] != "person" else {"Name": "person", "Value": "c-" + "0" * 32} for t in mail["EmailTags"]]
    post.tell(post.ses_event(mail, "Delivery"))
    from functions.notifications.repository import receipts

    assert len(receipts(town.school.id, notice_id)) == PEOPLE
    assert NoticeReceipt.keys.sk == "PERSON#{person}"
    assert clock.now() >= NOON

"""Signing in: who may, what the others are told, and how often one may try (rules A1, A4, G11)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from functions.auth import service
from shared import clock, settings
from shared.auth import attempts, rate_limit
from shared.auth.sessions import end_all
from shared.data.connection import client
from shared.data.unit_of_work import Actor, UnitOfWork
from shared.errors import RateLimited
from shared.gateways import pool
from shared.http import decision
from shared.names import PLATFORM_SCHOOL
from tests.conftest import ENVIRONMENT
from tests.support.client import Client
from tests.support.journal import actions, entries
from tests.support.user_pool import PASSWORD, make_user, session, sign_in
from tests.support.world import make_person

WRONG = "Wrong-Kite-42"


def suspend(person):
    unit = UnitOfWork(person.school_id, Actor(), "tests")
    end_all(unit, person.school_id, person.id, status="SUSPENDED")
    unit.commit()


def shown(reply):
    """What a reply tells, without what tells one request from another."""
    error = {k: v for k, v in reply.error.items() if k != "requestId"}
    headers = {k: v for k, v in reply.headers.items() if k != "x-request-id"}
    return reply.status, error, headers, reply.cookies


def test_a_user_signs_in_and_uses_the_token(school):
    person = make_user(school)
    reply = sign_in(person)
    told = reply.data
    assert (reply.status, told["expiresIn"], told["challenge"]) == (200, 3600, None)
    assert told["user"]["email"] == person.email
    assert told["school"]["id"] == school.id
    me = Client(told["accessToken"]).get("/api/auth/me").data
    assert me["user"]["id"] == person.id
    assert me["user"]["lastLogin"]
    assert "users:manage" in me["permissions"]


def test_the_address_is_compared_ignoring_case(school):
    person = make_user(school)
    reply = Client().post("/api/auth/login", {"email": f"  {person.email.upper()} ", "password": PASSWORD})
    assert reply.status == 200


def test_an_operator_signs_in_on_the_platform(pooled):
    told = sign_in(make_user(None, "SUPER_ADMIN")).data
    assert (told["school"], told["user"]["schoolId"]) == (None, PLATFORM_SCHOOL)
    assert "schools:manage" in Client(told["accessToken"]).get("/api/auth/me").data["permissions"]


def test_a4_wrong_password_unknown_address_suspended_and_invited_users_get_the_same_answer(school):
    known, suspended, invited = make_user(school), make_user(school), make_person(school)
    suspend(suspended)
    replies = [
        sign_in(known, WRONG),
        sign_in(suspended, PASSWORD),
        sign_in(suspended, WRONG),
        sign_in(invited, PASSWORD),
        Client().post("/api/auth/login", {"email": "nobody@nowhere.example", "password": PASSWORD}),
    ]
    assert replies[0].status == 401
    assert all(shown(reply) == shown(replies[0]) for reply in replies)


class Watch:
    """The time as sign-in sees it: the pool takes another while for everybody, and waiting takes what is asked for."""

    def __init__(self, monkeypatch):
        self.now = 0.0
        self.pool_takes = iter((0.09, 0.01, 0.25, 0.0))
        real = pool.sign_in
        monkeypatch.setattr(pool, "sign_in", lambda *given: (self.pass_by(next(self.pool_takes)), real(*given))[1])
        monkeypatch.setattr(service, "time", self)

    def monotonic(self):
        return self.now

    def pass_by(self, seconds):
        self.now += seconds

    sleep = pass_by


def test_a4_a_refusal_takes_the_same_time_for_everybody(school, monkeypatch):
    known, suspended, invited = make_user(school), make_user(school), make_person(school)
    suspend(suspended)
    monkeypatch.setattr(service, "_REFUSED_AFTER", 0.4)
    watch, taken = Watch(monkeypatch), []
    for email in (known.email, suspended.email, invited.email, "nobody@else.example"):
        started = watch.now
        assert Client().post("/api/auth/login", {"email": email, "password": WRONG}).status == 401
        taken.append(round(watch.now - started, 6))
    assert taken == [0.4] * 4


def test_a4_the_pool_is_asked_about_everybody(school, monkeypatch):
    asked = []
    real = pool.sign_in
    monkeypatch.setattr(pool, "sign_in", lambda *given: (asked.append(given[0]), real(*given))[1])
    suspended = make_user(school)
    suspend(suspended)
    sign_in(suspended)
    Client().post("/api/auth/login", {"email": "nobody@asked.example", "password": PASSWORD})
    assert len(asked) == 2
    assert suspended.id not in asked


@pytest.mark.parametrize("known", [True, False])
def test_a4_five_failures_from_fifty_addresses_lock_one_account_and_no_other(school, known):
    person, other = make_user(school), make_user(school)
    email = person.email if known else f"nobody-{person.id}@nowhere.example"
    replies = [Client().post("/api/auth/login", {"email": email, "password": WRONG}, ip=f"198.51.100.{number}") for number in range(50)]
    assert [r.status for r in replies] == [401] * 5 + [429] * 45
    assert replies[5].error["message"] == "Too many failed sign-ins: try again later"
    assert 800 < int(replies[5].headers["retry-after"]) <= 900
    if known:
        assert sign_in(person).status == 429  # the right password, too
    assert sign_in(other).status == 200


def test_a4_a_lock_ends_after_fifteen_minutes_and_does_not_grow(school):
    person = make_user(school)
    for _ in range(7):
        sign_in(person, WRONG)
    now = datetime.now(UTC)
    clock.use(lambda: now + timedelta(minutes=14))
    assert sign_in(person).status == 429
    clock.use(lambda: now + timedelta(minutes=15, seconds=2))
    assert sign_in(person).status == 200


def test_a4_a_right_password_clears_the_count(school):
    person = make_user(school)
    for _ in range(3):
        assert [sign_in(person, WRONG).status for _ in range(4)] == [401] * 4
        assert sign_in(person).status == 200


def test_a4_a_hundred_attempts_at_once_are_five(pooled):
    def one(_):
        try:
            attempts.begin("hundred@school.example")
        except RateLimited:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(one, range(100))) == attempts.LIMIT


def test_g11_sign_ins_and_failures_are_journalled_with_their_origin(school):
    person = make_user(school)
    sign_in(person, WRONG, ip="198.51.100.7")
    sign_in(person)
    failed, good = entries(school.id)[-2:]
    assert (failed.action, failed.status, failed.entity_id, failed.ip_address) == ("SIGN_IN", "FAILED", person.id, "198.51.100.7")
    assert (good.action, good.status, good.user_id, good.user_agent) == ("SIGN_IN", "SUCCESS", person.id, "pytest")


def test_g11_the_failure_that_locks_says_so(school):
    person = make_user(school)
    for _ in range(6):
        sign_in(person, WRONG)
    assert actions(school.id, "SignIn") == [("SIGN_IN", "FAILED")] * 4 + [("LOCK_SIGN_IN", "FAILED")]


def test_g11_an_unknown_address_is_journalled_on_the_platform(pooled):
    Client().post("/api/auth/login", {"email": "ghost@nowhere.example", "password": WRONG})
    last = entries(PLATFORM_SCHOOL, "SignIn")[-1]
    assert (last.action, last.status, last.entity_id) == ("SIGN_IN", "FAILED", "unknown")
    assert "ghost@nowhere.example" in last.changes


def test_no_password_and_no_token_is_ever_stored_or_logged(school, capsys):
    person = make_user(school)
    told = sign_in(person).data
    sign_in(person, WRONG)
    pages = client("dynamodb").get_paginator("scan").paginate(TableName=ENVIRONMENT["TABLE_NAME"])
    scanned = [item for page in pages for item in page["Items"]]
    text = "".join(str(item) for item in scanned) + "".join(capsys.readouterr())
    assert person.id in text
    for secret in (PASSWORD, WRONG, told["accessToken"], told["refreshToken"], told["refreshToken"].partition(".")[2]):
        assert secret not in text


def test_passwords_are_taken_as_they_are(school):
    person = make_user(school, password="Größe-Kite-42")
    assert sign_in(person, "Größe-Kite-42").status == 200
    assert sign_in(person, "Gro\u0308ße-Kite-42").status == 401
    assert sign_in(person, " Größe-Kite-42").status == 401


@pytest.mark.parametrize(
    "body", ['{"email": "a@b.example", "password": "\\ud800"}', '{"email": "a@b.example", "password": "%s"}' % ("x" * 257)]
)
def test_an_impossible_password_is_a_validation_error(pooled, body):
    reply = Client().request("POST", "/api/auth/login", raw=body.encode(), headers={"content-type": "application/json"})
    assert (reply.status, reply.error["details"][0]["field"]) == (400, "password")


def test_the_answer_of_a_sign_in_is_never_kept_under_an_idempotency_key(school):
    person = make_user(school)
    first, second = (sign_in(person, headers={"Idempotency-Key": "k"}).data["accessToken"] for _ in range(2))
    assert first != second


@pytest.fixture
def limited(pooled, monkeypatch):
    monkeypatch.setenv("RATE_LIMITS", "auth=5")
    settings.settings.cache_clear()
    rate_limit.forget()
    yield
    monkeypatch.undo()
    settings.settings.cache_clear()


def test_the_sixth_sign_in_within_a_minute_is_refused_also_with_the_right_password(limited, school):
    person, other = make_user(school), make_user(school)
    replies = [sign_in(person) for _ in range(6)]
    assert [r.status for r in replies] == [200] * 5 + [429]
    assert 1 <= int(replies[5].headers["retry-after"]) <= 60
    assert replies[4].headers["ratelimit"].startswith('"auth";r=0;')
    assert sign_in(other).status == 200  # behind the same address


def test_a_forged_x_forwarded_for_changes_no_limit(limited, school):
    person = make_user(school)
    statuses = [sign_in(person, headers={"X-Forwarded-For": f"203.0.113.{n}"}).status for n in range(6)]
    assert statuses == [200] * 5 + [429]
    assert {e.ip_address for e in entries(school.id, "User")[-5:]} == {"192.0.2.1"}


def test_an_address_has_a_limit_of_its_own_however_many_accounts_it_tries(limited, school, monkeypatch):
    monkeypatch.setattr(decision, "_ADDRESS_SHARE", 2)
    statuses = [
        Client().post("/api/auth/login", {"email": f"guess{n}@x.example", "password": WRONG}, ip="198.51.100.99").status for n in range(12)
    ]
    assert statuses == [401] * 10 + [429] * 2


def test_a_sign_in_that_a_password_change_overtakes_begins_no_session(school, monkeypatch):
    person = make_user(school)
    real = pool.sign_in
    overtaken = []

    def slow(*given):
        granted = real(*given)
        if not overtaken:
            overtaken.append(True)
            unit = UnitOfWork(person.school_id, Actor(), "tests")
            end_all(unit, person.school_id, person.id)
            unit.commit()
        return granted

    monkeypatch.setattr(pool, "sign_in", slow)
    device = session(person)  # decided again, with the rights of now
    assert device.client.get("/api/auth/me").status == 200

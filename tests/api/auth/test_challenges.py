"""What a sign-in may want after the password: one-time codes, a new password."""

import base64
import hashlib
import hmac
import struct
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from shared import clock, settings
from shared.auth import mfa
from shared.auth.sessions import end_all
from shared.data import reader
from shared.data.unit_of_work import Actor, UnitOfWork
from shared.entities.tenancy import User
from shared.gateways import pool
from tests.support.client import Client
from tests.support.journal import actions
from tests.support.user_pool import PASSWORD, Device, make_user, session, sign_in

NEW = "Green-Kite-43"


def totp(secret: str) -> str:
    """The code of an authenticator app (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mac = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    at = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[at : at + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


def wrong(code: str) -> str:
    return f"{(int(code) + 500_000) % 10**6:06d}"


def answer(token: str, **body):
    return Client().post("/api/auth/complete-challenge", {"challengeToken": token, **body})


def with_totp(person) -> str:
    client = session(person).client
    secret = client.post("/api/auth/mfa/setup").data["secret"]
    assert client.post("/api/auth/mfa/confirm", {"code": totp(secret)}).data == {"mfaEnabled": True}
    return secret


def stored(person) -> User:
    return reader.load(User, consistent=True, school_id=person.school_id, id=person.id)


@pytest.fixture
def person(school):
    return make_user(school)


def test_a_user_who_set_up_codes_signs_in_with_one(person):
    secret = with_totp(person)
    told = sign_in(person)
    assert (told.data["challenge"], told.data["accessToken"], told.cookies) == ("MFA", None, [])
    reply = answer(told.data["challengeToken"], code=totp(secret))
    assert reply.data["user"]["mfaEnabled"] is True
    assert len(reply.cookies) == 3
    assert Device.of(reply).client.get("/api/auth/me").status == 200
    assert Device.of(reply).renew().status == 200


def test_the_setup_tells_an_app_what_it_needs(person):
    told = session(person).client.post("/api/auth/mfa/setup").data
    uri = urlsplit(told["otpauthUri"])
    assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
    assert parse_qs(uri.query) == {"secret": [told["secret"]], "issuer": ["Homeroom"]}


def test_codes_are_not_asked_for_before_the_first_is_confirmed(person):
    client = session(person).client
    secret = client.post("/api/auth/mfa/setup").data["secret"]
    assert client.post("/api/auth/mfa/confirm", {"code": wrong(totp(secret))}).status == 400
    assert sign_in(person).data["challenge"] is None


def test_a_wrong_code_is_refused_journalled_and_locks_after_five(person):
    secret = with_totp(person)
    token = sign_in(person).data["challengeToken"]
    replies = [answer(token, code=wrong(totp(secret))).status for _ in range(5)]
    assert replies == [400, 400, 400, 400, 429]  # the sign-in itself was the first attempt
    assert sign_in(person).status == 429
    assert actions(person.school_id, "SignIn")[-1] == ("LOCK_SIGN_IN", "FAILED")


def test_right_passwords_do_not_buy_more_tries_for_codes(person):
    secret = with_totp(person)
    statuses = []
    for _ in range(3):
        told = sign_in(person)
        if told.status == 200:
            statuses.append(answer(told.data["challengeToken"], code=wrong(totp(secret))).status)
    assert statuses == [400, 400, 429]
    assert sign_in(person).status == 429


def test_a_challenge_is_answered_once_and_within_its_time(person):
    secret = with_totp(person)
    token = sign_in(person).data["challengeToken"]
    moved = datetime.now(UTC) + timedelta(seconds=181)
    clock.use(lambda: moved)
    assert answer(token, code=totp(secret)).status == 401
    clock.use(None)
    assert [answer(token, code=totp(secret)).status for _ in range(2)] == [200, 401]


@pytest.mark.parametrize("token", ["x", "a.b"])
def test_a_challenge_that_never_was_is_refused(pooled, token):
    assert answer(token, code="123456").status == 401


def test_a_challenge_does_not_outlive_the_end_of_all_sessions(person):
    secret = with_totp(person)
    token = sign_in(person).data["challengeToken"]
    unit = UnitOfWork(person.school_id, Actor(), "tests")
    end_all(unit, person.school_id, person.id)
    unit.commit()
    assert answer(token, code=totp(secret)).status == 401


def test_a_challenge_names_the_field_that_answers_it(person):
    with_totp(person)
    token = sign_in(person).data["challengeToken"]
    assert answer(token, newPassword=NEW).error["details"][0]["field"] == "code"
    assert answer(token).error["details"][0]["field"] == "code"


def test_codes_are_disabled_with_the_password_alone(person):
    with_totp(person)
    told = sign_in(person)
    client = session_with_code(person, told)
    assert client.post("/api/auth/mfa/disable", {"password": "Wrong-Kite-42"}).error["details"][0]["field"] == "password"
    assert client.post("/api/auth/mfa/setup").status == 409  # a secret in use is not replaced
    assert client.post("/api/auth/mfa/disable", {"password": PASSWORD}).data == {"mfaEnabled": False}
    assert sign_in(person).data["challenge"] is None
    assert not stored(person).mfa_enabled


def session_with_code(person, told):
    secret = SECRETS[person.id]
    return Device.of(answer(told.data["challengeToken"], code=totp(secret))).client


SECRETS: dict[str, str] = {}


@pytest.fixture(autouse=True)
def _remember_secrets(monkeypatch):
    real = pool.new_totp_secret

    def remembered(token):
        import json

        payload = token.split(".")[1]
        user = json.loads(base64.urlsafe_b64decode(payload + "=="))["user"]
        SECRETS[user] = real(token)
        return SECRETS[user]

    monkeypatch.setattr(pool, "new_totp_secret", remembered)


def test_guessing_the_password_at_mfa_disable_locks_the_address(person):
    client = session(person).client
    statuses = [client.post("/api/auth/mfa/disable", {"password": "Wrong-Kite-42"}).status for _ in range(6)]
    assert statuses == [400] * 5 + [429]


def test_an_admin_may_take_codes_away_from_a_user_who_lost_the_app(person):
    with_totp(person)
    unit = UnitOfWork(person.school_id, Actor(), "users")
    mfa.reset(unit, stored(person))
    unit.commit()
    assert sign_in(person).data["challenge"] is None
    assert ("RESET_MFA", "SUCCESS") in actions(person.school_id, "User")


@pytest.fixture
def demanded(pooled, monkeypatch):
    monkeypatch.setenv("MFA_REQUIRED_ROLES", "SUPER_ADMIN")
    settings.settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.settings.cache_clear()


def test_a_role_that_must_have_codes_sets_them_up_at_sign_in(demanded):
    operator = make_user(None, "SUPER_ADMIN")
    told = sign_in(operator).data
    assert (told["challenge"], told["accessToken"]) == ("MFA_SETUP", None)
    secret = parse_qs(urlsplit(told["otpauthUri"]).query)["secret"][0]
    assert answer(told["challengeToken"], code=wrong(totp(secret))).status == 400
    reply = answer(told["challengeToken"], code=totp(secret))
    assert Device.of(reply).client.get("/api/auth/me").data["user"]["mfaEnabled"] is True
    assert sign_in(operator).data["challenge"] == "MFA"
    refused = Device.of(reply).client.post("/api/auth/mfa/disable", {"password": PASSWORD})
    assert refused.status == 403


def test_other_roles_sign_in_without_codes(demanded, school):
    assert sign_in(make_user(school)).data["challenge"] is None


@pytest.mark.parametrize("value", ["BOSS", "SUPER_ADMIN BOSS", "super_admin"])
def test_a_wrong_setting_is_named(value):
    with pytest.raises(settings.SettingsError, match="MFA_REQUIRED_ROLES"):
        settings.parse_roles(value)


def test_a_password_that_an_admin_gave_is_changed_at_the_first_sign_in(school):
    person = make_user(school, must_change_password=True)
    told = sign_in(person).data
    assert (told["challenge"], told["mustChangePassword"], told["accessToken"]) == ("NEW_PASSWORD", True, None)
    weak = answer(told["challengeToken"], newPassword="abc")
    assert (weak.status, len(weak.error["details"])) == (400, 3)
    reply = answer(told["challengeToken"], newPassword=NEW)
    assert reply.data["user"]["mustChangePassword"] is False
    device = Device.of(reply)
    assert device.client.get("/api/auth/me").status == 200
    assert device.renew().status == 200
    assert sign_in(person).status == 401
    assert sign_in(person, NEW).data["challenge"] is None
    assert [a for a, _ in actions(school.id, "Password")] == ["CHANGE_PASSWORD_BEGUN", "CHANGE_PASSWORD"]


def test_a_forced_change_after_a_code_asks_for_no_second_code(school):
    person = make_user(school)
    secret = with_totp(person)
    unit = UnitOfWork(person.school_id, Actor(), "tests")
    user = stored(person)
    user.must_change_password = True
    unit.update(user)
    unit.commit()
    first = sign_in(person).data
    second = answer(first["challengeToken"], code=totp(secret)).data
    assert (first["challenge"], second["challenge"]) == ("MFA", "NEW_PASSWORD")
    assert Device.of(answer(second["challengeToken"], newPassword=NEW)).client.get("/api/auth/me").status == 200


def test_unfinished_forced_changes_lock_nobody_out(school):
    person = make_user(school, must_change_password=True)
    assert [sign_in(person).status for _ in range(7)] == [200] * 7


def test_a_session_that_the_pool_forgot_sets_up_no_codes(person, monkeypatch):
    client = session(person).client

    def refused(*_):
        raise pool.Refused

    monkeypatch.setattr(pool, "new_totp_secret", refused)
    assert client.post("/api/auth/mfa/setup").status == 401


def test_an_operator_who_looks_into_a_school_sets_up_its_own_codes(school):
    operator = make_user(None, "SUPER_ADMIN")
    client = Client(session(operator).access, (("x-school-id", school.id),))
    secret = client.post("/api/auth/mfa/setup").data["secret"]
    assert client.post("/api/auth/mfa/confirm", {"code": totp(secret)}).status == 200
    assert stored(operator).mfa_enabled
    assert sign_in(operator).data["challenge"] == "MFA"
    assert [a for a, _ in actions(school.id, "User")] == []


def test_a_sign_in_whose_pool_session_is_over_begins_again(school, monkeypatch):
    person = make_user(school, must_change_password=True)
    token = sign_in(person).data["challengeToken"]

    def refused(*_):
        raise pool.Refused

    monkeypatch.setattr(pool, "refresh", refused)
    assert answer(token, newPassword=NEW).status == 401

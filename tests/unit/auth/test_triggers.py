"""The user pool's triggers, with the events that Cognito sends (events/)."""

import json

import bcrypt
import pytest

from functions.auth import consumers, triggers
from shared.data.unit_of_work import Actor, UnitOfWork
from shared.entities.tenancy import Access, LegacyHash
from shared.errors import Conflict
from tests.conftest import ROOT
from tests.support.client import Client, Context

SCHOOL = "0199a0a0-0000-7000-8000-000000000001"
USER = "0199a0a0-0000-7000-8000-000000000002"


def sample(name: str):
    return json.loads((ROOT / "events" / f"{name}.json").read_text())


def put(item):
    unit = UnitOfWork(SCHOOL, Actor(), "tests")
    unit.put(item, None, Conflict())
    unit.commit()


@pytest.fixture
def bcrypted(world):
    put(LegacyHash(school_id=SCHOOL, user_id=USER, hash=bcrypt.hashpw(b"Blue-Kite-42", bcrypt.gensalt(4)).decode()))


def test_the_access_token_tells_what_the_table_says_now(world):
    put(Access(school_id=SCHOOL, user_id=USER, role="TEACHER", session_version=7))
    answer = triggers.pre_token_generation(sample("pool_pre_token_generation"), Context())
    details = answer["response"]["claimsAndScopeOverrideDetails"]
    assert details["accessTokenGeneration"]["claimsToAddOrOverride"] == {"user": USER, "school": SCHOOL, "role": "TEACHER", "sv": "7"}
    assert answer["version"] == "2"


@pytest.mark.parametrize("status", ["SUSPENDED", "INACTIVE"])
def test_a_user_without_access_gets_no_token(world, status):
    put(Access(school_id=SCHOOL, user_id=USER, role="TEACHER", status=status))
    with pytest.raises(triggers.NoAccess):
        triggers.pre_token_generation(sample("pool_pre_token_generation"), Context())


def test_g8_a_user_of_the_pool_whom_the_school_does_not_know_gets_no_token(world):
    event = sample("pool_pre_token_generation")
    event["request"]["userAttributes"]["custom:school"] = "0199a0a0-0000-7000-8000-00000000ffff"
    with pytest.raises(triggers.NoAccess):
        triggers.pre_token_generation(event, Context())
    del event["request"]["userAttributes"]["custom:school"]
    with pytest.raises(triggers.NoAccess):
        triggers.pre_token_generation(event, Context())


def test_a_right_password_takes_the_user_over(bcrypted):
    response = triggers.user_migration(sample("pool_user_migration"), Context())["response"]
    assert response["userAttributes"] == {"custom:school": SCHOOL, "username": USER}
    assert (response["finalUserStatus"], response["messageAction"]) == ("CONFIRMED", "SUPPRESS")


@pytest.mark.parametrize(
    "wrong",
    [
        {"request": {"password": "Wrong-Kite-42"}},
        {"request": {"validationData": {"school": "0199a0a0-0000-7000-8000-00000000ffff"}}},
        {"request": {"validationData": None}},
        {"triggerSource": "UserMigration_ForgotPassword"},
        {"userName": "0199a0a0-0000-7000-8000-00000000ffff"},
        {"userName": "not-an-id"},
    ],
)
def test_anything_else_takes_nobody_over(bcrypted, wrong):
    event = sample("pool_user_migration")
    event |= {**wrong, "request": {**event["request"], **wrong.get("request", {})}}
    with pytest.raises(triggers.NoAccess):
        triggers.user_migration(event, Context())


def test_the_sample_of_a_sign_in_is_understood(world):
    from functions.auth.handler import lambda_handler

    event = sample("api_login")
    event["rawPath"] = "/api/auth/refresh-token"
    event["requestContext"]["http"] |= {"path": "/api/auth/refresh-token"}
    event["body"] = "{}"
    assert lambda_handler(event, Context())["statusCode"] == 401
    assert Client().get("/api/auth/me").status == 401


def test_the_sample_of_a_stream_is_understood(world):
    assert consumers.mails(sample("stream_account_mails"), Context()) == {"batchItemFailures": []}

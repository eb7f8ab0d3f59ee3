"""Whom the rate limit of a public route counts."""

import json

import pytest

from shared.http.principals import by_email, by_handle
from shared.http.request import Request
from tests.support.client import event


def request(body, cookies=None) -> Request:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Request.of(event("POST", "/api/auth/login", body=raw, cookies=cookies))


@pytest.fixture(autouse=True)
def _settings(table):
    """Requests read the settings."""


def test_an_address_counts_however_it_is_written():
    assert by_email(request({"email": " A@b.Example"})) == by_email(request({"email": "a@b.example"}))
    assert by_email(request({"email": "a@b.example"})) != by_email(request({"email": "c@b.example"}))


@pytest.mark.parametrize(
    "body", [b"", b"nonsense", b"[]", b'"x"', b'{"email": 5}', b'{"email": ""}', b"\xff", b'{"email": "' + b"x" * 20_000 + b'"}']
)
def test_a_body_without_one_counts_by_the_network_address_alone(body):
    assert by_email(request(body)) is None


def test_a_token_counts_by_its_id_whatever_its_secret():
    principal = by_handle("refreshToken", "homeroom_refresh")
    one = principal(request({"refreshToken": "id.secret1"}))
    assert one == principal(request({"refreshToken": "id.secret2"})) == principal(request({}, ["homeroom_refresh=id.secret3"]))
    assert one != principal(request({"refreshToken": "other.secret1"}))
    assert principal(request({})) is None
    assert by_handle("token")(request({}, ["token=id.x"])) is None

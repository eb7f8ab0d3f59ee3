"""Signing in, carrying on, signing out."""

from tests.support.client import Client
from tests.support.user_pool import PASSWORD, make_user, session, sign_in


def test_a_user_signs_in_and_uses_the_token(school):
    person = make_user(school)
    reply = sign_in(person)
    assert reply.status == 200
    told = reply.data
    assert told["user"]["email"] == person.email
    assert told["school"]["id"] == school.id
    assert told["expiresIn"] == 3600
    me = Client(told["accessToken"]).get("/api/auth/me")
    assert me.data["user"]["id"] == person.id
    assert me.data["user"]["lastLogin"]
    assert "users:manage" in me.data["permissions"]


def test_a_refresh_gives_working_tokens(school):
    device = session(make_user(school))
    again = device.renew()
    assert again.status == 200
    assert Client(again.data["accessToken"]).get("/api/auth/me").status == 200
    assert again.data["refreshToken"] != device.refresh


def test_sign_out_ends_the_session(school):
    device = session(make_user(school))
    assert Client().post("/api/auth/logout", {"refreshToken": device.refresh}).status == 200
    assert device.renew().status == 401
    assert device.client.get("/api/auth/me").status == 401

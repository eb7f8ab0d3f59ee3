"""What a session must survive: each test fails when its defence is taken away (rules A5, A6)."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.exceptions import InvalidTag

from functions.auth import sessions
from functions.auth.handles import Handle
from shared import clock
from shared.auth import gate
from shared.auth.sessions import end_all, sessions_of
from shared.data import reader
from shared.data.unit_of_work import Actor, UnitOfWork
from shared.entities.tenancy import Access, Session
from shared.gateways import pool
from tests.support.client import Client
from tests.support.journal import actions
from tests.support.user_pool import Device, make_user, session
from tests.support.world import make_school

COOKIE_BUDGET = 4_096


@pytest.fixture
def school(pooled):
    return make_school()


@pytest.fixture
def person(school):
    return make_user(school)


@pytest.fixture
def elsewhere(monkeypatch):
    """Another container: what this one forgets at a sign-out, it keeps until its cache runs out. Call it to let 16 seconds pass."""
    monkeypatch.setattr(gate, "forget", lambda *_: None)
    real = time.monotonic

    def later(seconds: float = 16.0) -> None:
        monkeypatch.setattr(gate.time, "monotonic", lambda: real() + seconds)

    return later


def change(person, **what):
    unit = UnitOfWork(person.school_id, Actor(), "tests")
    end_all(unit, person.school_id, person.id, **what)
    unit.commit()


def pass_seconds(seconds: float):
    moved = datetime.now(UTC) + timedelta(seconds=seconds)
    clock.use(lambda: moved)


ENDINGS = {
    "sign-out": lambda person, device: Client().post("/api/auth/logout", {"refreshToken": device.refresh}),
    "suspension": lambda person, device: change(person, status="SUSPENDED"),
    "role change": lambda person, device: change(person, role="ACCOUNTANT"),
    "password change": lambda person, device: change(person),
    "deletion": lambda person, device: change(person, delete=True),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_a5_an_access_token_stops_working_within_30_seconds_on_every_function_and_a_refresh_token_at_once(person, elsewhere, ending):
    device = session(person)
    assert device.client.get("/api/classes").status == 200
    ENDINGS[ending](person, device)
    assert device.renew().status == 401
    assert device.client.post("/api/classes", {"name": "x"}).status == 401  # a write asks the table itself
    elsewhere()
    assert device.client.get("/api/classes").status == 401
    assert device.client.get("/api/auth/me").status == 401


def test_a5_where_the_session_ended_its_token_stops_at_once(person):
    device = session(person)
    assert device.client.get("/api/classes").status == 200
    assert device.client.post("/api/auth/logout").status == 200
    assert device.client.get("/api/classes").status == 401


def test_a5_a_sign_out_leaves_the_other_devices_alone(person):
    phone, laptop = session(person), session(person)
    phone.client.post("/api/auth/logout")
    assert phone.renew().status == 401
    assert laptop.client.get("/api/auth/me").status == 200
    assert laptop.renew().status == 200


def test_a5_a_sign_out_also_ends_the_access_tokens_of_earlier_refreshes(person):
    device = session(person)
    renewed = Device.of(device.renew())
    Client().post("/api/auth/logout", {"refreshToken": renewed.refresh})
    assert device.client.get("/api/auth/me").status == 401
    assert renewed.client.get("/api/auth/me").status == 401


def test_a_sign_out_is_told_to_the_pool_and_journalled(person, monkeypatch):
    told = []
    real = pool.revoke
    monkeypatch.setattr(pool, "revoke", lambda token: (told.append(token), real(token)))
    device = session(person)
    Client().post("/api/auth/logout", {"refreshToken": device.refresh})
    with pytest.raises(pool.Refused):
        pool.refresh(told[0])
    assert actions(person.school_id, "Session")[-1] == ("SIGN_OUT", "SUCCESS")


def test_a_sign_out_stands_when_the_pool_does_not_answer(person, monkeypatch):
    def down(_token):
        raise pool.Unavailable

    monkeypatch.setattr(pool, "revoke", down)
    device = session(person)
    assert Client().post("/api/auth/logout", {"refreshToken": device.refresh}).status == 200
    assert device.renew().status == 401


def test_signing_out_twice_is_no_error_and_signing_out_as_nobody_is(person):
    device = session(person)
    replies = [Client().post("/api/auth/logout", {"refreshToken": device.refresh}).status for _ in range(2)]
    assert replies == [200, 200]
    assert Client().post("/api/auth/logout").status == 401
    assert Client().post("/api/auth/logout", {"refreshToken": "nonsense"}).status == 401


def test_a5_two_tabs_that_refresh_at_once_both_get_working_tokens(person):
    device = session(person)
    first, second = Device.of(device.renew()), Device.of(device.renew())
    assert first.refresh == second.refresh
    for tab in (first, second):
        assert tab.client.get("/api/auth/me").status == 200
    assert second.renew().status == 200


def test_a5_two_tabs_whose_refreshes_overlap_both_get_working_tokens(person, monkeypatch):
    device = session(person)
    real, other = pool.refresh, []

    def overtaken(token):
        if not other:
            other.append(None)
            other.append(device.renew())
        return real(token)

    monkeypatch.setattr(pool, "refresh", overtaken)
    tabs = [device.renew(), other[1]]
    assert [tab.status for tab in tabs] == [200, 200]
    assert tabs[0].data["refreshToken"] == tabs[1].data["refreshToken"]


def test_a5_a_refresh_token_used_again_after_the_grace_period_ends_the_whole_session(person):
    device = session(person)
    renewed = Device.of(device.renew())
    pass_seconds(sessions.GRACE_MS / 1000 + 1)
    assert device.renew().status == 401
    assert renewed.renew().status == 401
    assert renewed.client.get("/api/auth/me").status == 401
    assert actions(person.school_id, "Session") == [("TOKEN_REUSE", "FAILED")]


def test_a5_the_grace_period_lies_between_10_and_30_seconds(person):
    device = session(person)
    device.renew()
    assert 10_000 <= sessions.GRACE_MS <= 30_000
    pass_seconds(sessions.GRACE_MS / 1000 - 1)
    assert device.renew().status == 200


def test_a5_a_refresh_token_of_two_turns_ago_ends_the_session_at_once(person):
    device = session(person)
    second = Device.of(device.renew())
    third = Device.of(second.renew())
    assert device.renew().status == 401
    assert third.renew().status == 401
    assert actions(person.school_id, "Session") == [("TOKEN_REUSE", "FAILED")]


def test_a5_a_used_up_refresh_token_signs_nobody_out_quietly(person):
    device = session(person)
    Device.of(Device.of(device.renew()).renew())
    assert Client().post("/api/auth/logout", {"refreshToken": device.refresh}).status == 401
    assert actions(person.school_id, "Session") == [("TOKEN_REUSE", "FAILED")]


def test_a5_a_session_ends_seven_days_after_the_sign_in(person):
    device = session(person)
    renewed = Device.of(device.renew())
    pass_seconds(7 * 86_400 + 1)
    assert renewed.renew().status == 401


def test_a_session_that_was_overlooked_ends_by_its_version(person):
    devices = [session(person) for _ in range(22)]  # more than are removed in one transaction
    change(person)
    assert len(list(sessions_of(person.school_id, person.id))) == 2
    assert [device.renew().status for device in devices] == [401] * 22
    assert list(sessions_of(person.school_id, person.id)) == []


def test_a_refresh_that_a_suspension_overtakes_gives_nothing(person, monkeypatch):
    device = session(person)
    real = pool.refresh
    monkeypatch.setattr(pool, "refresh", lambda token: (change(person), real(token))[1])
    assert device.renew().status == 401


def test_a_session_that_the_pool_refuses_ends(person):
    device = session(person)
    handle = Handle.parse(device.refresh)
    stored = reader.load(Session, consistent=True, school_id=person.school_id, user_id=person.id, id=handle.id)
    pool.revoke(handle.unseal(stored.pool_token))
    assert device.renew().status == 401
    assert list(sessions_of(person.school_id, person.id)) == []


def test_two_sign_outs_at_once_revoke_both_sessions_tokens(person, monkeypatch):
    phone, laptop = session(person), session(person)
    real, nested = sessions.end, []

    def overtaken(unit, found):
        real(unit, found)
        if not nested:
            nested.append(True)
            assert Client().post("/api/auth/logout", {"refreshToken": laptop.refresh}).status == 200

    monkeypatch.setattr(sessions, "end", overtaken)
    assert Client().post("/api/auth/logout", {"refreshToken": phone.refresh}).status == 200
    assert phone.client.get("/api/auth/me").status == 401
    assert laptop.client.get("/api/auth/me").status == 401


def test_revoked_tokens_are_forgotten_once_they_have_expired(person):
    device = session(person)
    access = Access(school_id=person.school_id, user_id=person.id)
    now = int(time.time())
    unit = UnitOfWork(person.school_id, Actor(), "tests")
    unit.act(access, [Access.revoked.set({"old": now - 1, "new": now + 60})], None, AssertionError())
    unit.commit()
    device.client.post("/api/auth/logout")
    stored = reader.load(Access, consistent=True, school_id=person.school_id, user_id=person.id)
    assert set(stored.revoked) > {"new"}
    assert "old" not in stored.revoked


def test_a_dump_of_the_table_opens_no_session(person):
    device = session(person)
    handle = Handle.parse(device.refresh)
    raw = reader.get(Session.key_of(school_id=person.school_id, user_id=person.id, id=handle.id), consistent=True)
    assert handle.secret not in str(raw)
    granted = handle.unseal(raw["poolToken"]["S"])
    assert granted not in str(raw)
    with pytest.raises(InvalidTag):
        Handle(handle.school_id, handle.user_id, handle.id, raw["secretHash"]["S"][:43]).unseal(raw["poolToken"]["S"])


@pytest.mark.parametrize(
    "text",
    ["", "x", ".", "a.b", "x" * 256, "\u20ac.\u20ac", Handle("PLATFORM", "00000000-0000-7000-8000-000000000000", "A" * 16, "A" * 43)],
)
def test_a_refresh_token_that_never_was_is_refused(pooled, text):
    reply = Client().post("/api/auth/refresh-token", {"refreshToken": str(text)})
    assert reply.status == (400 if text in {"", "\u20ac.\u20ac"} else 401)
    by_cookie = Client().request("POST", "/api/auth/refresh-token", json_body={}, cookies=[f"homeroom_refresh={text}"])
    assert by_cookie.status in {401, 403}


def test_a_guessed_secret_for_a_known_session_gives_nothing(person):
    device = session(person)
    handle = Handle.parse(device.refresh)
    guess = Handle(handle.school_id, handle.user_id, handle.id, Handle.new(handle.school_id, handle.user_id).secret)
    assert Client().post("/api/auth/refresh-token", {"refreshToken": str(guess)}).status == 401


class Browser:
    """A device that keeps cookies."""

    def __init__(self, person) -> None:
        self.device = session(person)
        self.cookies = list(self.device.cookies)

    def send(self, method, path, *, csrf=None, cookies=None, **options):
        headers = {**({"X-CSRF-Token": csrf} if csrf is not None else {}), **options.pop("headers", {})}
        return Client().request(method, path, headers=headers, cookies=self.cookies if cookies is None else cookies, **options)

    def renew(self, **options):
        return self.send("POST", "/api/auth/refresh-token", json_body={}, **options)


def test_a6_cookies_are_hidden_strict_secure_and_small(person):
    reply = Client().post("/api/auth/login", {"email": person.email, "password": "Blue-Kite-42"})
    access, refresh, csrf = reply.cookies
    for cookie in reply.cookies:
        assert "; Secure; SameSite=Strict" in cookie
    assert access.startswith("homeroom_access=")
    assert "Path=/;" in access
    assert "Max-Age=3600" in access
    assert access.endswith("HttpOnly")
    assert "Path=/api/auth;" in refresh
    assert "Max-Age=604800" in refresh
    assert refresh.endswith("HttpOnly")
    assert "HttpOnly" not in csrf
    largest = 2_048  # of an access token as AWS makes them, with ours for comparison
    measured = len(reply.data["accessToken"])
    assert sum(len(c) for c in reply.cookies) + largest - measured < COOKIE_BUDGET


def test_a6_a_cookie_reads_and_writes_with_its_csrf_token(person):
    browser = Browser(person)
    assert browser.send("GET", "/api/auth/me").status == 200
    made = browser.send("POST", "/api/subjects", csrf=browser.device.csrf, json_body={"name": "Art"})
    assert made.status == 201


@pytest.mark.parametrize("path", ["/api/subjects", "/api/auth/refresh-token", "/api/auth/logout"])
def test_a6_a_write_by_cookie_without_its_own_csrf_token_is_forbidden(person, path):
    browser, other = Browser(person), Browser(person)
    csrf = browser.device.csrf
    body = {"name": "Art"} if path == "/api/subjects" else {}
    forged = [c for c in browser.cookies if not c.startswith("homeroom_csrf")] + [f"homeroom_csrf={other.device.csrf}"]
    replies = [
        browser.send("POST", path, json_body=body),
        browser.send("POST", path, csrf="", json_body=body),
        browser.send("POST", path, csrf=other.device.csrf, json_body=body),
        browser.send("POST", path, csrf=other.device.csrf, cookies=forged, json_body=body),
        browser.send("POST", path, csrf=csrf, json_body=body, headers={"Origin": "https://evil.example"}),
        browser.send("POST", path, csrf=csrf, json_body=body, headers={"Origin": "null"}),
        browser.send("POST", path, csrf=csrf, cookies=browser.cookies[:2], json_body=body),
    ]
    assert [r.status for r in replies] == [403] * 7
    if path == "/api/subjects":
        assert browser.send("POST", path, raw=b"name=Art", headers={"Content-Type": "text/plain"}).status == 403
    assert browser.send("GET", "/api/auth/me").status == 200
    assert browser.send("POST", path, csrf=csrf, json_body=body, headers={"Origin": "https://school.test"}).status in {200, 201}


def test_a6_a_text_body_is_refused_also_with_the_csrf_token(person):
    browser = Browser(person)
    for path in ("/api/subjects", "/api/auth/refresh-token"):
        reply = browser.send("POST", path, csrf=browser.device.csrf, raw=b"{}", headers={"Content-Type": "text/plain"})
        assert reply.status == 415


def test_a6_a_browser_refreshes_after_its_access_cookie_has_gone(person):
    browser = Browser(person)
    left = [c for c in browser.cookies if not c.startswith("homeroom_access")]
    reply = browser.renew(csrf=browser.device.csrf, cookies=left)
    assert reply.status == 200
    assert len(reply.cookies) == 3
    assert browser.send("GET", "/api/auth/me", cookies=[c.partition(";")[0] for c in reply.cookies]).status == 200


def test_a6_two_tabs_of_a_browser_refresh_at_once(person):
    browser = Browser(person)
    replies = [browser.renew(csrf=browser.device.csrf) for _ in range(2)]
    assert [r.status for r in replies] == [200, 200]
    assert replies[0].data["refreshToken"] == replies[1].data["refreshToken"]


def test_a6_a_sign_out_takes_the_cookies_away(person):
    browser = Browser(person)
    reply = browser.send("POST", "/api/auth/logout", csrf=browser.device.csrf, json_body={})
    assert [c.partition("=")[0] for c in reply.cookies] == ["homeroom_access", "homeroom_refresh", "homeroom_csrf"]
    assert all("Max-Age=0" in c for c in reply.cookies)
    assert browser.send("GET", "/api/auth/me").status == 401


def test_a6_a_bearer_token_needs_no_csrf_token(person):
    device = session(person)
    assert device.client.post("/api/subjects", {"name": "Art"}, headers={"Origin": "https://app.example"}).status == 201


def test_a_get_never_signs_out_or_refreshes(person):
    browser = Browser(person)
    for path in ("/api/auth/refresh-token", "/api/auth/logout", "/api/auth/login"):
        assert browser.send("GET", path).status == 405
    assert browser.send("GET", "/api/auth/me").status == 200


def test_a_pool_that_rotates_its_own_tokens_is_followed(person, monkeypatch):
    device = session(person)
    real, given = pool.refresh, {}

    def rotating(token):
        granted = real(given.get(token, token))
        given[f"rotated-{len(given)}"] = given.get(token, token)
        return pool.Granted(granted.access_token, f"rotated-{len(given) - 1}", granted.expires_in)

    monkeypatch.setattr(pool, "refresh", rotating)
    first = Device.of(device.renew())
    second = Device.of(device.renew())  # the other tab, with the last secret
    assert Device.of(second.renew()).client.get("/api/auth/me").status == 200
    assert first.refresh == second.refresh
    assert len(given) == 3


def test_a_sign_out_by_access_token_of_a_session_that_is_gone_is_no_error(person):
    device = session(person)
    for stored in sessions_of(person.school_id, person.id):
        unit = UnitOfWork(person.school_id, Actor(), "tests")
        unit.remove(stored, None, AssertionError())
        unit.commit()
    assert device.client.post("/api/auth/logout").status == 200


def test_a_session_that_refreshes_without_end_is_slowed_down_so_that_its_tokens_can_all_be_revoked(person, monkeypatch):
    monkeypatch.setattr(sessions, "_MOST_OUT", 3)
    devices = [session(person)]
    for _ in range(2):
        devices.append(Device.of(devices[-1].renew()))
    slowed = devices[-1].renew()
    assert (slowed.status, slowed.headers["retry-after"]) == (429, "60")
    assert Client().post("/api/auth/logout", {"refreshToken": devices[-1].refresh}).status == 200
    assert [d.client.get("/api/auth/me").status for d in devices] == [401] * 3

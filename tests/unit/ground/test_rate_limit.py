"""Rate limits: exact in any window of a minute, also among many containers."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.auth import rate_limit
from shared.errors import RateLimited
from shared.ids import new_id
from shared.settings import SettingsError, parse_rate_limits


@pytest.fixture
def principal(world):
    return f"user:{new_id()}"


def test_the_sixth_request_of_a_minute_is_refused_with_the_time_to_wait(principal):
    remaining = [rate_limit.take(principal, "auth", 5)["RateLimit"] for _ in range(5)]
    assert [r.split(";")[1] for r in remaining] == ["r=4", "r=3", "r=2", "r=1", "r=0"]
    with pytest.raises(RateLimited) as caught:
        rate_limit.take(principal, "auth", 5)
    assert 55 <= caught.value.retry_after <= 60


def test_another_principal_and_another_kind_are_untouched(principal):
    for _ in range(5):
        rate_limit.take(principal, "auth", 5)
    rate_limit.take(principal, "read", 5)
    rate_limit.take(f"user:{new_id()}", "auth", 5)


def test_containers_that_do_not_know_of_each_other_share_one_count(principal):
    for _ in range(5):
        rate_limit.forget()
        rate_limit.take(principal, "auth", 5)
    rate_limit.forget()
    with pytest.raises(RateLimited):
        rate_limit.take(principal, "auth", 5)


def test_the_window_slides(principal, monkeypatch):
    start = time.time()
    for second in (0, 30, 31, 32, 33):
        monkeypatch.setattr(rate_limit.time, "time", lambda s=second: start + s)
        rate_limit.take(principal, "auth", 5)
    monkeypatch.setattr(rate_limit.time, "time", lambda: start + 59)
    with pytest.raises(RateLimited):
        rate_limit.take(principal, "auth", 5)
    monkeypatch.setattr(rate_limit.time, "time", lambda: start + 60.1)
    rate_limit.take(principal, "auth", 5)
    with pytest.raises(RateLimited):
        rate_limit.take(principal, "auth", 5)


def test_forty_at_once_let_exactly_the_limit_through(principal):
    def attempt(_):
        try:
            rate_limit.take(principal, "write", 10)
        except RateLimited:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(attempt, range(40))) == 10


def test_the_setting_says_limits_or_off_and_nothing_else():
    assert parse_rate_limits("auth=1,upload=7") == {"auth": 1, "read": 100, "write": 30, "upload": 7}
    assert parse_rate_limits("") == {"auth": 5, "read": 100, "write": 30, "upload": 10}
    assert parse_rate_limits("off") is None
    for wrong in ("auth", "auth=0", "auth=x", "login=5", "auth=-1"):
        with pytest.raises(SettingsError, match="RATE_LIMITS"):
            parse_rate_limits(wrong)

"""When jobs are due, by wall clocks that are put forward and back, and at the ends of the world."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.jobs import rules

TEN = timedelta(minutes=10)
ZONES = [
    "Asia/Kolkata", "Pacific/Honolulu", "Pacific/Kiritimati", "America/New_York", "Europe/Berlin",
    "Australia/Lord_Howe", "Africa/Cairo", "America/Santiago", "Asia/Kathmandu", "UTC",
]  # fmt: skip
TIMES = ["00:00", "00:30", "01:30", "02:00", "02:30", "03:00", "12:00", "16:00", "23:30", "23:58"]


def looks(zone: str, at: str, start: datetime, days: int, step: timedelta = TEN) -> list[str]:
    """The dates that a clock asks for that looks every ten minutes."""
    found = []
    now = start
    while now < start + timedelta(days=days):
        due = rules.due_between(at, ZoneInfo(zone), now, now + step)
        assert due.missed == 0
        if due.day:
            found.append(due.day.isoformat())
        now += step
    return found


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin"])
@pytest.mark.parametrize("at", ["01:30", "02:30", "03:00"])
@pytest.mark.parametrize(
    "around", [datetime(2026, 3, 7, tzinfo=UTC), datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 10, 24, tzinfo=UTC)]
)
def test_a_time_that_the_clock_skips_or_shows_twice_comes_once_a_date(zone: str, at: str, around: datetime) -> None:
    asked = looks(zone, at, around, 9)
    assert len(asked) == len(set(asked))
    first, last = date.fromisoformat(asked[0]), date.fromisoformat(asked[-1])
    assert len(asked) == (last - first).days + 1 >= 8


def test_a_skipped_time_counts_as_if_the_clock_had_not_been_put_forward() -> None:
    assert rules.due_at(date(2026, 3, 8), "02:30", ZoneInfo("America/New_York")) == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)


def test_a_time_that_comes_twice_counts_the_first_time() -> None:
    assert rules.due_at(date(2026, 11, 1), "01:30", ZoneInfo("America/New_York")) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "now", "day"),
    [
        ("Asia/Kolkata", datetime(2026, 12, 30, 20, 35, tzinfo=UTC), date(2026, 12, 31)),
        ("Pacific/Honolulu", datetime(2026, 12, 31, 12, 5, tzinfo=UTC), date(2026, 12, 31)),
        ("Pacific/Kiritimati", datetime(2026, 12, 31, 12, 5, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_g2_the_date_is_the_schools_own_on_31_december(zone: str, now: datetime, day: date) -> None:
    assert rules.due_between("02:00", ZoneInfo(zone), now - TEN, now) == rules.Due(day, 0)


def test_days_on_which_nobody_looked_are_counted_and_only_the_last_is_asked_for() -> None:
    now = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    assert rules.due_between("02:00", ZoneInfo("UTC"), now - timedelta(days=3), now) == rules.Due(date(2026, 11, 24), 2)


def test_a_day_that_is_over_is_made_up_for_shortly_after_and_not_later() -> None:
    since = datetime(2026, 11, 23, 23, 50, tzinfo=UTC)
    assert rules.due_between("23:58", ZoneInfo("UTC"), since, datetime(2026, 11, 24, 0, 5, tzinfo=UTC)).day == date(2026, 11, 23)
    assert rules.due_between("23:58", ZoneInfo("UTC"), since, datetime(2026, 11, 24, 7, 0, tzinfo=UTC)) == rules.Due(None, 1)


@given(
    zone=st.sampled_from(ZONES),
    at=st.sampled_from(TIMES),
    start=st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 1)),  # noqa: DTZ001 - made UTC below
    steps=st.lists(st.integers(1, 300), min_size=40, max_size=120),
)
def test_looks_at_any_intervals_below_six_hours_ask_for_each_date_once(zone: str, at: str, start: datetime, steps: list[int]) -> None:
    now, asked, missed = start.replace(tzinfo=UTC), [], 0
    for step in steps:
        then = now + timedelta(minutes=step)
        due = rules.due_between(at, ZoneInfo(zone), now, then)
        missed += due.missed
        asked += [due.day] if due.day else []
        now = then
    assert missed == 0
    assert [b - a for a, b in pairwise(asked)] == [timedelta(days=1)] * (len(asked) - 1 if asked else 0)


@given(zone=st.sampled_from(ZONES), at=st.sampled_from(TIMES), now=st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 1)))  # noqa: DTZ001 - made UTC below
def test_the_next_time_is_ahead_and_at_most_a_long_day_away(zone: str, at: str, now: datetime) -> None:
    moment = now.replace(tzinfo=UTC)
    assert timedelta() < rules.next_due(at, ZoneInfo(zone), moment) - moment <= timedelta(hours=25)

"""Quiet hours: over midnight, in the school's zone, through changes of the clocks."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.notifications.quiet import quiet_until


def local(text: str, zone: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "ends"),
    [
        ("2026-11-24 20:59", None),
        ("2026-11-24 21:00", "2026-11-25 07:00"),
        ("2026-11-24 23:59", "2026-11-25 07:00"),
        ("2026-11-25 00:00", "2026-11-25 07:00"),
        ("2026-11-25 06:59", "2026-11-25 07:00"),
        ("2026-11-25 07:00", None),
        ("2026-12-31 22:00", "2027-01-01 07:00"),
    ],
)
@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Pacific/Honolulu", "Pacific/Kiritimati", "America/New_York"])
def test_quiet_hours_go_over_midnight_in_the_schools_zone(now, ends, zone):
    assert quiet_until("21:00", "07:00", zone, local(now, zone)) == (local(ends, zone) if ends else None)


def test_quiet_hours_within_a_day_and_none_at_all():
    assert quiet_until("12:00", "14:00", "Asia/Kolkata", local("2026-11-24 13:00", "Asia/Kolkata")) == local(
        "2026-11-24 14:00", "Asia/Kolkata"
    )
    assert quiet_until("12:00", "14:00", "Asia/Kolkata", local("2026-11-24 14:00", "Asia/Kolkata")) is None
    assert quiet_until("21:00", "21:00", "Asia/Kolkata", local("2026-11-24 23:00", "Asia/Kolkata")) is None


def test_a_night_of_a_change_of_clocks_ends_at_the_same_time_of_day():
    zone = "America/New_York"
    for evening, morning, hours in (("2026-03-07 21:00", "2026-03-08 07:00", 9), ("2026-10-31 21:00", "2026-11-01 07:00", 11)):
        began = local(evening, zone)
        ends = quiet_until("21:00", "07:00", zone, began)
        assert ends == local(morning, zone)
        assert ends - began == timedelta(hours=hours)


def test_an_hour_that_is_repeated_is_quiet_both_times_and_one_that_is_left_out_ends_when_it_would():
    zone = "America/New_York"
    for fold in (0, 1):
        assert quiet_until("21:00", "01:30", zone, local("2026-11-01 01:10", zone, fold)) == local("2026-11-01 01:30", zone, 1)
    assert quiet_until("21:00", "02:30", zone, local("2026-03-08 01:59", zone)) == local("2026-03-08 03:30", zone)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),  # noqa: DTZ001 - hypothesis takes naive bounds
    st.times(),
    st.times(),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Casablanca"]),
)
def test_it_stays_quiet_until_the_end_that_is_told(moment, start, end, zone):
    now = moment.replace(tzinfo=UTC)
    ends = quiet_until(f"{start:%H:%M}", f"{end:%H:%M}", zone, now)
    if ends is not None:
        assert now < ends <= now + timedelta(hours=26)
        for share in (0.3, 0.999):
            assert quiet_until(f"{start:%H:%M}", f"{end:%H:%M}", zone, now + (ends - now) * share) is not None

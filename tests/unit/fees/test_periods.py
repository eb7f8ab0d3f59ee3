"""Periods of an academic year (F5), their due days, and who owes them from when."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.fees.assigning_plan import joined
from functions.fees.periods import COUNT, Frequency, due_in, instalment_days, month_later, owed_from, periods, year_start

DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))
FREQUENCIES = st.sampled_from(list(Frequency))


@given(FREQUENCIES, DAYS, st.integers(1, 31))
def test_f5_periods_cover_the_year_without_a_gap_and_each_is_due_within_a_month_of_its_beginning(frequency, start, due_day):
    made = periods(frequency, start, due_day)
    assert len(made) == COUNT[frequency]
    assert made[0].since == start
    assert made[-1].until == month_later(start, 12)
    assert all(a.until == b.since for a, b in pairwise(made))
    assert len({p.name for p in made}) == len(made)
    assert all(p.since <= p.due <= p.since + timedelta(days=31) for p in made)


@given(FREQUENCIES, DAYS, st.integers(1, 31), DAYS)
def test_f5_who_joins_owes_the_periods_that_are_not_over_and_none_before_being_there(frequency, start, due_day, since):
    made = periods(frequency, start, due_day)
    owed = list(owed_from(made, since))
    assert [p for p, _ in owed] == [p for p in made if p.until > since]
    assert all(due >= since and due >= p.due for p, due in owed)
    if since <= start:
        assert len(owed) == len(made)


def test_a_due_day_that_a_month_does_not_have_is_its_last():
    assert [p.due.isoformat() for p in periods(Frequency.MONTHLY, date(2027, 11, 1), 31)][:5] == [
        "2027-11-30",
        "2027-12-31",
        "2028-01-31",
        "2028-02-29",
        "2028-03-31",
    ]
    assert due_in(date(2026, 6, 15), 10) == date(2026, 7, 10)
    assert due_in(date(2026, 12, 31), 30) == date(2027, 1, 30)


@given(DAYS, st.integers(2, 12), st.sampled_from([Frequency.QUARTERLY, Frequency.ANNUALLY, Frequency.ONE_TIME]))
def test_instalments_are_spread_over_the_period_in_order(first, count, frequency):
    days = instalment_days(first, count, frequency)
    assert days[0] == first
    assert days == sorted(days)
    assert days[-1] < month_later(first, 12 // COUNT[frequency]) or count > 12 // COUNT[frequency]


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("2026-2027", "2026-04-01"),
        ("2027-2028", "2027-04-01"),
        ("2025/26", "2025-04-01"),
        ("2028", "2028-04-01"),
        ("Jubilee", None),
        ("20x6", None),
        ("٢٠٢٧", None),
    ],
)
def test_an_academic_years_first_day_is_told_by_its_name_where_it_begins_with_a_year(name, start):
    found = year_start(name, "2026-2027", date(2026, 4, 1))
    assert (found.isoformat() if found else None) == start


def test_a_student_is_there_since_the_stay_without_a_break_in_the_classes_that_count():
    stays = [
        {"classId": "old", "since": "2025-04-01", "until": "2026-03-31"},
        {"classId": "a", "since": "2026-04-01", "until": "2026-08-31"},
        {"classId": "b", "since": "2026-09-01"},
    ]
    student = {"status": "ACTIVE", "classId": "b", "admissionDate": "2025-04-01", "stays": stays}
    assert joined(student, frozenset("ab")) == date(2026, 4, 1)
    assert joined(student, frozenset("b")) == date(2026, 9, 1)
    assert joined(student, frozenset("a")) is None
    assert joined({**student, "status": "TRANSFERRED"}, frozenset("ab")) is None
    assert joined({**student, "stays": None}, frozenset("b")) == date(2025, 4, 1)

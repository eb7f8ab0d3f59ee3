"""The rules of leaves and of where a teacher stands."""

from contextlib import suppress
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.teachers import rules

MAY = [{"id": "a", "from": "2026-05-04", "until": "2026-05-08"}, {"id": "b", "from": "2026-06-01"}]


@pytest.mark.parametrize(
    ("role", "account", "today", "status"),
    [
        ("TEACHER", "ACTIVE", "2026-05-03", "ACTIVE"),
        ("TEACHER", "ACTIVE", "2026-05-04", "ON_LEAVE"),
        ("TEACHER", "ACTIVE", "2026-05-08", "ON_LEAVE"),
        ("TEACHER", "ACTIVE", "2026-05-09", "ACTIVE"),
        ("TEACHER", "ACTIVE", "2036-01-01", "ON_LEAVE"),
        ("TEACHER", "SUSPENDED", "2026-05-09", "ACTIVE"),
        ("TEACHER", "INACTIVE", "2026-05-04", "INACTIVE"),
        ("SCHOOL_ADMIN", "ACTIVE", "2026-05-04", "INACTIVE"),
    ],
)
def test_a_teacher_stands_where_account_and_leaves_say(role, account, today, status):
    assert rules.status_of(role, account, MAY, today) == status


@pytest.mark.parametrize(
    ("since", "until"), [("2026-05-08", "2026-05-09"), ("2026-01-01", None), ("2026-05-05", "2026-05-05"), ("2027-01-01", None)]
)
def test_a_leave_that_shares_a_day_with_another_is_an_overlap(since, until):
    with pytest.raises(rules.Overlap):
        rules.with_leave(MAY, {"id": "c", "from": since, **({"until": until} if until else {})})


def test_a_changed_leave_does_not_overlap_with_itself():
    assert rules.with_leave(MAY, {"id": "a", "from": "2026-05-05", "until": "2026-05-31"})[0]["until"] == "2026-05-31"


def test_who_is_back_on_the_first_day_was_never_away():
    assert rules.back_on(MAY, "2026-06-01") == MAY[:1]
    assert rules.back_on(MAY, "2026-06-02")[1] == {"id": "b", "from": "2026-06-01", "until": "2026-06-01"}
    assert rules.back_on(MAY, "2026-05-20") == MAY


DAYS = st.dates(date(2026, 1, 1), date(2026, 3, 31))
LEAVES = st.lists(st.tuples(DAYS, st.none() | st.integers(0, 20)), max_size=12)


@given(LEAVES, DAYS)
def test_however_leaves_are_added_no_day_has_two_and_being_back_ends_the_one_of_the_day(asked, day):
    kept: list[rules.Leave] = []
    for number, (since, length) in enumerate(asked):
        leave = {"id": str(number), "from": since.isoformat()}
        if length is not None:
            leave["until"] = (since + timedelta(days=length)).isoformat()
        with suppress(rules.Overlap):
            kept = rules.with_leave(kept, leave)
    assert all(first.get("until", "9999") < second["from"] for first, second in pairwise(kept))
    back = rules.back_on(kept, day.isoformat())
    assert rules.leave_on(back, day.isoformat()) is None
    assert len(back) >= len(kept) - 1

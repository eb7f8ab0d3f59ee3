"""F7: which fines are due on a night, and who is reminded of what."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.fees.night_rules import Fine, FineRule, Kind, Part, fines_due, parts_left, reminders

DUE = date(2026, 11, 10)


def amount(text: str) -> Decimal:
    return Decimal(text)


def after(days: int) -> date:
    return DUE + timedelta(days=days)


def whole(left: str = "1000.00") -> list[Part]:
    return [Part(DUE, amount(left))]


FIXED = FineRule(Kind.FIXED, amount=amount("50.00"))
PERCENT = FineRule(Kind.PERCENTAGE, percentage=amount("2.5"))
DAILY = FineRule(Kind.DAILY, amount=amount("10.00"))


@pytest.mark.parametrize(
    ("rule", "days", "left", "wanted"),
    [
        (FineRule(), 30, "1000.00", []),
        (FIXED, 0, "1000.00", []),  # due today is not late
        (FIXED, 1, "1000.00", ["50.00"]),
        (FIXED, 30, "0.00", []),  # paid
        (FIXED, 30, "0.01", ["50.00"]),
        (FineRule(Kind.FIXED, amount=amount("50.00"), grace_days=5), 5, "1000.00", []),
        (FineRule(Kind.FIXED, amount=amount("50.00"), grace_days=5), 6, "1000.00", ["50.00"]),
        (FineRule(Kind.FIXED, amount=amount("50.00"), maximum=amount("20.00")), 1, "1000.00", ["20.00"]),
        (FineRule(Kind.FIXED, amount=amount("50.00"), maximum=amount("0.00")), 1, "1000.00", []),
        (PERCENT, 1, "1000.00", ["25.00"]),
        (PERCENT, 1, "333.33", ["8.33"]),
        (PERCENT, 1, "0.20", ["0.01"]),  # 0.005, half up
        (PERCENT, 1, "0.10", []),  # less than a cent is none
        (DAILY, 1, "1000.00", ["10.00"]),
        (DAILY, 4, "1000.00", ["40.00"]),  # nights that were missed are made up for
        (FineRule(Kind.DAILY, amount=amount("10.00"), grace_days=3), 4, "1000.00", ["10.00"]),
        (FineRule(Kind.DAILY, amount=amount("10.00"), maximum=amount("25.00")), 4, "1000.00", ["25.00"]),
    ],
)
def test_f7_a_late_fine_by_each_kind_of_rule(rule: FineRule, days: int, left: str, wanted: list[str]) -> None:
    assert [str(fine.amount) for fine in fines_due(rule, whole(left), [], after(days), "INR")] == wanted


@pytest.mark.parametrize(("currency", "wanted"), [("JPY", "25"), ("INR", "25.00"), ("KWD", "25.000")])
def test_g3_a_percentage_has_the_decimals_of_the_currency(currency: str, wanted: str) -> None:
    (fine,) = fines_due(PERCENT, [Part(DUE, amount("1000"))], [], after(1), currency)
    assert str(fine.amount) == wanted


@pytest.mark.parametrize("rule", [FIXED, PERCENT])
def test_f7_a_fine_is_applied_once_also_where_the_school_has_changed_its_kind(rule: FineRule) -> None:
    had = fines_due(rule, whole(), [], after(1), "INR")
    for later in (FIXED, PERCENT):
        assert fines_due(later, whole(), had, after(20), "INR") == []


def test_f7_each_instalment_that_is_late_has_its_fine_once() -> None:
    parts = [Part(DUE, amount("0.00")), Part(after(10), amount("500.00")), Part(after(20), amount("500.00"))]
    first = fines_due(FIXED, parts, [], after(11), "INR")
    assert [(f.part, str(f.amount)) for f in first] == [(1, "50.00")]
    assert fines_due(FIXED, parts, first, after(12), "INR") == []
    assert [f.part for f in fines_due(FIXED, parts, first, after(21), "INR")] == [2]


def test_f7_a_daily_fine_does_not_count_days_before_the_next_instalment_was_late() -> None:
    had = [Fine(Kind.DAILY, 0, after(3), amount("30.00"))]
    parts = [Part(DUE, amount("0.00")), Part(after(10), amount("500.00"))]
    assert [str(f.amount) for f in fines_due(DAILY, parts, had, after(12), "INR")] == ["20.00"]


AMOUNTS = st.decimals(min_value=0, max_value=100_000, places=2)
RULES = st.builds(
    FineRule,
    kind=st.sampled_from(Kind),
    amount=AMOUNTS,
    percentage=st.decimals(min_value=0, max_value=100, places=2),
    grace_days=st.integers(0, 40),
    maximum=st.none() | AMOUNTS,
)
PARTS = st.lists(st.builds(Part, due=st.integers(-60, 60).map(after), left=AMOUNTS), min_size=1, max_size=5).map(
    lambda parts: sorted(parts, key=lambda part: part.due)
)


@given(RULES, PARTS, st.integers(-70, 400))
def test_f7_a_night_run_twice_fines_once(rule: FineRule, parts: list[Part], days: int) -> None:
    had = fines_due(rule, parts, [], after(days), "INR")
    assert fines_due(rule, parts, had, after(days), "INR") == []


@given(RULES, PARTS, st.lists(st.integers(-70, 200), max_size=12))
def test_f7_fines_are_positive_and_never_exceed_the_maximum(rule: FineRule, parts: list[Part], nights: list[int]) -> None:
    had: list[Fine] = []
    for night in sorted(nights):
        had += fines_due(rule, parts, had, after(night), "INR")
    assert all(fine.amount > 0 for fine in had)
    assert rule.maximum is None or sum(fine.amount for fine in had) <= rule.maximum


@given(RULES, PARTS, st.integers(0, 60))
def test_f7_nights_that_were_missed_change_nothing_in_the_sum(rule: FineRule, parts: list[Part], nights: int) -> None:
    had: list[Fine] = []
    for night in range(nights + 1):
        had += fines_due(rule, parts, had, after(night), "INR")
    late_from_the_start = fines_due(rule, parts, [], after(nights), "INR")
    bounded = rule.maximum is not None and len(parts) > 1
    if not bounded:
        assert sum(f.amount for f in had) == sum(f.amount for f in late_from_the_start)


@given(RULES, PARTS, st.integers(-70, 400))
def test_f7_what_is_paid_is_never_fined(rule: FineRule, parts: list[Part], days: int) -> None:
    paid = [Part(part.due, Decimal("0.00")) for part in parts]
    assert fines_due(rule, paid, [], after(days), "INR") == []


@given(st.lists(AMOUNTS, min_size=1, max_size=6), AMOUNTS)
def test_what_is_paid_covers_the_parts_in_their_order(amounts: list[Decimal], paid: Decimal) -> None:
    left = [part.left for part in parts_left([(after(n), a) for n, a in enumerate(amounts)], paid)]
    assert sum(left) == max(sum(amounts) - paid, 0)
    touched = [n for n, (a, b) in enumerate(zip(amounts, left, strict=True)) if a != b]
    assert all(left[n] == 0 for n in range(max(touched, default=0)) if amounts[n])


@pytest.mark.parametrize(
    ("days", "told"),
    [(-8, False), (-7, True), (-6, False), (-1, True), (0, False), (1, True), (7, True), (8, False)],
)
def test_f7_guardians_are_reminded_at_the_schools_intervals(days: int, told: bool) -> None:
    found = reminders(whole(), [7, 1], [1, 7], after(days))
    assert bool(found) == told
    assert all(reminder.overdue == (days > 0) for reminder in found)


def test_f7_nobody_is_reminded_of_what_is_paid() -> None:
    assert reminders(whole("0.00"), [7, 1, 0], [1, 7], after(-7)) == []

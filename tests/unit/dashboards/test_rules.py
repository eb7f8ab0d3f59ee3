"""Rates and months of figures."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.dashboards import rules


@pytest.mark.parametrize(
    ("part", "whole", "told"),
    [(0, 0, None), (0, 5, "0.00"), (1, 3, "33.33"), (2, 3, "66.67"), (1, 8, "12.50"), (5, 5, "100.00"), (Decimal("0.005"), 100, "0.01")],
)
def test_a_rate_has_two_decimals_half_up_and_nothing_of_nothing_is_none(part: Decimal, whole: int, told: str | None) -> None:
    assert rules.rate(part, whole) == (None if told is None else Decimal(told))


@given(part=st.integers(0, 10**9), more=st.integers(0, 10**9))
def test_a_rate_lies_between_nothing_and_a_hundred(part: int, more: int) -> None:
    found = rules.rate(part, part + more)
    assert found is None if part + more == 0 else (found is not None and 0 <= found <= 100)


def test_months_run_over_the_new_year() -> None:
    assert list(rules.months(date(2026, 11, 30), date(2027, 2, 1))) == ["2026-11", "2026-12", "2027-01", "2027-02"]
    assert list(rules.months(date(2026, 11, 30), date(2026, 11, 1))) == ["2026-11"]
    assert list(rules.months(date(2026, 12, 1), date(2026, 11, 30))) == []

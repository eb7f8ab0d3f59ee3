"""Money is exact, and has as many decimals as its currency (G3)."""

from decimal import Decimal, localcontext
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.money import decimals, format_plain, parse_money, split

CURRENCIES = st.sampled_from(["JPY", "INR", "KWD", "CLF"])


@pytest.mark.parametrize(("currency", "expected"), [("JPY", 0), ("INR", 2), ("EUR", 2), ("XCG", 2), ("KWD", 3), ("CLF", 4)])
def test_a_currency_has_its_decimals(currency: str, expected: int) -> None:
    assert decimals(currency) == expected


@pytest.mark.parametrize("currency", ["", "inr", "XXX", "XAU", "ABC", "HRK"])
def test_what_is_no_currency_of_today_is_refused(currency: str) -> None:
    with pytest.raises(ValueError, match="ISO 4217"):
        parse_money(1, currency)


@pytest.mark.parametrize(
    ("value", "currency", "expected"),
    [
        (5, "INR", "5.00"),
        ("5", "INR", "5.00"),
        (" 0.10 ", "INR", "0.10"),
        (Decimal("1E+2"), "INR", "100.00"),
        ("1e2", "JPY", "100"),
        ("1.234", "KWD", "1.234"),
        ("-0", "INR", "0.00"),
        (Decimal("-0.00"), "INR", "0.00"),
        (Decimal("0E+400"), "INR", "0.00"),
        ("999999999999999.9999", "CLF", "999999999999999.9999"),
    ],
)
def test_an_exact_amount_takes_the_currencys_decimals(value: Any, currency: str, expected: str) -> None:
    assert str(parse_money(value, currency)) == expected


@pytest.mark.parametrize(
    ("value", "currency", "reason"),
    [
        (0.1, "INR", "exact amount"),
        (True, "INR", "exact amount"),
        (None, "INR", "exact amount"),
        ("0.001", "INR", "at most 2 decimals"),
        (Decimal("10.500"), "INR", "at most 2 decimals"),
        ("0.5", "JPY", "no decimals"),
        (Decimal("NaN"), "INR", "finite"),
        (Decimal("sNaN"), "INR", "finite"),
        (Decimal("-Infinity"), "INR", "finite"),
        ("NaN", "INR", "plain digits"),
        ("1,234.50", "INR", "plain digits"),
        ("12,50", "INR", "plain digits"),
        ("", "INR", "plain digits"),
        ("١٢", "INR", "plain digits"),
        ("1_000", "INR", "plain digits"),
        (10**15, "INR", "at most 15 digits"),
        ("1e400", "INR", "at most 15 digits"),
        (Decimal("1E+999999"), "INR", "at most 15 digits"),
        (Decimal("1E-400"), "INR", "at most 2 decimals"),
        ("-0.01", "INR", "negative"),
        (-1, "INR", "negative"),
    ],
)
def test_a_bad_amount_is_refused_with_its_reason(value: Any, currency: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_money(value, currency)


def test_a_negative_amount_passes_where_a_rule_allows_it() -> None:
    assert parse_money("-1.5", "INR", allow_negative=True) == Decimal("-1.50")


def test_ten_thousand_payments_of_ten_cents_sum_to_exactly_a_thousand() -> None:
    assert str(sum(parse_money("0.10", "INR") for _ in range(10_000))) == "1000.00"


@given(st.integers(-(10**14), 10**14), CURRENCIES)
def test_what_is_formatted_parses_to_the_same_amount(units: int, currency: str) -> None:
    amount = parse_money(Decimal(units).scaleb(-decimals(currency)), currency, allow_negative=True)
    text = format_plain(amount, currency)
    assert parse_money(text, currency, allow_negative=True) == amount
    assert len(text.partition(".")[2]) == decimals(currency)


def test_formatting_never_rounds() -> None:
    with pytest.raises(ValueError, match="more decimals"):
        format_plain(Decimal("0.005"), "INR")


def test_a_hundred_in_three_parts_adds_up() -> None:
    assert split(Decimal("100.00"), 3, "INR") == [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]
    assert split(Decimal("-100.00"), 3, "INR") == [Decimal("-33.34"), Decimal("-33.33"), Decimal("-33.33")]
    assert split(Decimal(100), [1, 0, 2], "JPY") == [33, 0, 67]


@given(st.integers(-(10**16), 10**16), st.lists(st.integers(0, 10**6), min_size=1, max_size=60).filter(any), CURRENCIES)
def test_parts_always_add_up_and_none_is_off_by_a_whole_unit(units: int, weights: list[int], currency: str) -> None:
    unit = Decimal(1).scaleb(-decimals(currency))
    amount = Decimal(units % 10**15) * unit * (1 if units >= 0 else -1)
    parts = split(amount, weights, currency)
    assert sum(parts) == amount
    with localcontext(prec=60):
        assert all(abs(part - amount * weight / sum(weights)) < unit for part, weight in zip(parts, weights, strict=True))


@given(st.integers(0, 10**9), st.integers(1, 400), CURRENCIES)
def test_equal_parts_differ_by_at_most_one_unit(units: int, parts: int, currency: str) -> None:
    shares = split(Decimal(units).scaleb(-decimals(currency)), parts, currency)
    assert len(shares) == parts
    assert max(shares) - min(shares) <= Decimal(1).scaleb(-decimals(currency))


@pytest.mark.parametrize("parts", [0, -1, [], [0, 0], [1, -1]])
def test_no_parts_are_refused(parts: Any) -> None:
    with pytest.raises(ValueError, match="at least one part"):
        split(Decimal(1), parts, "INR")

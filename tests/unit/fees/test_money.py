"""Properties of the fees' arithmetic (F1, F5, G3): sums, bounds, and that undoing restores."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from shared import fee_rules as rules
from shared.fee_rules import FeeStatus, fee_status, net_amount, next_due, parts
from shared.money import decimals

CURRENCIES = st.sampled_from(["JPY", "INR", "KWD", "CLF"])
TODAY = date(2026, 11, 24)
DAYS = st.integers(-400, 400).map(lambda n: TODAY + timedelta(days=n))


def amounts(currency, most=10**9):
    return st.integers(0, most).map(lambda n: Decimal(n).scaleb(-decimals(currency)))


@given(st.data(), CURRENCIES)
def test_instalments_add_up_to_what_is_owed_to_the_last_unit_whatever_it_has_become(data, currency):
    agreed = data.draw(st.lists(amounts(currency), min_size=1, max_size=24))
    net = data.draw(amounts(currency))
    made = parts(net, agreed, currency)
    assert sum(made) == net
    assert len(made) == len(agreed)
    assert all(part >= 0 and part.as_tuple().exponent == -decimals(currency) for part in made)
    if sum(agreed) == net and net:
        assert made == agreed


@given(st.data(), CURRENCIES)
def test_f1_net_is_never_below_zero_nor_above_amount_and_fine(data, currency):
    total, discount, scholarship, fine = (data.draw(amounts(currency)) for _ in range(4))
    net = net_amount(total, discount, scholarship, fine)
    assert fine <= net <= total + fine
    assert net_amount(total, None, None) == total


@given(st.data(), CURRENCIES, DAYS, DAYS)
def test_f1_the_status_is_one_of_four_by_what_is_paid_and_the_day(data, currency, due, today):
    net, paid = data.draw(amounts(currency)), data.draw(amounts(currency))
    status = fee_status(net, paid, due, today)
    assert (status is FeeStatus.PAID) == (paid >= net)
    assert (status is FeeStatus.OVERDUE) == (paid < net and due < today)
    assert (status is FeeStatus.PARTIAL) == (0 < paid < net and due >= today)
    assert (status is FeeStatus.DUE) == (paid == 0 < net and due >= today)


@given(st.data(), CURRENCIES)
def test_f2_payments_of_at_most_what_is_open_never_come_above_net_and_reversals_restore_what_was(data, currency):
    net = data.draw(amounts(currency, 10**6))
    paid, history = net - net, []
    for _ in range(data.draw(st.integers(0, 30))):
        if history and data.draw(st.booleans()):
            before, amount = history.pop()
            paid -= amount
            assert paid == before
        else:
            amount = data.draw(amounts(currency, 10**6))
            if 0 < amount <= net - paid:
                history.append((paid, amount))
                paid += amount
        assert 0 <= paid <= net
    for _, amount in reversed(history):
        paid -= amount
    assert paid == 0


@given(st.data(), CURRENCIES)
def test_the_day_that_counts_is_that_of_the_first_part_that_is_not_covered(data, currency):
    owed = data.draw(st.lists(amounts(currency, 1000), min_size=1, max_size=12))
    days = [TODAY + timedelta(days=30 * n) for n in range(len(owed))]
    paid = data.draw(amounts(currency, 12_000))
    due = next_due(paid, owed, days, days[-1])
    covered = [sum(owed[: n + 1]) <= paid for n in range(len(owed))]
    assert due == (days[-1] if all(covered) else days[covered.index(False)])


@given(st.lists(amounts("INR", 10**12), max_size=200))
def test_g3_sums_are_exact_in_any_order(values):
    assert sum(values, Decimal(0)) == sum(reversed(values), Decimal(0)) == Decimal(sum(int(v * 100) for v in values)).scaleb(-2)


def test_g3_ten_thousand_times_ten_cents_are_exactly_a_thousand():
    assert f"{sum((Decimal('0.10') for _ in range(10_000)), Decimal('0.00')):f}" == "1000.00"


def test_the_field_defect_of_0_by_0_a_school_without_fees_has_no_collection_rate():
    assert rules.collection_rate(Decimal(0), Decimal(0)) is None
    assert rules.collection_rate(Decimal(1), Decimal(3)) == Decimal("33.33")
    assert rules.collection_rate(Decimal(1), Decimal(800)) == Decimal("0.13")

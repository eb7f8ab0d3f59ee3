"""The arithmetic of fees (rules F1, F5, F7); pure, exact, and with no clock of its own."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum

from shared.money import decimals, split

ZERO = Decimal(0)


class FeeStatus(StrEnum):
    """How far a fee is paid (rule F1)."""

    PAID = "PAID"
    PARTIAL = "PARTIAL"
    DUE = "DUE"
    OVERDUE = "OVERDUE"


def net_amount(total: Decimal, discount: Decimal | None, scholarship: Decimal | None, fine: Decimal | None = None) -> Decimal:
    """What is owed in all: the amount less discount and scholarship, never below zero, and late fines on top."""
    return max(total - (discount or ZERO) - (scholarship or ZERO), total - total) + (fine or ZERO)


def fee_status(net: Decimal, paid: Decimal, due: date, today: date) -> FeeStatus:
    """The status at a day: `due` is the day by which the first part that is not covered is to be paid."""
    if paid >= net:
        return FeeStatus.PAID
    if due < today:
        return FeeStatus.OVERDUE
    return FeeStatus.PARTIAL if paid > 0 else FeeStatus.DUE


def parts(net: Decimal, agreed: Sequence[Decimal], currency: str) -> list[Decimal]:
    """What each instalment comes to now: as the agreed amounts are to one another, and adding up to the net exactly."""
    places = decimals(currency)
    weights = [int(amount.scaleb(places)) for amount in agreed]
    return split(net, weights if any(weights) else len(weights), currency)


def next_due(paid: Decimal, owed: Sequence[Decimal], due_dates: Sequence[date], last: date) -> date:
    """The day by which the first instalment that is not covered is to be paid; `last` where all of them are."""
    for amount, due in zip(owed, due_dates, strict=True):
        if paid < amount:
            return due
        paid -= amount
    return last


def collection_rate(paid: Decimal, net: Decimal) -> Decimal | None:
    """Paid of net in per cent with two decimals, half up; None where nothing is owed (rule F6)."""
    # Whole division is exact: a quotient cut at 28 digits could look like a tie that is none.
    return ((paid * 20_000 + net) // (2 * net)).scaleb(-2) if net else None

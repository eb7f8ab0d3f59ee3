"""A stored fee as it stands on a day: the one place where net, open amount and status of an item are put together."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from shared import fee_rules as rules


@dataclass(frozen=True, slots=True)
class Standing:
    """What is owed of a fee, and how far it is paid, on a day."""

    net: Decimal
    paid: Decimal
    due: date  # of the first part that is not covered
    parts: tuple[Decimal, ...]  # what each instalment comes to; empty where there are none
    days: tuple[date, ...]  # when each instalment is due
    status: rules.FeeStatus

    @property
    def open(self) -> Decimal:
        """What is still to be paid."""
        return max(self.net - self.paid, rules.ZERO)

    def open_parts(self) -> Iterator[tuple[date, Decimal]]:
        """Each day on which something falls due, and what of it is still open; payments fill the earliest, a fine is due last."""
        left, last = self.paid, self.net - sum(self.parts, rules.ZERO)
        for day, amount in zip(self.days, self.parts, strict=True):
            yield day, max(amount - left, rules.ZERO)
            left = max(left - amount, rules.ZERO)
        if last or not self.parts:
            yield self.days[-1] if self.days else self.due, max(last - left, rules.ZERO)

    def overdue(self, today: date) -> Decimal:
        """What of it should have been paid before today."""
        return sum((amount for day, amount in self.open_parts() if day < today), rules.ZERO)


def standing_of(plain: Mapping[str, Any], today: date, currency: str) -> Standing:
    """How a fee stands on a day, from its plain attributes."""
    total, paid = Decimal(plain["totalAmount"]), Decimal(plain["paidAmount"])
    reductions = (_amount(plain, "discountAmount"), _amount(plain, "scholarshipAmount"))
    net = rules.net_amount(total, *reductions, _amount(plain, "fineAmount"))
    last = date.fromisoformat(plain["dueDate"])
    agreed = plain.get("instalments") or ()
    if not agreed:
        return Standing(net, paid, last, (), (), rules.fee_status(net, paid, last, today))
    owed = rules.parts(rules.net_amount(total, *reductions), [Decimal(i["amount"]) for i in agreed], currency)
    days = tuple(date.fromisoformat(i["dueDate"]) for i in agreed)
    due = rules.next_due(paid, owed, days, last)
    return Standing(net, paid, due, tuple(owed), days, rules.fee_status(net, paid, due, today))


def _amount(plain: Mapping[str, Any], name: str) -> Decimal | None:
    value = plain.get(name)
    return None if value is None else Decimal(value)

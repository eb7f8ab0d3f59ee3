"""A fee as lists and reports hold it in memory: small, exact (amounts are whole minor units), and without a status.

The status is reckoned when it is read, against the school's today (rule F1).
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from shared import fee_rules as rules


class Line(NamedTuple):
    """What a payment, or a reversal (negative), put on one fee."""

    payment: str  # the end of its id, which tells it from the fee's other payments
    day: str
    method: str
    collector: str
    amount: int


class Part(NamedTuple):
    """An instalment of what is owed."""

    day: str
    amount: int


class FeeRow(NamedTuple):
    """One fee. `parts` is empty where it is due at once; `lines` are its payments, oldest first."""

    id: str
    student_id: str
    class_id: str
    structure_id: str | None
    name: str
    year: str
    period: str
    total: int
    discount: int | None
    scholarship: int | None
    fine: int | None
    net: int
    paid: int
    due: str
    version: int
    parts: tuple[Part, ...]
    lines: tuple[Line, ...]

    @property
    def open(self) -> int:
        """What is still to be paid."""
        return max(self.net - self.paid, 0)

    @property
    def late_from(self) -> str:
        """The day after which it is overdue: that of the first instalment that is not paid in full."""
        if not self.parts:
            return self.due
        return next((day for day, open_amount in self.open_parts() if open_amount), self.due)

    def open_parts(self) -> list[tuple[str, int]]:
        """Each day on which something falls due, and what of it is still open; payments fill the earliest first."""
        if not self.parts:
            return [(self.due, self.open)]
        left, told = self.paid, []
        for part in self.parts:
            covered = min(left, part.amount)
            left -= covered
            told.append((part.day, part.amount - covered))
        return told

    def overdue(self, today: str) -> int:
        """What of it should have been paid before today."""
        if not self.parts:
            return self.open if self.due < today else 0
        return sum(amount for day, amount in self.open_parts() if day < today)


def units(amount: str | Decimal | None, places: int) -> int:
    """An exact amount in minor units; absent is zero."""
    if amount is None:
        return 0
    if places and isinstance(amount, str) and amount[-places - 1 : -places] == ".":  # as amounts are stored
        return int(amount[: -places - 1] + amount[-places:])
    return int(Decimal(amount).scaleb(places))


def net_of(total: int, discount: int, scholarship: int, fine: int) -> int:
    """What is owed, as rules.net_amount has it, in minor units: a school's fees are many."""
    return max(total - discount - scholarship, 0) + fine


def money(amount: int, places: int) -> Decimal:
    """Minor units as an amount with the currency's decimals."""
    return Decimal(amount).scaleb(-places)


def text_of(amount: int, places: int) -> str:
    """Minor units as plain digits: `1234.50`."""
    if not places:
        return str(amount)
    digits = f"{abs(amount):0{places + 1}d}"
    return f"{'-' if amount < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def row_of(plain: Mapping[str, Any], lines: Sequence[Line], currency: str, places: int) -> FeeRow:
    """The row of a stored fee."""
    total, discount, scholarship, fine = (
        units(plain.get(n), places) for n in ("totalAmount", "discountAmount", "scholarshipAmount", "fineAmount")
    )
    net = net_of(total, discount, scholarship, fine)
    return FeeRow(
        id=plain["id"],
        student_id=plain["studentId"],
        class_id=plain.get("classId") or "",
        structure_id=plain.get("feeStructureId"),
        name=plain["name"],
        year=plain["academicYear"],
        period=plain["period"],
        total=total,
        discount=discount if plain.get("discountAmount") else None,
        scholarship=scholarship if plain.get("scholarshipAmount") else None,
        fine=fine if plain.get("fineAmount") else None,
        net=net,
        paid=units(plain["paidAmount"], places),
        due=plain["dueDate"],
        version=plain["version"],
        parts=_parts(plain, net - fine, fine, currency, places),
        lines=tuple(lines),
    )


def _parts(plain: Mapping[str, Any], net: int, fine: int, currency: str, places: int) -> tuple[Part, ...]:
    """The instalments of what is owed, and the fine, which is due with the last."""
    agreed = plain.get("instalments")
    if not agreed:
        return ()
    shares = rules.parts(money(net, places), [Decimal(i["amount"]) for i in agreed], currency)
    parts = [Part(i["dueDate"], units(share, places)) for i, share in zip(agreed, shares, strict=True)]
    return (*parts, Part(plain["dueDate"], fine)) if fine else tuple(parts)


def lines_of(plain: Mapping[str, Any], places: int) -> dict[str, Line]:
    """Fee id → what a stored payment or reversal put on it."""
    made: dict[str, Line] = {}
    for allocation in plain["allocations"]:
        amount = units(allocation["amount"], places)
        kept = made.get(allocation["feeId"])
        made[allocation["feeId"]] = Line(
            short(plain["id"]),
            plain["paymentDate"],
            plain["paymentMethod"],
            plain["receivedBy"],
            amount + (kept.amount if kept else 0),
        )
    return made


def short(payment_id: str) -> str:
    """The end of a payment's id: 48 random bits."""
    return payment_id[-12:]

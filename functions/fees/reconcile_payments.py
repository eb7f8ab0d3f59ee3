"""What fees say is paid against the payments themselves, record by record."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from functions.fees.reading_rows import money, net_of, units


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Something that does not agree: what, of which record, what it should be and what it is."""

    what: str
    id: str
    expected: Any = None
    found: Any = None


@dataclass(slots=True)
class Books:
    """Every payment and then every fee is shown to it; it tells what does not agree. Amounts are minor units."""

    places: int
    fees: int = 0
    payments: int = 0
    by_fees: int = 0
    by_payments: int = 0
    mismatches: list[Mismatch] = field(default_factory=list)
    _on_fee: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    _payments_of: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _receipts: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    _reversed: dict[str, tuple[str, int]] = field(default_factory=dict)  # payment → its reversal, and that one's amount
    _said_reversed: dict[str, tuple[str, int]] = field(default_factory=dict)

    def payment(self, plain: Mapping[str, Any]) -> None:
        """Look at a payment or reversal."""
        amount = units(plain["amount"], self.places)
        parts = [(p["feeId"], units(p["amount"], self.places)) for p in plain["allocations"]]
        self.payments += 1
        self.by_payments += amount
        if amount != sum(n for _, n in parts):
            self._tell("payment.amount", plain["id"], sum(n for _, n in parts), amount)
        for fee_id, part in parts:
            self._on_fee[fee_id] += part
        for fee_id in dict(parts):
            self._payments_of[fee_id].append(plain["id"])
        series, _, number = plain["receiptNumber"].rpartition("-")
        self._receipts[series].append(int(number))
        if plain.get("reversalOf"):
            self._reversed[plain["reversalOf"]] = (plain["id"], amount)
        if plain.get("reversedBy"):
            self._said_reversed[plain["id"]] = (plain["reversedBy"], -amount)

    def fee(self, plain: Mapping[str, Any]) -> None:
        """Look at a fee, when all payments were looked at."""
        fee_id, paid = plain["id"], units(plain["paidAmount"], self.places)
        self.fees += 1
        self.by_fees += paid
        received = self._on_fee.pop(fee_id, 0)
        if received != paid:
            self._tell("fee.paidAmount", fee_id, received, paid)
        named, known = list(plain.get("payments") or ()), self._payments_of.pop(fee_id, [])
        if sorted(named) != sorted(known):
            self.mismatches.append(Mismatch("fee.payments", fee_id, sorted(known), sorted(named)))
        charged = (units(plain.get(n), self.places) for n in ("totalAmount", "discountAmount", "scholarshipAmount", "fineAmount"))
        net = net_of(*charged)
        if not 0 <= paid <= net:
            self._tell("fee.bounds", fee_id, net, paid)

    def finish(self) -> list[Mismatch]:
        """All that does not agree, when everything was looked at."""
        for fee_id, amount in self._on_fee.items():
            self._tell("fee.missing", fee_id, amount, 0)
        for series, numbers in self._receipts.items():
            if sorted(numbers) != list(range(1, len(numbers) + 1)):
                gaps = sorted(set(range(1, max(numbers) + 1)) - set(numbers))[:20]
                double = sorted(n for n, times in Counter(numbers).items() if times > 1)[:20]
                self.mismatches.append(Mismatch("receipt.sequence", series, {"gaps": [], "doubles": []}, {"gaps": gaps, "doubles": double}))
        for payment_id in self._reversed.keys() | self._said_reversed.keys():
            expected, found = self._reversed.get(payment_id), self._said_reversed.get(payment_id)
            if expected != found:
                self.mismatches.append(Mismatch("payment.reversal", payment_id, expected and expected[0], found and found[0]))
        return self.mismatches

    def _tell(self, what: str, record: str, expected: int, found: int) -> None:
        self.mismatches.append(Mismatch(what, record, money(expected, self.places), money(found, self.places)))

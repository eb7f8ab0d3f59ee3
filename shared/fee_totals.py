"""Sums of fees by class for dashboards and analytics: one query reads all classes of a year.

The fees module keeps them (a few seconds behind the table); everybody reads them here. What is overdue is judged against the day
that is given, so it is right on the day it is read, however old the totals are.
"""

import zlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Self

import orjson

from shared.data import reader
from shared.entities.fee_totals import FeeTotals
from shared.fee_rules import collection_rate
from shared.money import decimals

if TYPE_CHECKING:
    from shared.entities.tenancy import School


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums over fees. Amounts are exact, in the school's currency."""

    fees: int = 0
    net: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)
    open: Decimal = Decimal(0)
    open_fees: int = 0
    overdue: Decimal = Decimal(0)
    overdue_fees: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            self.fees + other.fees,
            self.net + other.net,
            self.paid + other.paid,
            self.open + other.open,
            self.open_fees + other.open_fees,
            self.overdue + other.overdue,
            self.overdue_fees + other.overdue_fees,
        )

    @property
    def collection_rate(self) -> Decimal | None:
        """What is paid in percent of the net (rule F6), or None where nothing is charged."""
        return collection_rate(self.paid, self.net)


@dataclass(frozen=True, slots=True)
class DueDay:
    """The fees of a class that fall due on one day; amounts in minor units."""

    day: str
    fees: int
    net: int
    paid: int
    open: int
    open_fees: int


@dataclass(frozen=True, slots=True)
class Collected:
    """What was paid in a month (of the payment date) by one method, reversals taken off."""

    month: str
    method: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class GenderFees:
    """The fees of a class's students of one gender; amounts in minor units."""

    gender: str
    fees: int
    net: int
    paid: int
    open: int


@dataclass(frozen=True, slots=True)
class ClassFees:
    """One class's fees of one academic year. `class_id` is empty for fees of students without a class."""

    class_id: str
    academic_year: str
    places: int  # the currency's decimals
    days: tuple[DueDay, ...]
    collected: tuple[Collected, ...]
    read_until: int = 0  # epoch milliseconds up to which changes are in it
    genders: tuple[GenderFees, ...] = ()

    def figures(self, today: str, *, since: str = "", until: str = "9999") -> Figures:
        """Sums of the fees due within the dates (YYYY-MM-DD, both inclusive); overdue as of `today` (rule F1)."""
        return figures_of([self], today, since=since, until=until)

    def by_month(self, today: str) -> dict[str, Figures]:
        """Sums by the month (YYYY-MM) in which the fees fall due."""
        return by_month([self], today)

    def pack(self) -> bytes:
        """As it is stored: column by column, which compresses best; of what is paid only how far it is from net less open, as a rule 0."""
        columns = [
            [d.day for d in self.days],
            [d.fees for d in self.days],
            [d.net for d in self.days],
            [d.net - d.open - d.paid for d in self.days],
            [d.open for d in self.days],
            [d.open_fees for d in self.days],
        ]
        months = sorted({c.month for c in self.collected})
        received: dict[str, list[int | None]] = {}
        for c in self.collected:
            received.setdefault(c.method, [None] * len(months))[months.index(c.month)] = int(c.amount.scaleb(self.places))
        genders = [[g.gender, g.fees, g.net, g.paid, g.open] for g in self.genders]
        return zlib.compress(orjson.dumps([columns, months, received, genders]), 9)

    @classmethod
    def unpack(cls, class_id: str, academic_year: str, places: int, content: bytes, read_until: int) -> Self:
        """From what is stored."""
        columns, months, received, *more = orjson.loads(zlib.decompress(content))
        days = tuple(DueDay(day, fees, net, net - off - left, left, n) for day, fees, net, off, left, n in zip(*columns, strict=True))
        collected = [
            Collected(month, method, Decimal(amount).scaleb(-places))
            for method, amounts in received.items()
            for month, amount in zip(months, amounts, strict=True)
            if amount is not None
        ]
        genders = tuple(GenderFees(*g) for g in (more[0] if more else ()))
        in_order = tuple(sorted(collected, key=lambda c: (c.month, c.method)))
        return cls(class_id, academic_year, places, days, in_order, read_until, genders)


def classes_of(school: "School", academic_year: str | None = None) -> list[ClassFees]:
    """All classes of an academic year (default: the school's present one) that have fees, in one query."""
    year = academic_year or school.academic_year["name"]
    places = decimals(school.currency)
    partition = FeeTotals.partition_of(school_id=school.id, academic_year=year)
    return [_class_fees(raw, year, places) for raw in reader.query(partition)]


def of_class(school: "School", class_id: str, academic_year: str | None = None) -> ClassFees | None:
    """One class, or None where it has no fees."""
    year = academic_year or school.academic_year["name"]
    raw = reader.get(FeeTotals.key_of(school_id=school.id, academic_year=year, class_id=class_id or NO_CLASS))
    return _class_fees(raw, year, decimals(school.currency)) if raw else None


NO_CLASS = "-"  # stands in the key of fees of students without a class


def _class_fees(raw: reader.Raw, year: str, places: int) -> ClassFees:
    class_id = raw["classId"]["S"]
    known = "" if class_id == NO_CLASS else class_id
    return ClassFees.unpack(known, year, places, reader.blob(raw, "content"), int(raw["readUntil"]["N"]))


def figures_of(classes: Iterable[ClassFees], today: str, *, since: str = "", until: str = "9999") -> Figures:
    """Sums over many classes of one school of the fees due within the dates."""
    listed = list(classes)
    return _sums((d for c in listed for d in c.days if since <= d.day <= until), listed[0].places if listed else 0, today)


def by_month(classes: Iterable[ClassFees], today: str) -> dict[str, Figures]:
    """Sums over many classes of one school by due month, earliest first."""
    months: dict[str, list[DueDay]] = defaultdict(list)
    places = 0
    for each in classes:
        places = each.places
        for day in each.days:
            months[day.day[:7]].append(day)
    return {month: _sums(days, places, today) for month, days in sorted(months.items())}


def _sums(days: Iterable[DueDay], places: int, today: str) -> Figures:
    fees = net = paid = open_amount = open_fees = overdue = overdue_fees = 0
    for day in days:
        fees, open_fees = fees + day.fees, open_fees + day.open_fees
        net, paid, open_amount = net + day.net, paid + day.paid, open_amount + day.open
        if day.day < today:
            overdue, overdue_fees = overdue + day.open, overdue_fees + day.open_fees
    amounts = [Decimal(n).scaleb(-places) for n in (net, paid, open_amount, overdue)]
    return Figures(fees, amounts[0], amounts[1], amounts[2], open_fees, amounts[3], overdue_fees)


def by_gender(classes: Iterable[ClassFees]) -> dict[str, Figures]:
    """Sums over many classes by the students' gender; what is overdue is not told by gender."""
    genders: dict[str, Figures] = {}
    for each in classes:
        for one in each.genders:
            before = genders.get(one.gender, Figures())
            net, paid, open_amount = (Decimal(n).scaleb(-each.places) for n in (one.net, one.paid, one.open))
            genders[one.gender] = Figures(before.fees + one.fees, before.net + net, before.paid + paid, before.open + open_amount)
    return dict(sorted(genders.items()))


def collected_by_month(classes: Iterable[ClassFees]) -> dict[str, dict[str, Decimal]]:
    """Month (YYYY-MM) of payment → method → what was collected, over many classes, earliest month first."""
    months: dict[str, dict[str, Decimal]] = {}
    for each in classes:
        for one in each.collected:
            methods = months.setdefault(one.month, {})
            methods[one.method] = methods.get(one.method, Decimal(0)) + one.amount
    return dict(sorted(months.items()))

"""What assigning a structure comes to: which students, which periods, what is taken off. Decided before anything is written."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Self

from functions.fees.families import PRESENT, child_ranks
from functions.fees.periods import Frequency, Period, instalment_days, owed_from, periods
from shared import clock
from shared.entities.fees import FeeStructure, StudentFee, assigned_fee_id
from shared.entities.tenancy import School
from shared.fee_rules import net_amount
from shared.money import decimals, split
from shared.school_settings import DiscountKind, SchoolSettings, SiblingDiscount

type Row = Mapping[str, Any]  # a student's plain attributes: id, classId, status, admissionDate, stays

_FIELDS = {"DISCOUNT": "discount_amount", "SIBLING": "discount_amount", "SCHOLARSHIP": "scholarship_amount"}


@dataclass(frozen=True, slots=True)
class Sums:
    """What a student's fees of one structure come to."""

    count: int
    total: Decimal
    discount: Decimal
    scholarship: Decimal


@dataclass(frozen=True, slots=True)
class Terms:
    """What applies to the fees of one structure: its periods, its classes, and what is taken off for whom."""

    school: School
    structure: FeeStructure
    class_ids: frozenset[str]
    periods: tuple[Period, ...]
    sibling: SiblingDiscount
    ranks: Mapping[str, int]  # student → place among its family's children, for the sibling discount
    concessions: Mapping[str, Sequence[Row]]  # student → those that are in force for this structure
    exempt: frozenset[str] = frozenset()  # ids of fees that were taken away by hand

    @classmethod
    def of(
        cls,
        school: School,
        structure: FeeStructure,
        class_ids: frozenset[str],
        *,
        students: Iterable[Row] = (),
        concessions: Iterable[Row] = (),
        exempt: Iterable[str] = (),
    ) -> Self:
        """The terms as the school's data stand now. `students`: all of the school, among whom siblings are looked for."""
        due = date.fromisoformat(structure.due_date) if structure.due_date else None
        sibling = SchoolSettings.of(school).fees.sibling_discount
        granted: dict[str, list[Row]] = defaultdict(list)
        for concession in sorted(concessions, key=lambda c: str(c["id"])):
            if _in_force(concession, structure):
                granted[concession["studentId"]].append(concession)
        return cls(
            school=school,
            structure=structure,
            class_ids=class_ids,
            periods=tuple(periods(Frequency(structure.frequency), date.fromisoformat(structure.starts_on), structure.due_day, due)),
            sibling=sibling,
            ranks={} if sibling.kind is DiscountKind.NONE else child_ranks(students),
            concessions=granted,
            exempt=frozenset(exempt),
        )

    def fees_of(self, student: Row) -> Iterator[StudentFee]:
        """The fees of one student: of each period that is not over when it joins (rule F5)."""
        owed = self._owed(student)
        reductions = self._reductions(student["id"]) if owed else []
        for fee_id, period, due in owed:
            yield self._fee(fee_id, student, period, due, reductions)

    def sums_of(self, student: Row) -> Sums:
        """What the fees of one student come to, without making them."""
        count = len(self._owed(student))
        reductions = self._reductions(student["id"]) if count else []
        discount, scholarship = (_sum(reductions, name) or Decimal(0) for name in ("discount_amount", "scholarship_amount"))
        return Sums(count, self.structure.amount * count, discount * count, scholarship * count)

    def _owed(self, student: Row) -> list[tuple[str, Period, date]]:
        since = joined(student, self.class_ids)
        if since is None:
            return []
        owed = (
            (assigned_fee_id(self.structure.id, self.structure.academic_year, student["id"], period.name), period, due)
            for period, due in owed_from(self.periods, since)
        )
        return [entry for entry in owed if entry[0] not in self.exempt]

    def _fee(self, fee_id: str, student: Row, period: Period, due: date, reductions: list[dict[str, Any]]) -> StudentFee:
        structure, currency = self.structure, self.school.currency
        made = StudentFee(
            school_id=self.school.id,
            id=fee_id,
            student_id=student["id"],
            class_id=student["classId"],
            fee_structure_id=structure.id,
            name=structure.name,
            academic_year=structure.academic_year,
            period=period.name,
            total_amount=structure.amount,
            paid_amount=Decimal(0).scaleb(-decimals(currency)),
            due_date=due.isoformat(),
            reductions=reductions or None,
            discount_amount=_sum(reductions, "discount_amount"),
            scholarship_amount=_sum(reductions, "scholarship_amount"),
        )
        owed = net_amount(made.total_amount, made.discount_amount, made.scholarship_amount)
        if structure.instalments and owed:
            days = [max(day, due) for day in instalment_days(period.due, structure.instalments, Frequency(structure.frequency))]
            shares = split(owed, structure.instalments, currency)
            made.instalments = [{"dueDate": day.isoformat(), "amount": f"{share:f}"} for day, share in zip(days, shares, strict=True)]
            made.due_date = days[-1].isoformat()
        return made

    def _reductions(self, student_id: str) -> list[dict[str, Any]]:
        """What is taken off each fee of a student, in all never more than the fee."""
        left, made = self.structure.amount, []
        for kind, value, reason in self._granted(student_id):
            amount = min(value, left)
            left -= amount
            if amount:
                made.append({"kind": kind, "amount": f"{amount:f}", "reason": reason})
        return made

    def _granted(self, student_id: str) -> Iterator[tuple[str, Decimal, str]]:
        for concession in self.concessions.get(student_id, ()):
            amount = concession.get("amount")
            value = Decimal(amount) if amount is not None else self._share(Decimal(concession["percentage"]))
            yield concession["kind"], value, concession["reason"]
        sibling, place = self.sibling, self.ranks.get(student_id, 1)
        if sibling.kind is not DiscountKind.NONE and place >= sibling.from_child:
            value = sibling.amount if sibling.kind is DiscountKind.FIXED else self._share(sibling.percentage)
            yield "SIBLING", value, f"Child {place} of the family"

    def _share(self, percentage: Decimal) -> Decimal:
        """A percentage of the fee, to the currency's last decimal, half up."""
        unit = Decimal(1).scaleb(-decimals(self.school.currency))
        return (self.structure.amount * percentage / 100).quantize(unit, ROUND_HALF_UP)


def _in_force(concession: Row, structure: FeeStructure) -> bool:
    return (
        concession["status"] == "ACTIVE"
        and concession["academicYear"] == structure.academic_year
        and concession.get("feeStructureId") in (None, structure.id)
    )


def _sum(reductions: Iterable[Mapping[str, Any]], field: str) -> Decimal | None:
    return sum((Decimal(r["amount"]) for r in reductions if _FIELDS[r["kind"]] == field), Decimal(0)) or None


def classes_of(structure: FeeStructure, classes: Mapping[str, Row], named: Iterable[str] | None = None) -> frozenset[str]:
    """The classes that a structure is assigned in: those of its academic year that it is for, of which some may be named."""
    own = {i for i, c in classes.items() if c["academicYear"] == structure.academic_year}
    wanted = own & set(structure.class_ids) if structure.class_ids else own
    return frozenset(wanted if named is None else wanted & set(named))


def joined(student: Row, class_ids: frozenset[str]) -> date | None:
    """Since when a student is in one of the classes without a break; None where it is in none of them now."""
    if student["status"] not in PRESENT or student["classId"] not in class_ids:
        return None
    since: str = student["admissionDate"]
    for stay in reversed(student.get("stays") or ()):
        if stay["classId"] not in class_ids:
            break
        since = stay["since"]
    return date.fromisoformat(since)


def fee_items(terms: Terms, students: Iterable[Row]) -> Iterator[dict[str, Any]]:
    """The items of all fees of the students in DynamoDB's typed form, as BatchWriteItem takes them: for tools that fill a table.

    They carry no journal entry, and would write over fees that are there: a school's own fees are assigned, see assigning.py.
    """
    now = clock.stamp()
    for student in students:
        for fee in terms.fees_of(student):
            fee.version, fee.created_at, fee.updated_at = 1, now, now
            yield fee.place().serialize(null_check=False)

"""The arithmetic of the night (rule F7): which fines are due, and who is reminded of what. Pure, exact, with no clock of its own.

A fine is due once: for each part of a fee and kind of rule, or, where it grows by the day, for each day. What was fined is told
with the fee, so running a night twice, or going on after a crash, adds nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from shared.money import decimals

ZERO = Decimal(0)


class Kind(StrEnum):
    """How a late fine is reckoned."""

    NONE = "NONE"
    FIXED = "FIXED"
    PERCENTAGE = "PERCENTAGE"
    DAILY = "DAILY"


_ONCE = frozenset({Kind.FIXED, Kind.PERCENTAGE})


@dataclass(frozen=True, slots=True)
class FineRule:
    """The school's rule. `maximum` bounds the fines of one fee; None: nothing does."""

    kind: Kind = Kind.NONE
    amount: Decimal = ZERO
    percentage: Decimal = ZERO
    grace_days: int = 0
    maximum: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What is to be paid by a day: a whole fee, or one of its instalments; `left` of it is open."""

    due: date
    left: Decimal


@dataclass(frozen=True, slots=True)
class Fine:
    """A fine. `part` counts from 0; one by the day is for all days up to `day` that had none yet."""

    kind: Kind
    part: int
    day: date
    amount: Decimal


def parts_left(amounts: Sequence[tuple[date, Decimal]], paid: Decimal) -> list[Part]:
    """What is open of each part: what is paid covers the parts in their order."""
    left = []
    for due, amount in amounts:
        covered = min(paid, amount)
        paid -= covered
        left.append(Part(due, amount - covered))
    return left


def fines_due(rule: FineRule, parts: Sequence[Part], fined: Sequence[Fine], day: date, currency: str) -> list[Fine]:
    """The fines that a fee gets on a day besides those it has."""
    grace = timedelta(days=rule.grace_days)
    late = [(number, part) for number, part in enumerate(parts) if part.left > 0 and part.due + grace < day]
    if not late or rule.kind == Kind.NONE:
        return []
    if rule.kind == Kind.DAILY:
        wanted = _daily(rule, late[0][1].due + grace, fined, day)
    else:
        had = {fine.part for fine in fined if fine.kind in _ONCE}
        wanted = [Fine(rule.kind, n, day, _once(rule, part.left, currency)) for n, part in late if n not in had]
    return list(_within(rule.maximum, sum((f.amount for f in fined), ZERO), wanted))


def _once(rule: FineRule, left: Decimal, currency: str) -> Decimal:
    if rule.kind == Kind.FIXED:
        return rule.amount
    return (left * rule.percentage / 100).quantize(Decimal(1).scaleb(-decimals(currency)), ROUND_HALF_UP)


def _daily(rule: FineRule, free_until: date, fined: Sequence[Fine], day: date) -> list[Fine]:
    """One fine for the days after the last one that had its fine."""
    last = max([free_until, *(fine.day for fine in fined if fine.kind == Kind.DAILY)])
    return [Fine(Kind.DAILY, 0, day, rule.amount * (day - last).days)] if last < day else []


def _within(maximum: Decimal | None, had: Decimal, wanted: Iterable[Fine]) -> Iterable[Fine]:
    """The fines as far as the maximum of a fee has room for them; none of nothing."""
    for fine in wanted:
        amount = fine.amount if maximum is None else min(fine.amount, max(maximum - had, ZERO))
        if amount > 0:
            had += amount
            yield Fine(fine.kind, fine.part, fine.day, amount)


@dataclass(frozen=True, slots=True)
class Reminder:
    """That a part is to be told of: `days` until it is due, negative where it is overdue."""

    part: Part
    days: int

    @property
    def overdue(self) -> bool:
        """Whether the day is over by which it was due."""
        return self.days < 0


def reminders(parts: Iterable[Part], before: Iterable[int], after: Iterable[int], day: date) -> list[Reminder]:
    """The parts with something open whose distance from the day is one of the school's."""
    wanted = {*before, *(-days for days in after)}
    made = (Reminder(part, (part.due - day).days) for part in parts if part.left > 0)
    return [reminder for reminder in made if reminder.days in wanted]

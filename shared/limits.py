"""What a school's subscription allows (rule A8). The limits are data: a table of tiers, and a school's own numbers over it.

What is used is counted in the transaction that uses it, so that a hundred at once do not go over. Where a tier sets no limit
nothing is counted; the first use under a limit counts what is there.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING

from shared.data import reader
from shared.data.item import Item
from shared.data.unit_of_work import RetryWrite, UnitOfWork
from shared.entities.tenancy import Usage
from shared.errors import Detail, Forbidden

if TYPE_CHECKING:
    from shared.entities.tenancy import School


class Limit(StrEnum):
    """What is limited."""

    STUDENTS = "students"
    USERS = "users"
    STORAGE_MB = "storageMb"
    MESSAGES = "messagesPerMonth"


TIERS: dict[str, dict[Limit, int | None]] = {
    "FREE": {Limit.STUDENTS: 200, Limit.USERS: 500, Limit.STORAGE_MB: 1_024, Limit.MESSAGES: 500},
    "BASIC": {Limit.STUDENTS: 2_000, Limit.USERS: 6_000, Limit.STORAGE_MB: 20_480, Limit.MESSAGES: 20_000},
    "PREMIUM": {Limit.STUDENTS: None, Limit.USERS: None, Limit.STORAGE_MB: 204_800, Limit.MESSAGES: 500_000},
}
_NAMES = {
    Limit.STUDENTS: "students",
    Limit.USERS: "users",
    Limit.STORAGE_MB: "megabytes of storage",
    Limit.MESSAGES: "messages a month",
}


class LimitReached(Forbidden):
    """A school would go over what its subscription allows."""

    def __init__(self, limit: Limit, allowed: int, tier: str) -> None:
        text = f"The school's limit of {allowed} {_NAMES[limit]} is reached (subscription {tier})"
        super().__init__(text, details=(Detail(limit.value, text),))


def allowed(school: "School", limit: Limit) -> int | None:
    """How much the school may use, or None where there is no limit: its own number, else its tier's."""
    own = (school.attribute_values.get("limits") or {}).get(limit.value)
    return int(own) if own is not None else TIERS[school.subscription_tier][limit]


def check_limit(
    unit: UnitOfWork, school: "School | None", limit: Limit, adding: int, counted: Callable[[], int], *, period: str = "ALL"
) -> None:
    """Use `adding` more of a limit with the unit's commit, or LimitReached. Once for each limit in a unit.

    `counted` tells what is used so far, this unit's own aside; it is asked only where nothing was counted yet. `period` is the
    month (`2026-11`) of a limit that begins anew each month. The platform itself (no school) has no limits.
    """
    bound = allowed(school, limit) if school else None
    if school is None or bound is None or adding <= 0:
        return
    known = reader.load(Usage, consistent=True, school_id=school.id, limit=limit.value, period=period)
    used = known.used if known else counted()
    if used + adding > bound:
        raise LimitReached(limit, bound, school.subscription_tier)
    item = Usage(school_id=school.id, limit=limit.value, period=period, used=used + adding)
    if known is None:
        unit.put(item, Item.pk.does_not_exist(), RetryWrite())
    else:
        unit.act(item, [Usage.used.set(Usage.used + adding)], Usage.used <= bound - adding, RetryWrite())


def give_back(unit: UnitOfWork, school: "School | None", limit: Limit, count: int, *, period: str = "ALL") -> None:
    """Use `count` less of a limit with the unit's commit, where it is counted at all."""
    if school is None or allowed(school, limit) is None or count <= 0:
        return
    known = reader.load(Usage, consistent=True, school_id=school.id, limit=limit.value, period=period)
    if known is None:
        unit.check(Usage(school_id=school.id, limit=limit.value, period=period), Item.pk.does_not_exist(), RetryWrite())
    else:
        unit.act(known, [Usage.used.set(Usage.used - count)], Item.pk.exists(), RetryWrite())


def count_anew(unit: UnitOfWork, school_id: str) -> None:
    """Forget what was counted of students and users with the unit's commit: another tier counts from what is there."""
    for limit in (Limit.STUDENTS, Limit.USERS):
        unit.remove(Usage(school_id=school_id, limit=limit.value, period="ALL"), None, RetryWrite())

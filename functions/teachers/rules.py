"""The rules of leaves and of where a teacher stands; pure. Days are ISO dates, both ends of a leave inclusive."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

type Leave = dict[str, Any]  # {id, from, until, reason}; an open one has no `until`

ACTIVE, INACTIVE, ON_LEAVE = "ACTIVE", "INACTIVE", "ON_LEAVE"
_TEACHER = "TEACHER"


class Overlap(ValueError):
    """A leave would overlap another; `other` is that one."""

    def __init__(self, other: Leave) -> None:
        super().__init__(f"There is a leave from {other['from']} to {other.get('until') or 'an open end'}")
        self.other = other


def status_of(role: str, account: str, leaves: Sequence[Leave], today: str) -> str:
    """Where a teacher stands today, from the user's role and status and the leaves. A suspended account is a teacher still."""
    if role != _TEACHER or account == INACTIVE:
        return INACTIVE
    return ON_LEAVE if leave_on(leaves, today) else ACTIVE


def leave_on(leaves: Sequence[Leave], day: str) -> Leave | None:
    """The leave on a day, or None."""
    return next((leave for leave in leaves if leave["from"] <= day <= leave.get("until", day)), None)


def with_leave(leaves: Sequence[Leave], leave: Leave) -> list[Leave]:
    """The leaves with one more, or with another version of one of them; Overlap where two would share a day."""
    others = [other for other in leaves if other["id"] != leave["id"]]
    for other in others:
        if leave["from"] <= other.get("until", leave["from"]) and other["from"] <= leave.get("until", other["from"]):
            raise Overlap(other)
    return sorted([*others, leave], key=lambda each: (each["from"], each["id"]))


def without_leave(leaves: Sequence[Leave], leave_id: str) -> list[Leave]:
    """The leaves without one of them."""
    return [leave for leave in leaves if leave["id"] != leave_id]


def back_on(leaves: Sequence[Leave], day: str) -> list[Leave]:
    """The leaves of a teacher who is back on a day: that day's leave ends before it, or never was."""
    leave = leave_on(leaves, day)
    if leave is None:
        return list(leaves)
    if leave["from"] == day:
        return without_leave(leaves, leave["id"])
    return with_leave(leaves, {**leave, "until": _day_before(day)})


def _day_before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()

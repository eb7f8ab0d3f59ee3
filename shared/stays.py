"""A student's class history (rule S3): `{classId, since, until, reason}`, oldest first, both days inclusive; an open stay has no `until`.

The functions give back new lists: what a record held when it was read stays as it was.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

type Stay = dict[str, Any]


class TooEarly(ValueError):
    """The day lies before the stay that it would end; `since` is that stay's first day."""

    def __init__(self, since: str) -> None:
        super().__init__(f"The student's present stay began on {since}")
        self.since = since


def admitted(class_id: str, since: str) -> list[Stay]:
    """The history of a new student."""
    return [{"classId": class_id, "since": since, "reason": "ADMITTED"}]


def moved(stays: Sequence[Stay], class_id: str, since: str, reason: str, **more: str | None) -> list[Stay]:
    """The history with a move to another class from a day on; the last stay ends the day before.

    A stay that would have lasted no day is replaced, as when a mistake is mended on the same day.
    """
    before, last = list(stays[:-1]), dict(stays[-1]) if stays else None
    stay = {"classId": class_id, "since": since, "reason": reason, **{k: v for k, v in more.items() if v}}
    if last is None:
        return [stay]
    if since < last["since"]:
        raise TooEarly(last["since"])
    if since == last["since"]:
        return [*before, {**stay, "reason": last["reason"]}]
    if "until" not in last or last["until"] >= since:
        last["until"] = _day_before(since)
    return [*before, last, stay]


def ended(stays: Sequence[Stay], until: str) -> list[Stay]:
    """The history with its open stay ended after a day."""
    if not stays or "until" in stays[-1]:
        return list(stays)
    last = dict(stays[-1])
    if until < last["since"]:
        raise TooEarly(last["since"])
    return [*stays[:-1], {**last, "until": until}]


def resumed(stays: Sequence[Stay], class_id: str, since: str) -> list[Stay]:
    """The history of a student who is back: the last stay goes on where it ended only now, else there is a new one."""
    last = stays[-1] if stays else None
    if last and "until" not in last and last["classId"] == class_id:
        return list(stays)
    if last and last["classId"] == class_id and last["until"] >= _day_before(since):
        return [*stays[:-1], {k: v for k, v in last.items() if k != "until"}]
    return moved(stays, class_id, since, "READMITTED")


def admitted_on(stays: Sequence[Stay], since: str) -> list[Stay]:
    """The history with another day of admission: its first stay begins then."""
    if not stays:
        return []
    first = {**stays[0], "since": since}
    if first.get("until", since) < since:
        raise TooEarly(stays[0]["since"])
    return [first, *stays[1:]]


def class_on(stays: Sequence[Stay], day: str) -> str | None:
    """The class in which the student was on a day, or None."""
    return next((s["classId"] for s in reversed(stays) if s["since"] <= day <= s.get("until", day)), None)


def _day_before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()

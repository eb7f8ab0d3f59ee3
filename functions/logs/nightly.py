"""The nightly check: yesterday each night, and the whole log by turns, as much of it as a night allows; its archive with it."""

import time
from typing import Any

from functions.logs import verifying
from functions.logs.repository import Log
from functions.logs.walking import Broken
from functions.logs.window import of_day
from shared import clock
from shared.data import derived, reader
from shared.entities.audit import AuditCheck, AuditDay
from shared.observability import logger

_SECONDS = 480.0
_MOST = 5_000_000  # entries of a day: all of them


class LogBroken(Exception):
    """The audit log is not what was linked: the job fails, so that somebody is woken."""


def last(school_id: str) -> AuditCheck | None:
    """What the last night found."""
    return reader.load(AuditCheck, school_id=school_id)


def verify_nightly(school_id: str) -> dict[str, Any]:
    """Check yesterday and the days whose turn it is; LogBroken where something is wrong."""
    log, started = Log(school_id), time.monotonic()
    before = last(school_id)
    seals = log.sealed("", "")
    days = _turn(sorted(seals), before.next_day if before else None)
    told: dict[str, Any] = {"status": "OK", "checkedAt": clock.stamp(), "days": 0, "entries": 0, "archived": 0, "redacted": 0}
    following = None
    for day in days:
        if told["days"] and time.monotonic() - started > _SECONDS:
            following = day
            break
        broken = _check(log, seals[day], told)
        if broken:
            told |= {"status": "BROKEN", "broken": {n: v for n, v in broken.told.items() if v is not None}}
            following = day
            break
    _keep(school_id, before, told, following)
    if told["status"] != "OK":
        logger().error("the audit log is broken", extra={"school": school_id, **told})
        raise LogBroken(str(told["broken"]))
    return told


def _turn(days: list[str], following: str | None) -> list[str]:
    """The newest day first, then those whose turn it is, then the others."""
    if not days:
        return []
    newest, rest = days[-1], days[:-1]
    return [newest, *(d for d in rest if following and d >= following), *(d for d in rest if not following or d < following)]


def _check(log: Log, seal: AuditDay, told: dict[str, Any]) -> Broken | None:
    found = verifying.verify(log.school_id, of_day(seal.day), _MOST)
    told["days"] += 1
    for name in ("entries", "archived", "redacted"):
        told[name] += getattr(found, name)
    try:
        verifying.archive_holds(log, seal)
    except Broken as broken:
        return found.broken or broken
    return found.broken


def _keep(school_id: str, before: AuditCheck | None, told: dict[str, Any], following: str | None) -> None:
    whole = told["checkedAt"] if following is None else (before.whole_at if before else None)
    derived.put_if(AuditCheck(school_id=school_id, next_day=following, whole_at=whole, result=told), None)

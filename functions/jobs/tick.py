"""The clock of daily jobs: asks, every ten minutes, for the runs whose time has come in their school's zone.

It keeps one mark, up to when it has asked, and asks for what came due since: a look costs the same for one school and for ten
thousand. It may ask twice (the mark is set after the messages are sent); a run is claimed by whoever does it, so it is done once.
A school that was made or changed since, and a deployment that declares other jobs, are asked for from the beginning of the day.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from functions.jobs import rules
from shared import clock, job_list
from shared.auth.gate import GRACE
from shared.data import in_place, reader
from shared.entities.jobs import JobClock
from shared.gateways import queues
from shared.jobs import asked
from shared.lists import SCHOOLS
from shared.names import PLATFORM_SCHOOL
from shared.observability import logger

_DAY = timedelta(days=1)
_OVERLAP = timedelta(minutes=2)  # a change is stamped before it is committed


class NotAsked(Exception):
    """Some queues did not take their messages; the mark stays where it was."""


@dataclass(frozen=True, slots=True)
class _Group:
    """Schools with the same wall clock, for which the same is due."""

    zone: str
    read_only: bool
    last: datetime | None  # up to when they were asked for; None: not at all, as far as is known
    ids: tuple[str, ...]


def lambda_handler(_event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Ask for what is due."""
    return tick(clock.now())


def tick(now: datetime) -> dict[str, Any]:
    """Ask for what came due since the last look; how many runs of which job, and how many dates went by unasked."""
    jobs = job_list.declared()
    digest = hashlib.sha256(repr(jobs).encode()).hexdigest()[:16]
    groups = _groups(_last_look(digest, now), now)
    sent: dict[str, int] = {}
    missed: dict[str, int] = {}
    failed: list[str] = []
    for job in jobs:
        messages = list(_due(job, groups, now, missed))
        try:
            count = queues.send_many(job.queue, messages)
        except queues.NotSent:
            logger().exception("runs could not be asked for", extra={"job": job.name, "runs": len(messages)})
            failed.append(job.name)
            continue
        if count:
            sent[job.name] = count
    if missed:
        logger().warning("days went by on which nobody asked for these jobs; they run for today alone", extra={"jobs": missed})
    if failed:
        raise NotAsked(", ".join(failed))
    _mark(now, digest)
    return {"asked": sent, "missed": missed}


def _last_look(digest: str, now: datetime) -> datetime | None:
    """When what came due was asked for last; None where that says nothing about these jobs."""
    mark = reader.load(JobClock, consistent=True, school_id=PLATFORM_SCHOOL)
    if mark is None or mark.declared != digest or mark.asked_until > now.timestamp():
        return None
    return datetime.fromtimestamp(mark.asked_until, UTC)


def _mark(now: datetime, digest: str) -> None:
    key, how = JobClock.key_of(school_id=PLATFORM_SCHOOL), "SET askedUntil = :until, declared = :declared, schoolId = :school, #t = :type"
    values = {"until": int(now.timestamp()), "declared": digest, "school": PLATFORM_SCHOOL, "type": JobClock.__name__}
    in_place.change(key, how, None, names={"#t": "type"}, **values)


def _groups(last: datetime | None, now: datetime) -> list[_Group]:
    changed, until = clock.stamp(last - _OVERLAP) if last else "", clock.stamp(now)
    found: dict[tuple[str, bool, bool], list[str]] = {}
    for row in SCHOOLS.all(PLATFORM_SCHOOL).values():
        zone = row["timezone"] or "UTC"
        new = last is None or changed <= (row["updatedAt"] or "") <= until
        found.setdefault((zone, _read_only(row, zone, now), new), []).append(row["id"])
    return [_Group(zone, read_only, None if new else last, tuple(ids)) for (zone, read_only, new), ids in found.items()]


def _read_only(row: dict[str, Any], zone: str, now: datetime) -> bool:
    """Whether a school is read-only for its users (rule A7)."""
    expiry = row["subscriptionExpiry"]
    today = now.astimezone(ZoneInfo(zone)).date()
    return row["status"] != "ACTIVE" or bool(expiry and date.fromisoformat(expiry) + GRACE < today)


def _due(job: job_list.Declared, groups: list[_Group], now: datetime, missed: dict[str, int]) -> Iterator[dict[str, Any]]:
    for group in groups:
        if group.read_only and not job.read_only_too:
            continue
        due = rules.due_between(job.at, ZoneInfo(group.zone), group.last or now - _DAY, now)
        if due.missed and group.last:
            missed[job.name] = missed.get(job.name, 0) + due.missed * len(group.ids)
        if due.day:
            yield from (asked(job.name, school_id, due.day.isoformat()) for school_id in group.ids)

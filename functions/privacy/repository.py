"""The access patterns of requests: who has one is said by its lease, how far it is by its checkpoint."""

import time
from typing import Any

from shared import clock
from shared.data import in_place, reader
from shared.data.repository import Repository
from shared.data.unit_of_work import DAY, Actor, UnitOfWork
from shared.entities.privacy import PrivacyRequest
from shared.gateways import files, queues
from shared.personal import Subject

QUEUE = "privacy"
LEASE_MS = 660_000  # longer than a worker runs
_EXPORTS_KEPT_DAYS = 400  # erasures are kept for as long as what they took out of the audit log


class LostLease(Exception):
    """Another worker has the request now: whoever gets this writes no more of it."""


def now_ms() -> int:
    """The system's instant in epoch milliseconds: leases are between machines, and never move with the application's clock."""
    return int(time.time() * 1000)


def wake(school_id: str, request_id: str, *, delay: int = 0) -> None:
    """Have a worker look at the request. One that is finished, or that another works on, is left alone."""
    queues.send(QUEUE, {"schoolId": school_id, "requestId": request_id}, delay=delay)


def unit_for(request: PrivacyRequest) -> UnitOfWork:
    """A unit of work in the name of whoever asked."""
    told = request.actor
    actor = Actor(told.get("userId"), told.get("role"), told.get("requestId"), told.get("ip"), told.get("agent"))
    return UnitOfWork(str(request.school_id), actor, "privacy", retention_days=int(told.get("retentionDays", 365)))


class Requests(Repository[PrivacyRequest]):
    """The requests of a school."""

    kind = PrivacyRequest

    def newest(self) -> list[PrivacyRequest]:
        """All of them, the newest first."""
        partition = PrivacyRequest.partition_of(school_id=self.school_id)
        return [PrivacyRequest.from_item(raw) for raw in reader.query(partition, newest_first=True, consistent=True)]

    def open_for(self, kind: str, subject: Subject, subject_id: str) -> PrivacyRequest | None:
        """The unfinished request of a kind about somebody."""
        wanted = (kind, subject.value, subject_id)
        return next((r for r in self.newest() if (r.kind, r.subject, r.subject_id) == wanted and r.state in ("QUEUED", "RUNNING")), None)

    def add(self, unit: UnitOfWork, made: PrivacyRequest) -> None:
        """Create a request with the unit's commit."""
        if made.kind == "EXPORT":
            made.expires_at = clock.epoch() + _EXPORTS_KEPT_DAYS * DAY
        unit.create(made)

    def file_of(self, request_id: str) -> str:
        """Where a request's archive lies."""
        return files.key_of(self.school_id, "privacy", f"{request_id}.zip")

    def claim(self, request_id: str, owner: str) -> PrivacyRequest | None:
        """Take a request that is not finished, under a lease; None where another holds it, or nothing is to be done."""
        done = in_place.change(
            PrivacyRequest.key_of(school_id=self.school_id, id=request_id),
            "SET leaseOwner = :owner, leaseUntil = :until, #state = :running, startedAt = if_not_exists(startedAt, :now)",
            "#state IN (:queued, :running) AND (attribute_not_exists(leaseUntil) OR leaseUntil < :ms)",
            names={"#state": "state"},
            owner=owner,
            until=now_ms() + LEASE_MS,
            ms=now_ms(),
            now=clock.stamp(),
            queued="QUEUED",
            running="RUNNING",
        )
        return PrivacyRequest.from_item(done.item) if done.done and done.item else None

    def move(self, request: PrivacyRequest, owner: str, step: str, progress: dict[str, Any]) -> None:
        """Note how far the work is, or LostLease."""
        done = in_place.change(
            PrivacyRequest.key_of(school_id=self.school_id, id=request.id),
            "SET #step = :step, progress = :progress, leaseUntil = :until",
            "leaseOwner = :owner",
            names={"#step": "step"},
            step=step,
            progress=progress,
            until=now_ms() + LEASE_MS,
            owner=owner,
        )
        if not done.done:
            raise LostLease
        request.step, request.progress = step, progress

    def release(self, request: PrivacyRequest, owner: str, *, error: str | None = None) -> None:
        """Give the lease back, with what went wrong; one that is lost already is no error."""
        in_place.change(
            PrivacyRequest.key_of(school_id=self.school_id, id=request.id),
            "SET leaseUntil = :none, #error = :error",
            "leaseOwner = :owner",
            names={"#error": "error"},
            none=0,
            error=error or "",
            owner=owner,
        )

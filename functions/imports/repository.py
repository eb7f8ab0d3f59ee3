"""The access patterns of imports: the job and its lease, its findings, its files, the school's own names of columns."""

import time
import zlib
from collections.abc import Iterable
from typing import Any

import orjson
from pynamodb.expressions.update import Action

from shared import clock
from shared.data import reader
from shared.data.repository import Repository
from shared.data.unit_of_work import Actor, RetryWrite, UnitOfWork
from shared.entities.imports import Import, ImportFindings, ImportMapping
from shared.errors import Conflict
from shared.gateways import files

LEASE_MS = 60_000
KEPT_SECONDS = 180 * 86_400
MAPPING_ID = "students"


class LostLease(Exception):
    """Another worker has the import now, or it was cancelled: whoever gets this writes no more of it."""


def now_ms() -> int:
    """The system's instant in epoch milliseconds: leases are between machines, and never move with the application's clock."""
    return int(time.time() * 1000)


class Imports(Repository[Import]):
    """The imports of a school."""

    kind = Import

    def newest(self) -> list[reader.Raw]:
        """All of them, the newest first."""
        return list(reader.query(Import.partition_of(school_id=self.school_id), newest_first=True, consistent=True))

    def add(self, unit: UnitOfWork, made: Import) -> None:
        """Create an import, to be kept for half a year."""
        made.expires_at = clock.epoch() + KEPT_SECONDS
        unit.create(made)

    def claim(self, job: Import, owner: str) -> bool:
        """Take the job's lease; False where another holds it."""
        free = Import.lease_until.does_not_exist() | (Import.lease_until < now_ms())
        actions: list[Action] = [Import.lease_owner.set(owner), Import.lease_until.set(now_ms() + LEASE_MS)]
        return self._try(job, actions, free & (Import.state == job.state))

    def renew(self, job: Import, owner: str) -> None:
        """Hold the lease for longer, or LostLease."""
        if not self._try(job, [Import.lease_until.set(now_ms() + LEASE_MS)], (Import.lease_owner == owner) & (Import.state == job.state)):
            raise LostLease

    def release(self, job: Import, owner: str) -> None:
        """Give the lease back; one that is lost already is no error."""
        self._try(job, [Import.lease_until.set(0)], Import.lease_owner == owner)

    def move(self, unit: UnitOfWork, job: Import, owner: str, state: str, actions: Iterable[Action] = ()) -> None:
        """Bring the job to another state in the unit's transaction."""
        held = (Import.lease_owner == owner) & (Import.state == job.state)
        unit.act(self._key(job), [Import.state.set(state), Import.updated_at.set(clock.stamp()), *actions], held, LostLease())

    def advance(self, unit: UnitOfWork, job: Import, owner: str, to: int, counts: dict[str, int]) -> None:
        """Move the checkpoint in the transaction of the batch that it counts."""
        held = (Import.lease_owner == owner) & (Import.state == job.state) & (Import.position == job.position)
        actions: list[Action] = [
            Import.position.set(to),
            Import.lease_until.set(now_ms() + LEASE_MS),
            Import.created.add(counts.get("create", 0)),
            Import.updated.add(counts.get("update", 0)),
        ]
        unit.act(self._key(job), actions, held, LostLease())

    def switch(self, unit: UnitOfWork, job: Import, state: str, actions: Iterable[Action] = ()) -> None:
        """Bring the job to another state whoever holds it; the request decides again where it has moved meanwhile."""
        unit.act(
            self._key(job),
            [Import.state.set(state), Import.updated_at.set(clock.stamp()), *actions],
            Import.state == job.state,
            RetryWrite(),
        )

    def _key(self, job: Import) -> Import:
        return Import(school_id=self.school_id, id=job.id)

    def _try(self, job: Import, actions: list[Action], condition: Any) -> bool:
        unit = UnitOfWork(self.school_id, Actor(), "imports")
        unit.act(self._key(job), actions, condition, RetryWrite())
        try:
            unit.commit()
        except RetryWrite:
            return False
        return True

    def keep_findings(self, unit: UnitOfWork, import_id: str, found: dict[str, Any]) -> None:
        """Keep what a check found."""
        content = zlib.compress(orjson.dumps(found), 6)
        item = ImportFindings(school_id=self.school_id, import_id=import_id, content=content, expires_at=clock.epoch() + KEPT_SECONDS)
        unit.put(item, None, Conflict())

    def findings(self, import_id: str) -> dict[str, Any]:
        """What the check found; empty before it."""
        raw = reader.get(ImportFindings.key_of(school_id=self.school_id, import_id=import_id), consistent=True)
        found: dict[str, Any] = orjson.loads(zlib.decompress(reader.blob(raw, "content"))) if raw else {}
        return found

    def file(self, import_id: str, name: str) -> str:
        """The key of one of the import's files: `source`, `plan`, `bad-rows.csv`."""
        return files.key_of(self.school_id, "imports", import_id, name)


class Mappings(Repository[ImportMapping]):
    """How the columns of the school's files are called."""

    kind = ImportMapping

    def saved(self) -> tuple[dict[str, str | None], str | None]:
        """Folded header → field (None: left out), and the date order."""
        found = self.find(MAPPING_ID, consistent=True)
        return (dict(found.columns), found.date_order) if found else ({}, None)

    def save(self, unit: UnitOfWork, columns: dict[str, str | None], date_order: str | None) -> None:
        """Remember columns and date order, over what was remembered of the same headers."""
        found = self.find(MAPPING_ID, consistent=True)
        if found is None:
            made = ImportMapping(school_id=self.school_id, id=MAPPING_ID, columns=columns, date_order=date_order)
            unit.create(made, otherwise=RetryWrite())
            return
        merged = {**found.columns, **columns}
        if merged != found.columns or date_order != found.date_order:
            found.columns, found.date_order = merged, date_order
            unit.update(found)

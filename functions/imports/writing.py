"""Writes the plan of an import in batches: each is one transaction of students, their numbers, seats, one journal entry and the checkpoint."""

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from functions.imports.inspection import Inspection
from functions.imports.jobs import new_job, unit_for
from functions.imports.plan import Planned
from functions.imports.repository import Imports
from functions.imports.students import Batch, Changed, cost
from shared import clock
from shared.auth.caller import Caller
from shared.data.unit_of_work import RetryWrite, UnitOfWork
from shared.entities.imports import Import
from shared.entities.tenancy import School
from shared.errors import AppError, Conflict, Unavailable
from shared.http.request import unit as request_unit

# Of the 100 operations of a transaction these are for students and seats. Beside them a batch writes the checkpoint, its journal
# entry and the count of the subscription; a request's own transaction also the import, what was found, the mapping, and their entries.
ROOM = 97
ROOM_AT_ONCE = 92
_TRIES = 8


class Stopped(Conflict):
    """Something came in the way while a checked import was being written."""

    def __init__(self, import_id: str, reason: str, written: int) -> None:
        told = f"The import stopped: {reason}. {written} rows are written; POST /api/imports/{import_id}/undo takes them out again"
        super().__init__(told)


def next_batch(plan: Sequence[Planned], start: int, room: int = ROOM) -> list[Planned]:
    """The entries from `start` on that fit into one transaction."""
    taken: list[Planned] = []
    classes: set[str] = set()
    for entry in plan[start:]:
        price = cost(entry) + (entry.class_id not in classes)
        if price > room or entry.kind != plan[start].kind:
            break
        room -= price
        classes.add(entry.class_id)
        taken.append(entry)
    return taken


def write_at_once(caller: Caller, import_id: str, found: Inspection, filename: str | None) -> bool:
    """Write a plan that fits into one transaction within the request's own; False where it does not fit."""
    plan = found.checked.plan
    if len(next_batch(plan, 0, ROOM_AT_ONCE)) < len(plan):
        return False
    found.remember(request_unit())
    if not plan:
        return True
    kinds = Counter(entry.kind for entry in plan)
    now = clock.stamp()
    job = new_job(
        caller,
        import_id,
        "DONE",
        found.options.plain(),
        filename=filename,
        started_at=now,
        finished_at=now,
        total=found.checked.total,
        planned=len(plan),
        position=len(plan),
        created=kinds["create"],
        updated=kinds["update"],
        unchanged=found.checked.unchanged,
        failed=found.checked.failed,
    )
    imports = Imports(caller.school_id)
    imports.add(request_unit(), job)
    imports.keep_findings(request_unit(), import_id, found.told())
    Batch(caller.school, job, plan).write(request_unit())
    return True


class Writer:
    """Writes an import's plan from its checkpoint on. `stopped_by` says what stood in the way, if anything did."""

    def __init__(self, school: School, job: Import, owner: str, plan: Sequence[Planned]) -> None:
        self._school = school
        self._imports = Imports(school.id)
        self._job = job
        self._owner = owner
        self._plan = plan
        self.stopped_by: str | None = None

    def run(self, late: Callable[[], bool]) -> bool:
        """Write batch after batch; False where time was up before the end. LostLease where another has the import."""
        job = self._job
        while job.position < len(self._plan):
            if late():
                return False
            batch = next_batch(self._plan, job.position)
            try:
                self._write(batch)
            except Unavailable:
                raise
            except AppError as error:
                self._stop(error, batch)
                return True
            job.position += len(batch)
        self._finish("DONE", [])
        return True

    def _write(self, batch: list[Planned]) -> None:
        """One transaction; tried again on fresh reads while others overtake it."""
        job = self._job
        counts = Counter(str(entry.kind) for entry in batch)
        for attempt in range(_TRIES):
            unit = unit_for(job)
            try:
                Batch(self._school, job, batch).write(unit)
                self._imports.advance(unit, job, self._owner, job.position + len(batch), counts)
                unit.commit()
            except Changed as error:
                raise Conflict(f"row {error.row}: this student was changed after the file was checked") from error
            except RetryWrite:
                time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311 - jitter, not a secret
            else:
                return
        raise Unavailable

    def _stop(self, error: AppError, batch: list[Planned]) -> None:
        """End an import that cannot go on: what was checked is no longer so."""
        reasons = "; ".join(d.message for d in error.details) or error.text
        rows = ", ".join(f"{row} ({name})" for row, name in Batch(self._school, self._job, batch).culprits())
        self.stopped_by = f"row {rows}: {reasons}" if rows else reasons
        self._finish("STOPPED", [Import.stopped_by.set(self.stopped_by[:500])])

    def _finish(self, state: str, actions: list[Any]) -> None:
        unit: UnitOfWork = unit_for(self._job)
        unit.note("IMPORT_STUDENTS", "Import", self._job.id, {"state": ["WRITING", state], "position": [None, self._job.position]})
        self._imports.move(
            unit, self._job, self._owner, state, [*actions, Import.finished_at.set(clock.stamp()), Import.lease_until.set(0)]
        )
        unit.commit()
        self._job.state = state

"""Makes imports that outlive their request: the plan in storage, the job in the table, a message that wakes a worker."""

from typing import Any

from functions.imports.inspection import Inspection
from functions.imports.plan import pack
from functions.imports.repository import LEASE_MS, Imports, now_ms
from shared import clock
from shared.auth.caller import Caller
from shared.data.unit_of_work import Actor, UnitOfWork
from shared.entities.imports import Import
from shared.gateways import files, queues
from shared.http.request import current

QUEUE = "imports"
WAKE_SECONDS = LEASE_MS // 1000 + 30  # after the lease of one that died has ended


def wake(school_id: str, import_id: str, *, delay: int = 0) -> None:
    """Have a worker look at the import. One that is finished, or that another works on, is left alone."""
    queues.send(QUEUE, {"schoolId": school_id, "importId": import_id}, delay=delay)


def actor_of(caller: Caller) -> dict[str, str | None]:
    """Who asked for the import, as it is kept with it for the journal."""
    actor = current().actor(caller.user_id, caller.role)
    return {"userId": actor.user_id, "role": actor.role, "requestId": actor.request_id, "ip": actor.ip_address, "agent": actor.user_agent}


def unit_for(job: Import) -> UnitOfWork:
    """A unit of work in the name of whoever asked for the import."""
    told = job.actor
    actor = Actor(told.get("userId"), told.get("role"), told.get("requestId"), told.get("ip"), told.get("agent"))
    return UnitOfWork(job.school_id, actor, "imports", retention_days=int(job.options.get("retentionDays", 365)))


def new_job(caller: Caller, import_id: str, state: str, options: dict[str, Any], **fields: Any) -> Import:
    """An import that is not stored yet."""
    days = (caller.school.settings or {}).get("retentionDays", 365)
    kept = {**options, "retentionDays": days}
    return Import(school_id=caller.school_id, id=import_id, state=state, options=kept, actor=actor_of(caller), **fields)


def counts_of(found: Inspection) -> dict[str, Any]:
    """What is known of an import once its file is checked."""
    checked = found.checked
    return {"total": checked.total, "planned": len(checked.plan), "unchanged": checked.unchanged, "failed": checked.failed}


def keep_files(imports: Imports, import_id: str, found: Inspection) -> None:
    """Put plan and bad rows into storage, before the job that refers to them."""
    if not found.refused and not found.options.dry_run:
        files.put(imports.file(import_id, "plan"), pack(found.checked.plan), "application/gzip", keep=files.Keep.MONTH)
    if found.checked.failed:
        files.put(imports.file(import_id, "bad-rows.csv"), found.checked.bad_rows.content(), "text/csv", keep=files.Keep.MONTH)


def start_writing(caller: Caller, found: Inspection, import_id: str, *, owner: str | None, filename: str | None) -> Import:
    """Make an import whose file is checked and whose writing may begin, by the owner of its lease or by a worker.

    A message for later is sent before the job is there: a message without a job does no harm, a job without one would lie for ever.
    """
    imports = Imports(caller.school_id)
    keep_files(imports, import_id, found)
    wake(caller.school_id, import_id, delay=WAKE_SECONDS)
    job = new_job(caller, import_id, "WRITING", found.options.plain(), filename=filename, started_at=clock.stamp(), **counts_of(found))
    if owner:
        job.lease_owner, job.lease_until = owner, now_ms() + LEASE_MS
    unit = unit_for(job)
    imports.add(unit, job)
    imports.keep_findings(unit, import_id, found.told())
    found.remember(unit)
    unit.commit()
    if owner is None:
        wake(caller.school_id, import_id)
    return job

"""Decisions about daily jobs: what is shown of them, and runs by hand."""

from datetime import date, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from functions.jobs import repository, rules, schemas
from shared import clock, job_list
from shared.auth.caller import Caller
from shared.auth.gate import GRACE
from shared.data.unit_of_work import RetryWrite
from shared.entities.jobs import JobRun
from shared.errors import Conflict, NotFound, ValidationFailed
from shared.gateways import queues
from shared.http.request import current, unit
from shared.ids import new_id
from shared.jobs import asked, new_run, run_id
from shared.names import camel

_KEPT = "job-run"
_RECENT = timedelta(days=2)


def list_jobs(caller: Caller) -> list[schemas.JobOut]:
    """Every job with its last run and its next due time."""
    jobs = job_list.declared()
    last = repository.last_runs(caller.school_id, {job.name for job in jobs}, caller.today() - _RECENT)
    return [_job(caller, job, last.get(job.name)) for job in jobs]


def _job(caller: Caller, job: job_list.Declared, last: JobRun | None) -> schemas.JobOut:
    waits = _read_only(caller) and not job.read_only_too
    due = rules.next_due(job.at, ZoneInfo(caller.school.timezone), clock.now())
    return schemas.JobOut(
        name=job.name,
        title=job.title,
        module=job.module,
        at=job.at,
        next_due=None if waits else clock.stamp(due),
        can_dry_run=job.dry_run,
        last_run=_run(last) if last else None,
    )


def _read_only(caller: Caller) -> bool:
    """Whether the school is read-only for its users (rule A7)."""
    school = caller.school
    expired = school.subscription_expiry and date.fromisoformat(school.subscription_expiry) + GRACE < caller.today()
    return school.status != "ACTIVE" or bool(expired)


def run_job(caller: Caller, name: str, data: schemas.RunJob) -> schemas.RunOut:
    """Ask for a run for today.

    The message goes before the run is stored: a message without a run makes one, a run without a message would wait for ever.
    """
    job = _declared(name)
    if data.dry_run and not job.dry_run:
        raise ValidationFailed.of("dryRun", "This job cannot tell beforehand what it would do")
    further = data.again or data.dry_run
    wanted = asked(
        job.name,
        caller.school_id,
        caller.today().isoformat(),
        by=caller.user_id,
        again=_further(caller) if further else None,
        dry_run=data.dry_run,
    )
    found = repository.find(caller.school_id, run_id(wanted))
    if found and current().kept.get(_KEPT) == found.id:
        return _run(found)  # its worker was quicker than the end of this request
    if found and (found.state in ("DONE", "ASKED") or found.lease_until > clock.epoch()):
        raise Conflict("Today's run is done, or goes on; `again` asks for a further one")
    queues.send_many(job.queue, [wanted])
    current().kept[_KEPT] = run_id(wanted)
    return _run(_stored(wanted, found))


def _stored(wanted: dict[str, str], found: JobRun | None) -> JobRun:
    """The run that is asked for: a new one, or one that failed and is tried again."""
    if found is None:
        run = new_run(wanted, "ASKED")
        unit().create(run, otherwise=RetryWrite())
        return run
    found.state, found.asked_by, found.error = "ASKED", wanted["by"], None
    unit().update(found, action="ASK")
    return found


def _further(caller: Caller) -> str:
    """What tells a further run from the others of its day: the same for a request that is repeated with its key."""
    key = current().headers.get("idempotency-key")
    if key:
        return sha256(f"{caller.user_id}\n{key}".encode()).hexdigest()[:20]
    made: str = current().kept.setdefault("further", new_id())
    return made


def list_job_runs(caller: Caller, query: schemas.RunList) -> tuple[list[schemas.RunOut], int]:
    """A page of runs, the newest first, and how many there are."""
    runs = [
        run
        for run in repository.runs(caller.school_id, query.from_, query.to)
        if query.job in (None, run.job) and query.state in (None, run.state)
    ]
    runs.sort(key=lambda run: (run.day, run.started_at or run.created_at or "", run.id), reverse=True)
    start = (query.page - 1) * query.page_size
    return [_run(run) for run in runs[start : start + query.page_size]], len(runs)


def get_job_run(caller: Caller, run: str) -> schemas.RunOut:
    """One run of the school."""
    found = repository.find(caller.school_id, run)
    if found is None:
        raise NotFound
    return _run(found)


def _declared(name: str) -> job_list.Declared:
    job = next((job for job in job_list.declared() if job.name == name), None)
    if job is None:
        raise NotFound
    return job


def _run(run: JobRun) -> schemas.RunOut:
    job = next((job for job in job_list.declared() if job.name == run.job), None)
    told = run.plain() | {"title": job.title if job else None, "dryRun": bool(run.dry_run), "further": run.again is not None}
    return schemas.RunOut.model_validate({name: told.get(camel(name)) for name in schemas.RunOut.model_fields})

"""Daily jobs of a school: the queue worker that a module declares as `<module>-jobs`, and the message that asks for a run.

    lambda_handler = worker("fees", {"fees-night": run_night})

The clock may ask twice and a queue may deliver twice: a run is claimed by a conditional write, and its work must be safe to
repeat, because a run whose process died is taken over when its lease is over. A day on which nobody asked is not made up for:
work looks at what is due, not at what happened since yesterday.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

import orjson
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

from shared import clock
from shared.data import reader
from shared.data.unit_of_work import DAY, Actor, RetryWrite, UnitOfWork
from shared.entities.jobs import JobRun
from shared.entities.tenancy import School
from shared.errors import AppError
from shared.observability import logger

type Work = Callable[..., dict[str, Any]]
"""What a job does for a school on its date, `work(school, day)`; it answers what it did in numbers (text and whole numbers),
and is safe to repeat. A job that declares `dry_run` also takes `dry_run=True`, and then only tells what it would do."""

LEASE_SECONDS = 900  # as long as a Lambda can run
KEPT_DAYS = 90


def asked(job: str, school_id: str, day: str, *, by: str | None = None, again: str | None = None, dry_run: bool = False) -> dict[str, Any]:
    """The queue message that asks for a run. `again` names a further run of the same day, asked for by hand."""
    message = {"job": job, "school": school_id, "day": day, "by": by, "again": again}
    return {**message, "dryRun": True} if dry_run else message


def run_id(message: Mapping[str, Any]) -> str:
    """The id of the run that a message asks for: `2026-11-24.fees-night`, and what tells it from others of its day."""
    again = message.get("again")
    return f"{message['day']}.{message['job']}" + (f".{again}" if again else "")


def worker(module: str, work: Mapping[str, Work]) -> Callable[[dict[str, Any], Any], dict[str, Any]]:
    """The Lambda handler of a module's jobs queue."""
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)

    def each(record: Any) -> None:
        message = orjson.loads(record.body)
        perform(module, work[message["job"]], message)

    def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        return dict(process_partial_response(event=event, record_handler=each, processor=processor, context=context))

    return lambda_handler


def perform(module: str, work: Work, message: Mapping[str, Any]) -> JobRun | None:
    """Do one run; None where it was done already, or another is at it. A failure is kept with the run, and raised."""
    run = _claimed(module, message)
    if run is None:
        return None
    do = partial(work, dry_run=True) if run.dry_run else work
    try:
        school = reader.load(School, consistent=True, school_id=run.school_id)
        if school is None:
            raise LookupError(f"there is no school {run.school_id}")
        run.result, run.state, run.error = do(school, date.fromisoformat(run.day)), "DONE", None
    except Exception as error:
        logger().exception("a job failed", extra={"school": run.school_id, "job": run.job, "day": run.day})
        run.state, run.error, run.lease_until = "FAILED", _shown(error), 0
        _finish(module, run)
        raise
    _finish(module, run)
    return run


def _shown(error: Exception) -> str:
    """What the school may read of a failure: no key, no table, no other school's fact; the log has the rest."""
    return f"{error.code}: {error.text}"[:500] if isinstance(error, AppError) else type(error).__name__


def new_run(message: Mapping[str, Any], state: str) -> JobRun:
    """The run that a message asks for, not stored yet."""
    return JobRun(
        school_id=message["school"],
        id=run_id(message),
        job=message["job"],
        day=message["day"],
        state=state,
        asked_by=message.get("by"),
        again=message.get("again"),
        dry_run=True if message.get("dryRun") else None,
        expires_at=clock.epoch() + KEPT_DAYS * DAY,
    )


def _unit(module: str, run: JobRun) -> UnitOfWork:
    return UnitOfWork(run.school_id, Actor(user_id=run.asked_by, role=None if run.asked_by else "SYSTEM"), module)


def _claimed(module: str, message: Mapping[str, Any]) -> JobRun | None:
    """The run with a lease of ours, or None."""
    now = clock.epoch()
    found = reader.load(JobRun, consistent=True, school_id=message["school"], id=run_id(message))
    if found is not None and (found.state == "DONE" or found.lease_until > now):
        return None
    run = found or new_run(message, "RUNNING")
    action = "START" if run.state == "ASKED" else "RESUME"
    run.state, run.lease_until, run.started_at, run.finished_at = "RUNNING", now + LEASE_SECONDS, clock.stamp(), None
    unit = _unit(module, run)
    if found is None:
        unit.create(run, otherwise=RetryWrite())
    else:
        unit.update(run, action=action)
    try:
        unit.commit()
    except RetryWrite:
        return None
    return reader.load(JobRun, consistent=True, school_id=run.school_id, id=run.id)


def _finish(module: str, run: JobRun) -> None:
    run.finished_at = clock.stamp()
    unit = _unit(module, run)
    unit.update(run, action="FINISH")
    unit.commit()

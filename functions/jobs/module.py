"""Daily jobs of all modules: the clock that asks for them, and what is seen and asked for by hand."""

from shared.manifest import Grant, Job, Module, Queue, Schedule

MODULE = Module(
    name="jobs",
    title="Daily jobs",
    grants=(Grant.TABLE, Grant.PLATFORM, Grant.JOB_QUEUES),
    tags={"Jobs": "Work that is done for the school every day: what it did, when it is due, and runs by hand."},
    queues=(Queue("jobs-jobs", "functions.jobs.worker.lambda_handler", grants=(Grant.FILES_SWEEP,)),),
    schedules=(Schedule("jobs-clock", "functions.jobs.tick.lambda_handler", "rate(10 minutes)"),),
    jobs=(Job("orphaned-files", "Remove files that no record refers to", at="03:30", read_only_too=True, dry_run=True),),
)

"""The audit log: the journal as people read it, the chain that proves it, its archive, and who looked at whom."""

from shared.manifest import Consumer, Grant, Job, Module, Queue, Schedule

MODULE = Module(
    name="logs",
    title="Audit log",
    memory=1024,
    grants=(Grant.TABLE, Grant.FILES),
    consumers=(Consumer("audit-chain", "functions.logs.consumers.chain"),),
    queues=(Queue("logs-jobs", "functions.logs.jobs.lambda_handler", timeout=900),),
    jobs=(
        Job("audit-archive", "Archive and seal the finished days of the audit log", at="03:00", read_only_too=True),
        Job("audit-verify", "Check the audit log against its chain and its archive", at="04:00", read_only_too=True),
    ),
    schedules=(Schedule("audit-platform", "functions.logs.jobs.platform", "cron(30 1 * * ? *)", timeout=900),),
)

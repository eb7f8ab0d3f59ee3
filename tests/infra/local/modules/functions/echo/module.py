"""A module that shows what reaches it, and fails on demand."""

from shared.manifest import Consumer, Grant, LogListener, Module, Queue, Schedule

MODULE = Module(
    "echo",
    "Echo",
    timeout=2,
    consumers=(Consumer("echo-entries", "functions.echo.work.consume", kinds=("echo.written",)),),
    grants=(Grant.TABLE, Grant.SCHEDULER),
    queues=(
        Queue("echo-jobs", "functions.echo.work.job", timeout=5, batch_size=10, max_receives=2),
        Queue("echo-later", "functions.echo.work.later", timeout=5, scheduled=True),
        Queue("echo-told", "functions.echo.work.told", timeout=5, batch_size=10, fed_by="ses-events"),
    ),
    log_listeners=(LogListener("echo-texts", "functions.echo.work.texts", source="sms-status"),),
    schedules=(Schedule("echo-nightly", "functions.echo.work.nightly", "cron(0 2 * * ? *)"),),
)

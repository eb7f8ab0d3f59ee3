"""A module that shows what reaches it, and fails on demand."""

from shared.manifest import Consumer, Module, Queue, Schedule

MODULE = Module(
    "echo",
    "Echo",
    timeout=2,
    consumers=(Consumer("echo-entries", "functions.echo.work.consume", kinds=("echo.written",)),),
    queues=(Queue("echo-jobs", "functions.echo.work.job", timeout=5, batch_size=10, max_receives=2),),
    schedules=(Schedule("echo-nightly", "functions.echo.work.nightly", "cron(0 2 * * ? *)"),),
)

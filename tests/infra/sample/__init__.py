"""Two small modules that use everything a manifest can say, for tests of the app itself."""

from pathlib import Path

from infra.routes import Declared, Pattern, generate
from shared.manifest import Consumer, Grant, Job, LogListener, Module, PoolTrigger, Queue, Schedule

FUNCTIONS = Path(__file__).parent / "functions"
WORKER = "functions.sample.work.lambda_handler"
SAMPLE = Module(
    name="sample",
    title="Sample",
    grants=tuple(Grant),
    packages=("python-calamine",),
    consumers=(Consumer("roll-up", WORKER, kinds=("STUDENT_CREATED", "STUDENT_MOVED")), Consumer("archive", WORKER)),
    queues=(
        Queue("send-out", WORKER, timeout=30, max_receives=4, scheduled=True),
        Queue("told", WORKER, timeout=30, batch_size=20, fed_by="ses-events"),
        Queue("sample-jobs", WORKER, timeout=30),
    ),
    schedules=(Schedule("nightly", WORKER, "cron(0 1 * * ? *)"),),
    jobs=(Job("sample-night", "Sample", at="02:30"),),
    log_listeners=(LogListener("texts", WORKER, "sms-status"),),
    pool_triggers=(
        PoolTrigger("pre-token-generation", "functions.sample.work.trigger"),
        PoolTrigger("user-migration", "functions.sample.work.trigger"),
    ),
    catch_all=True,
)
PLAIN = Module(
    name="plain",
    title="Plain",
    grants=(Grant.TABLE,),
    memory=256,
    timeout=25,
    queues=(Queue("plain-jobs", "functions.plain.work.lambda_handler", timeout=20, grants=(Grant.FILES_SWEEP,)),),
    jobs=(Job("plain-night", "Plain", at="03:00", dry_run=True),),
)
MODULES = (PLAIN, SAMPLE)
DECLARED = (
    Declared("/api/things", "plain"),
    Declared("/api/things/<thing_id>", "plain"),
    Declared("/api/things/<thing_id>/samples", "sample"),
    Declared("/api/samples", "sample"),
)


def patterns() -> tuple[Pattern, ...]:
    """The gateway's patterns of the two modules."""
    return generate(DECLARED)

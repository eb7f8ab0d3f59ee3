"""What a module declares about itself: the one source for its functions, grants, queues and schedules."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal


class ManifestError(Exception):
    """Manifests that cannot be deployed together; the message says which and why."""


class Grant(StrEnum):
    """What a module's function may reach besides its own log group."""

    TABLE = "table"  # the caller's school in the single table
    PLATFORM = "platform"  # the named platform items (schools, e-mail → user)
    POOL = "pool"  # the Cognito user pool
    FILES = "files"  # objects under schools/<id>/ in the files bucket
    MAIL = "mail"  # SES
    SMS = "sms"  # SNS
    SCHEDULER = "scheduler"  # one-time schedules into the module's `scheduled` queue
    FILES_SWEEP = "files-sweep"  # listing the objects under schools/ and removing them
    JOB_QUEUES = "job-queues"  # sending to the jobs queue of every module


@dataclass(frozen=True, slots=True)
class Consumer:
    """A Lambda fed by the table's stream with journal entries of the named kinds (empty: every kind)."""

    name: str
    handler: str  # dotted path of a lambda_handler
    kinds: tuple[str, ...] = ()
    memory: int = 512
    timeout: int = 60


@dataclass(frozen=True, slots=True)
class Queue:
    """An SQS queue, its dead-letter queue and the Lambda that works it off.

    The queue's URL is in the environment of every function of the module as QUEUE_URL_<NAME>.
    """

    name: str
    handler: str
    memory: int = 1024
    timeout: int = 300
    batch_size: int = 1
    max_receives: int = 3
    concurrency: int = 10  # batches at once, so that a full queue takes no function away from the requests
    scheduled: bool = False  # whether one-time schedules of the module (shared/gateways/scheduler.py) put their messages here
    fed_by: Literal["ses-events"] | None = None  # what else puts messages here: SES's events, each in an SNS envelope
    grants: tuple[Grant, ...] = ()  # of its worker alone, beyond the module's


@dataclass(frozen=True, slots=True)
class Schedule:
    """A recurring EventBridge schedule and the Lambda it starts, with `{"schedule": name}` as its event."""

    name: str
    handler: str
    expression: str  # rate(…) or cron(…), UTC
    memory: int = 512
    timeout: int = 300


@dataclass(frozen=True, slots=True)
class LogListener:
    """A Lambda fed with the lines of log groups that a service of AWS writes, as CloudWatch Logs hands them to a subscriber."""

    name: str
    handler: str
    source: Literal["sms-status"]  # what SNS tells about each text message: delivered or not, and why
    memory: int = 512
    timeout: int = 60


@dataclass(frozen=True, slots=True)
class Job:
    """Work done for each school once a day, at a time of its own zone; its module's queue `<module>-jobs` has it done.

    The clock of the jobs module asks for it when it is due, and a person may by hand; the work claims its day itself.
    """

    name: str
    title: str
    at: str = "02:00"  # the school's time of day from which it is due
    read_only_too: bool = False  # whether it is also done for a school that is inactive or whose subscription has ended
    dry_run: bool = False  # whether it can be asked by hand to tell what it would do; its work then takes `dry_run=True`


@dataclass(frozen=True, slots=True)
class PoolTrigger:
    """A Lambda that the user pool calls while it signs somebody in; it knows the table, and no pool (the event names it)."""

    event: Literal["pre-token-generation", "user-migration"]
    handler: str
    memory: int = 512
    timeout: int = 5  # the pool waits no longer


@dataclass(frozen=True, slots=True)
class Module:
    """One folder under functions/: one API Lambda, and what works behind it."""

    name: str
    title: str
    memory: int = 512
    timeout: int = 29
    grants: tuple[Grant, ...] = (Grant.TABLE,)
    packages: tuple[str, ...] = ()  # third-party packages this module alone is packaged with
    fonts: bool = False  # whether it is packaged with the fonts of documents
    consumers: tuple[Consumer, ...] = ()
    queues: tuple[Queue, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    jobs: tuple[Job, ...] = ()
    log_listeners: tuple[LogListener, ...] = ()
    pool_triggers: tuple[PoolTrigger, ...] = ()
    catch_all: bool = False  # whether the gateway leads unknown paths here, for an answer in the envelope
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def handler(self) -> str:
        """The dotted path of the API Lambda's handler."""
        return f"functions.{self.name}.handler.lambda_handler"


def _names(workers: tuple[Consumer, ...] | tuple[Queue, ...] | tuple[LogListener, ...]) -> list[str]:
    return [worker.name for worker in workers]


_TIME_OF_DAY = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def check(modules: Iterable[Module]) -> None:
    """Refuse manifests that name what is not there, or name two things alike: each has a function, and most have dead letters."""
    found = tuple(modules)
    fed = [name for m in found for name in (*_names(m.consumers), *_names(m.queues), *_names(m.log_listeners))]
    for what, names in (
        ("consumers, queues or listeners", fed),
        ("jobs", [j.name for m in found for j in m.jobs]),
        ("schedules", [s.name for m in found for s in m.schedules]),
    ):
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ManifestError(f"two {what} are called {', '.join(twice)}")
    scheduling = [m.name for m in found if Grant.SCHEDULER in m.grants]
    if len(scheduling) > 1:  # the local stack's functions share one environment, which names one queue
        raise ManifestError(f"only one module can have Grant.SCHEDULER, not {', '.join(scheduling)}")
    for module in found:
        if module.jobs and f"{module.name}-jobs" not in {q.name for q in module.queues}:
            raise ManifestError(f"{module.name} declares jobs but no queue {module.name}-jobs")
        wrong = [j.name for j in module.jobs if not _TIME_OF_DAY.fullmatch(j.at)]
        if wrong:
            raise ManifestError(f"{module.name}: {', '.join(wrong)}: `at` is a time of day such as 02:00")
        if Grant.SCHEDULER in module.grants and sum(q.scheduled for q in module.queues) != 1:
            raise ManifestError(f"{module.name} has Grant.SCHEDULER but not exactly one queue that is `scheduled`")

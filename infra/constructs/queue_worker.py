"""A queue, its dead letters and the function that works it off."""

from aws_cdk import Duration
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.module_function import Ground, ModuleFunction, Worker
from infra.constructs.queues import dead_letters, work_queue
from shared.manifest import Module, Queue

_BATCH_WITHOUT_WINDOW = 10  # SQS wants a window for larger batches


class QueueWorker(Construct):
    """The queue stands before its function, because every function of the module is told its URL."""

    def __init__(self, scope: Construct, module: Module, declared: Queue) -> None:
        super().__init__(scope, f"{module.name.capitalize()}{declared.name.replace('-', ' ').title().replace(' ', '')}Queue")
        self.module = module
        self.declared = declared
        self.dead: sqs.Queue = dead_letters(self, "DeadLetters")
        self.queue: sqs.Queue = work_queue(self, "Queue", self.dead, worker_timeout=declared.timeout, max_receives=declared.max_receives)

    @property
    def variable(self) -> str:
        """The environment variable under which a function finds the queue."""
        return f"QUEUE_URL_{self.declared.name.upper().replace('-', '_')}"

    def worked_by(self, ground: Ground, environment: dict[str, str]) -> ModuleFunction:
        """Make the worker and connect it; a failed message alone comes back, not its whole batch."""
        declared = self.declared
        worker = Worker(declared.name, declared.handler, declared.memory, declared.timeout, declared.grants)
        made = ModuleFunction(ground, self.module, worker, environment=environment)
        source = sources.SqsEventSource(
            self.queue,
            batch_size=declared.batch_size,
            max_batching_window=Duration.seconds(1) if declared.batch_size > _BATCH_WITHOUT_WINDOW else None,
            max_concurrency=declared.concurrency,
            report_batch_item_failures=True,
        )
        made.function.add_event_source(source)
        return made

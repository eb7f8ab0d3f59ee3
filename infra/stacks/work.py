"""Work that is not a request: journal consumers, queues, schedules."""

from collections.abc import Sequence

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.config import Config
from infra.constructs.journal_consumer import journal_consumer
from infra.constructs.module_function import Ground, ModuleFunction, Worker
from infra.constructs.queue_worker import QueueWorker
from infra.constructs.schedules import Schedules
from infra.packaging import Packages
from infra.stacks.data import DataStack
from shared.manifest import Module


class WorkStack(Stack):
    """The functions behind the requests, and the queues between."""

    def __init__(self, scope: Construct, config: Config, data: DataStack, modules: Sequence[Module], packages: Packages) -> None:
        super().__init__(scope, f"{config.prefix}-work", description="Homeroom: journal consumers, queues, schedules")
        self.ground = Ground(self, config, packages, data.reach(), data.function_environment())
        self.queues = {module.name: [QueueWorker(self, module, queue) for queue in module.queues] for module in modules}
        self.dead_letters: list[sqs.Queue] = [worker.dead for workers in self.queues.values() for worker in workers]
        for module in modules:
            self._queue_workers(module)
            self._consumers(module)
        self._schedules(config, modules)

    def queue_urls(self, module: Module) -> dict[str, str]:
        """The environment in which a module's functions find its queues."""
        return {worker.variable: worker.queue.queue_url for worker in self.queues[module.name]}

    def may_send(self, module: Module, made: ModuleFunction) -> None:
        """Let a function of the module put messages into the module's queues."""
        arns = [worker.queue.queue_arn for worker in self.queues[module.name]]
        if arns:
            made.allow(iam.PolicyStatement(sid="Queues", actions=["sqs:SendMessage"], resources=arns))

    def _queue_workers(self, module: Module) -> None:
        for worker in self.queues[module.name]:
            self.may_send(module, worker.worked_by(self.ground, self.queue_urls(module)))

    def _consumers(self, module: Module) -> None:
        for consumer in module.consumers:
            made, dead = journal_consumer(self.ground, module, consumer, self.queue_urls(module))
            self.may_send(module, made)
            self.dead_letters.append(dead)

    def _schedules(self, config: Config, modules: Sequence[Module]) -> None:
        schedules = Schedules(self, config)
        self.dead_letters.append(schedules.dead)
        for module in modules:
            for declared in module.schedules:
                worker = Worker(declared.name, declared.handler, declared.memory, declared.timeout)
                made = ModuleFunction(self.ground, module, worker, environment=self.queue_urls(module))
                self.may_send(module, made)
                schedules.start(declared, made.function)

"""Work that is not a request: journal consumers, queues, schedules, and what AWS's services tell."""

import dataclasses
from collections.abc import Sequence

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.config import Config
from infra.constructs.journal_consumer import journal_consumer
from infra.constructs.mail_events import MailEvents
from infra.constructs.module_function import Ground, ModuleFunction, Worker
from infra.constructs.queue_worker import QueueWorker
from infra.constructs.schedules import OneTimeSchedules, Schedules
from infra.constructs.sms_status import SmsStatus
from infra.packaging import Packages
from infra.stacks.data import DataStack
from shared import job_list
from shared.manifest import Grant, Module


class WorkStack(Stack):
    """The functions behind the requests, and the queues between."""

    def __init__(self, scope: Construct, config: Config, data: DataStack, modules: Sequence[Module], packages: Packages) -> None:
        super().__init__(scope, f"{config.prefix}-work", description="Homeroom: journal consumers, queues, schedules")
        self._modules = modules
        self.queues = {module.name: [QueueWorker(self, module, queue) for queue in module.queues] for module in modules}
        workers = [worker for found in self.queues.values() for worker in found]
        self.dead_letters: list[sqs.Queue] = [worker.dead for worker in workers]
        self._once = OneTimeSchedules(self, config, [w.queue for w in workers if w.declared.scheduled])
        self.dead_letters.append(self._once.dead)
        reach = dataclasses.replace(data.reach(), once=self._once.reach)
        self.ground = Ground(self, config, packages, reach, data.function_environment())
        MailEvents(self, config, [w for w in workers if w.declared.fed_by == "ses-events"])
        for module in modules:
            self._queue_workers(module)
            self._consumers(module)
        self._schedules(config)
        if config.sms_status:
            self._sms_status(config)

    def told(self, module: Module, *, asks: bool = False) -> dict[str, str]:
        """The environment in which a module's functions find its queues; and all queues of jobs, where it asks for runs."""
        told = {worker.variable: worker.queue.queue_url for worker in self.queues[module.name]}
        for worker in self.queues[module.name]:
            if worker.declared.scheduled and Grant.SCHEDULER in module.grants:
                told |= self._once.environment(worker.queue)
        if asks and Grant.JOB_QUEUES in module.grants:
            told |= {worker.variable: worker.queue.queue_url for worker in self._job_queues()}
            told[job_list.VARIABLE] = job_list.told(self._modules)
        return told

    def may_send(self, module: Module, made: ModuleFunction, *, asks: bool = False) -> None:
        """Let a function of the module put messages into the module's queues; and into all queues of jobs, where it asks for runs."""
        workers = [*self.queues[module.name], *(self._job_queues() if asks and Grant.JOB_QUEUES in module.grants else [])]
        arns = list(dict.fromkeys(worker.queue.queue_arn for worker in workers))
        if arns:
            made.allow(iam.PolicyStatement(sid="Queues", actions=["sqs:SendMessage"], resources=arns))

    def _job_queues(self) -> list[QueueWorker]:
        wanted = {job_list.queue_of(module.name) for module in self._modules if module.jobs}
        return [worker for found in self.queues.values() for worker in found if worker.declared.name in wanted]

    def _queue_workers(self, module: Module) -> None:
        for worker in self.queues[module.name]:
            self.may_send(module, worker.worked_by(self.ground, self.told(module)))

    def _consumers(self, module: Module) -> None:
        for consumer in module.consumers:
            made, dead = journal_consumer(self.ground, module, consumer, self.told(module))
            self.may_send(module, made)
            self.dead_letters.append(dead)

    def _schedules(self, config: Config) -> None:
        schedules = Schedules(self, config)
        self.dead_letters.append(schedules.dead)
        for module in self._modules:
            for declared in module.schedules:
                worker = Worker(declared.name, declared.handler, declared.memory, declared.timeout)
                made = ModuleFunction(self.ground, module, worker, environment=self.told(module, asks=True))
                self.may_send(module, made, asks=True)
                schedules.start(declared, made.function)

    def _sms_status(self, config: Config) -> None:
        status = SmsStatus(self, config)
        for module in self._modules:
            for declared in module.log_listeners:
                worker = Worker(declared.name, declared.handler, declared.memory, declared.timeout)
                made = ModuleFunction(self.ground, module, worker, environment=self.told(module))
                self.may_send(module, made)
                status.feed(made.function)

"""What answers requests: one function a module behind one gateway."""

from collections.abc import Sequence

from aws_cdk import CfnOutput, Stack
from constructs import Construct

from infra.config import Config
from infra.constructs.http_api import HttpApi
from infra.constructs.module_function import Ground, ModuleFunction, Worker
from infra.packaging import Packages
from infra.routes import Pattern
from infra.stacks.data import DataStack
from infra.stacks.work import WorkStack
from shared.manifest import Module


class ApiStack(Stack):
    """The modules' functions and the HTTP API that leads to them."""

    def __init__(
        self,
        scope: Construct,
        config: Config,
        *,
        data: DataStack,
        work: WorkStack,
        modules: Sequence[Module],
        patterns: Sequence[Pattern],
        packages: Packages,
    ) -> None:
        super().__init__(scope, f"{config.prefix}-api", description="Homeroom: the modules' functions and their gateway")
        ground = Ground(self, config, packages, work.ground.reach, data.function_environment())
        owners = {pattern.owner for pattern in patterns}
        made = {}
        for module in modules:
            if module.name in owners or module.catch_all:
                worker = Worker(module.name, module.handler, module.memory, module.timeout)
                made[module.name] = ModuleFunction(ground, module, worker, environment=work.told(module, asks=True))
                work.may_send(module, made[module.name], asks=True)
        catch_all = next((module.name for module in modules if module.catch_all), None)
        self.gateway = HttpApi(self, config, patterns, {name: m.function for name, m in made.items()}, catch_all)
        CfnOutput(self, "ApiUrl", value=self.gateway.url)
        CfnOutput(self, "ApiId", value=self.gateway.api.ref)

"""THE Lambda: every function of every module is made here."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from aws_cdk import Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.archive import Package
from infra.config import Config
from infra.constructs.log_group import log_group
from infra.grants import Reach, statements
from infra.packaging import Packages
from shared.manifest import Grant, Module

ARCHITECTURES = {"arm64": lambda_.Architecture.ARM_64, "x86_64": lambda_.Architecture.X86_64}


@dataclass(frozen=True, slots=True)
class Worker:
    """One function of a module: which code it runs, how large, and for how long."""

    name: str
    handler: str  # dotted path of a lambda_handler
    memory: int
    timeout: int
    grants: tuple[Grant, ...] = ()  # beyond its module's

    def construct_id(self, module: Module) -> str:
        """`StudentsRollUp`: the module first, so that two modules may call their workers alike."""
        words = [module.name, *([] if self.name == module.name else [self.name])]
        return "".join(part.capitalize() for word in words for part in re.split(r"[-_]", word))


class Layers(Construct):
    """The layers of one stack.

    Each stack has its own: a layer shared by export could never change, for CloudFormation refuses to alter an export in use.
    """

    def __init__(self, scope: Construct, config: Config, packages: Packages) -> None:
        super().__init__(scope, "Layers")
        self._config = config
        self._packages = packages
        self._base = self._layer("Base", packages.base_layer())
        self._project = self._layer("Project", packages.project_layer())

    def _layer(self, name: str, package: Package) -> lambda_.LayerVersion:
        return lambda_.LayerVersion(
            self,
            name,
            code=lambda_.Code.from_asset(str(package.path), asset_hash=package.digest),
            compatible_architectures=[ARCHITECTURES[self._config.arch]],
            compatible_runtimes=[lambda_.Runtime.PYTHON_3_13],
            description=f"Homeroom: {package.name}",
        )

    def of(self, module: Module) -> list[lambda_.ILayerVersion]:
        """The layers that a module's functions run on."""
        name = f"{Worker(module.name, '', 0, 0).construct_id(module)}Packages"
        own = self.node.try_find_child(name)
        if own is None and (package := self._packages.module_layer(module)):
            own = self._layer(name, package)
        return [self._base, self._project, *([own] if isinstance(own, lambda_.LayerVersion) else [])]


@dataclass(frozen=True)
class Ground:
    """What the functions of one stack have in common."""

    stack: Stack
    config: Config
    packages: Packages
    reach: Reach
    environment: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def layers(self) -> Layers:
        """The stack's layers, made with its first function."""
        return Layers(self.stack, self.config, self.packages)


class ModuleFunction(Construct):
    """A function with its log group, its layers, its environment and no right beyond its module's grants."""

    def __init__(self, ground: Ground, module: Module, worker: Worker, *, environment: Mapping[str, str] | None = None) -> None:
        super().__init__(ground.stack, worker.construct_id(module))
        package = ground.packages.function(module)
        self.function = lambda_.Function(
            self,
            "Function",
            description=f"Homeroom {module.title}: {worker.name}",
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=ARCHITECTURES[ground.config.arch],
            handler=worker.handler,
            code=lambda_.Code.from_asset(str(package.path), asset_hash=package.digest),
            layers=ground.layers.of(module),
            memory_size=worker.memory,
            timeout=Duration.seconds(worker.timeout),
            tracing=lambda_.Tracing.ACTIVE,
            log_group=log_group(self, "Logs", ground.config),
            environment={**ground.environment, "POWERTOOLS_SERVICE_NAME": module.name, **(environment or {})},
            initial_policy=statements([*self._grants(module, ground.reach), *worker.grants], ground.reach),
        )

    @staticmethod
    def _grants(module: Module, reach: Reach) -> Sequence[Grant]:
        return [grant for grant in module.grants if grant is not Grant.POOL or reach.pool is not None]

    def allow(self, statement: iam.PolicyStatement) -> None:
        """Add a right that follows from how the function is wired, such as sending to its own queue."""
        self.function.add_to_role_policy(statement)

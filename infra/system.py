"""The whole system out of manifests and routes: no module has a line of its own here."""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import App, Tags

from infra.config import Config
from infra.packaging import Packages
from infra.routes import Pattern
from infra.stacks.api import ApiStack
from infra.stacks.data import DataStack
from infra.stacks.ops import OpsStack
from infra.stacks.work import WorkStack
from shared.manifest import Module, check


@dataclass(frozen=True, slots=True)
class System:
    """The stacks of one stage; each needs only those before it."""

    data: DataStack
    work: WorkStack
    api: ApiStack
    ops: OpsStack


def build(app: App, config: Config, modules: Sequence[Module], patterns: Sequence[Pattern], packages: Packages) -> System:
    """Make the stacks of a stage from what the modules declare."""
    check(modules)
    data = DataStack(app, config, modules, packages)
    work = WorkStack(app, config, data, modules, packages)
    api = ApiStack(app, config, data=data, work=work, modules=modules, patterns=patterns, packages=packages)
    ops = OpsStack(app, config, api_id=api.gateway.api.ref, dead_letters=work.dead_letters)
    Tags.of(app).add("project", "homeroom")
    Tags.of(app).add("stage", config.stage)
    return System(data, work, api, ops)

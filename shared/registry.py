"""Finds every module: its manifest, its routes and its handlers."""

import importlib
import importlib.util
import pkgutil
from collections.abc import Callable
from functools import cache
from typing import Any

from shared.http.router import Route, Router
from shared.manifest import Module


@cache
def modules() -> tuple[Module, ...]:
    """Every folder under functions/ that has a manifest, by name."""
    import functions  # The deployed layer holds no functions package; only tools and tests come here.

    found = (m.name for m in pkgutil.iter_modules(functions.__path__) if m.ispkg)
    names = sorted(name for name in found if importlib.util.find_spec(f"functions.{name}.module"))
    return tuple(importlib.import_module(f"functions.{name}.module").MODULE for name in names)


def router_of(module: Module) -> Router:
    """The router that a module declares its routes on."""
    router: Router = importlib.import_module(f"functions.{module.name}.routes").router
    return router


@cache
def routes() -> tuple[tuple[Module, Route], ...]:
    """Every declared route with the module that owns it."""
    return tuple((module, route) for module in modules() for route in router_of(module).routes)


def handler_of(path: str) -> Callable[[dict[str, Any], Any], Any]:
    """The callable behind a dotted handler path."""
    module, _, name = path.rpartition(".")
    found: Callable[[dict[str, Any], Any], Any] = getattr(importlib.import_module(module), name)
    return found

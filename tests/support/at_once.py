"""Sends requests at once, each in a thread of its own, past the resolver (which keeps one event a process, as Lambda does).

What stands between a request and the table is all there: caller, permission, validation, the call, the commit and its retries.
"""

import json
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from threading import Barrier
from typing import Any

from shared.errors import AppError
from shared.http import decision
from shared.http.envelope import error_answer
from shared.http.request import Request, bind
from shared.http.router import Route
from shared.manifest import Module
from shared.registry import routes
from tests.support.client import Client, event


@dataclass(frozen=True, slots=True)
class Asked:
    """A POST of somebody; `route` is the name of the route's function, `path` its parameters."""

    client: Client
    route: str
    body: Any
    path: tuple[tuple[str, str], ...] = ()
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """An answer and how long it took, in seconds."""

    status: int
    body: Any
    seconds: float

    @property
    def data(self) -> Any:
        """The envelope's data."""
        return self.body.get("data")


@cache
def _found(name: str) -> tuple[Module, Route]:
    return next((module, route) for module, route in routes() if route.name == name)


def ask(asked: Asked) -> Told:
    """Send one request in this thread."""
    module, route = _found(asked.route)
    path = dict(asked.path)
    address = route.path
    for name, value in path.items():
        address = address.replace(f"<{name}>", value)
    headers = {"authorization": f"Bearer {asked.client.token}", "content-type": "application/json"}
    if asked.key:
        headers["idempotency-key"] = asked.key
    request = Request.of(event(route.method, address, headers=headers, body=json.dumps(asked.body).encode()))
    bind(request)
    began = time.perf_counter()
    try:
        answer = decision.answer(module, route, request, path, {})
    except AppError as error:
        answer = error_answer(error, request.id)
    return Told(answer.status, json.loads(answer.body), time.perf_counter() - began)


def all_at_once(asked: Iterable[Asked]) -> list[Told]:
    """Send all of them at the same moment; the answers in their order."""
    many = list(asked)
    _found(many[0].route)
    barrier = Barrier(len(many))

    def one(each: Asked) -> Told:
        barrier.wait()
        return ask(each)

    with ThreadPoolExecutor(len(many)) as pool:
        return list(pool.map(one, many))

"""What every part of the sweep sends with, and what it compares."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import botocore.session
import pytest

from shared.auth.permissions import Role
from shared.http.router import PUBLIC, Route
from tests.conftest import ENVIRONMENT
from tests.contract import plan
from tests.contract.records import Place
from tests.support.client import Client, Reply
from tests.support.guard import Guard

EVERY = pytest.mark.parametrize("route", plan.declared(), ids=plan.name_of)
ANYBODY = Client()


@dataclass(frozen=True, slots=True)
class Two:
    """The school that asks, and the school whose records it must not reach."""

    home: Place
    other: Place
    guard: Guard
    others_items: dict[tuple[str, str], Any]  # what the other school's part of the table held before anybody asked


def send(place: Place, role: Role, route: Route, ids: dict[str, str], body: plan.Sent | None = None, **options: Any) -> Reply:
    client, headers = plan.asks_of(place, role, route)
    body = body or plan.good_body(route, place)
    return client.request(route.method, plan.path_of(route, ids), raw=body.raw, headers={**headers, **body.headers}, **options)


def told(reply: Reply) -> tuple[int, Any]:
    """An error as it is compared: all but the id of the request."""
    said = reply.json
    return reply.status, {k: v for k, v in said["error"].items() if k != "requestId"}


_WRITES = frozenset({"BatchWriteItem", "DeleteItem", "PutItem", "TransactWriteItems", "UpdateItem"})


def _audits_a_refusal(operation: str, request: dict[str, Any]) -> bool:
    items = [next(iter(entry.values())).get("Item", {}) for entry in request["TransactItems"]] if operation == "TransactWriteItems" else []
    return bool(items) and all(i.get("kind", {}).get("S") == "Refusal" for i in items)


def _counts_an_attempt(operation: str, request: dict[str, Any]) -> bool:
    """A wrong password is counted against its address, also when the request as a whole is refused."""
    return operation == "UpdateItem" and request["Key"]["sk"]["S"] == "ATTEMPTS"


@contextmanager
def nothing_written(two: Two) -> Iterator[None]:
    """Fails where a handler writes anything inside the block but the audit of a refusal or of a wrong password."""
    started = len(two.guard.calls)
    yield
    written = [c for c in two.guard.calls[started:] if c[0] in _WRITES and not _audits_a_refusal(*c) and not _counts_an_attempt(*c)]
    assert not written, written[:3]


def items_of(place: Place) -> dict[tuple[str, str], Any]:
    """Every item of a school but its audited refusals: the test reads past the guard, and may scan."""
    client = botocore.session.get_session().create_client("dynamodb")
    found: dict[tuple[str, str], Any] = {}
    mine = {"FilterExpression": "begins_with(pk, :p)", "ExpressionAttributeValues": {":p": {"S": f"SCHOOL#{place.school.id}"}}}
    for page in client.get_paginator("scan").paginate(TableName=ENVIRONMENT["TABLE_NAME"], **mine):
        found |= {(i["pk"]["S"], i["sk"]["S"]): i for i in page["Items"] if i.get("kind", {}).get("S") != "Refusal"}
    return found


def send_as_first(place: Place, route: Route, body: plan.Sent | None = None, **options: Any) -> Reply:
    """The request of somebody who may make it, on the place's own records; of nobody where the route is public."""
    if route.allow != PUBLIC:
        return send(place, plan.allowed_roles(route)[0], route, plan.own_ids(route, place), body, **options)
    body = body or plan.good_body(route, place)
    path = plan.path_of(route, plan.own_ids(route, place))
    return ANYBODY.request(route.method, path, raw=body.raw, headers=body.headers, **options)

"""Watches every DynamoDB request that a handler makes: each key must lie in a school that the test allows, or be a named platform item."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from shared.data.connection import client

PLATFORM_PREFIXES = ("PLATFORM#", "EMAIL#", "RATE#", "SCHOOL#PLATFORM")


class TenancyBreach(AssertionError):
    """A request touched a key outside the caller's school."""


def partition_keys(operation: str, request: dict[str, Any]) -> list[str]:
    """The partition keys that a request touches."""
    match operation:
        case "Query":
            values = request["ExpressionAttributeValues"]
            return [values[":p"]["S"]]
        case "GetItem" | "UpdateItem" | "DeleteItem":
            return [request["Key"]["pk"]["S"]]
        case "PutItem":
            return [request["Item"]["pk"]["S"]]
        case "BatchGetItem":
            return [k["pk"]["S"] for t in request["RequestItems"].values() for k in t["Keys"]]
        case "TransactWriteItems":
            found = []
            for entry in request["TransactItems"]:
                for body in entry.values():
                    item = body.get("Item") or body.get("Key")
                    found += [item[name]["S"] for name in ("pk", "gsi1pk") if name in item]
            return found
        case "BatchWriteItem":
            return [
                (w.get("PutRequest", {}).get("Item") or w["DeleteRequest"]["Key"])["pk"]["S"]
                for writes in request["RequestItems"].values()
                for w in writes
            ]
    raise TenancyBreach(f"{operation} is not a request that a handler may make")


class Guard:
    """Counts requests and refuses keys of schools that are not allowed now."""

    def __init__(self) -> None:
        self.allowed: set[str] | None = None  # None: not watching
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        self.calls.append((model.name, params))
        if self.allowed is None:
            return
        for key in partition_keys(model.name, params):
            if key.startswith(PLATFORM_PREFIXES):
                continue
            if not any(key == f"SCHOOL#{s}" or key.startswith(f"SCHOOL#{s}#") for s in self.allowed):
                raise TenancyBreach(f"{model.name} touched {key}, outside {sorted(self.allowed)}")

    def install(self) -> None:
        """Watch the process's DynamoDB client."""
        client("dynamodb").meta.events.register_first("provide-client-params.dynamodb.*", self)

    @contextmanager
    def only(self, *schools: str) -> Iterator[None]:
        """Allow keys of these schools alone."""
        before, self.allowed = self.allowed, set(schools)
        try:
            yield
        finally:
            self.allowed = before

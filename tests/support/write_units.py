"""Counts the write units of transactions by DynamoDB's published rule: DynamoDB Local tells those of one of the items alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from shared.data.connection import client

_UNIT = 1024
_TRANSACTIONAL = 2
_NESTED = 3  # bytes that a list or map takes besides what is in it, and one for each entry


def size_of(value: dict[str, Any]) -> int:
    """The bytes of a typed value as DynamoDB bills them."""
    ((kind, inner),) = value.items()
    match kind:
        case "S":
            return len(inner.encode())
        case "N":
            return len(inner.lstrip("-")) // 2 + 2
        case "B":
            return len(inner)
        case "L":
            return _NESTED + sum(1 + size_of(v) for v in inner)
        case "M":
            return _NESTED + sum(1 + len(k.encode()) + size_of(v) for k, v in inner.items())
    return 1


def item_size(item: dict[str, Any]) -> int:
    """The bytes of an item as DynamoDB bills them."""
    return sum(len(name.encode()) + size_of(value) for name, value in item.items())


def units_of(request: dict[str, Any]) -> int:
    """The write units of a TransactWriteItems, index writes included. Updates, deletes and checks are of items below 1 KB here."""
    total = 0
    for entry in request["TransactItems"]:
        item = next(iter(entry.values())).get("Item", {})
        kilobytes = -(-max(item_size(item), 1) // _UNIT)
        total += _TRANSACTIONAL * kilobytes + (kilobytes if "gsi1pk" in item else 0)
    return total


@contextmanager
def recorded_units() -> Iterator[list[int]]:
    """The write units of each transaction that is sent inside the block."""
    found: list[int] = []

    def count(params: dict[str, Any], **_: Any) -> None:
        found.append(units_of(params))

    events = client("dynamodb").meta.events
    events.register("provide-client-params.dynamodb.TransactWriteItems", count)
    try:
        yield found
    finally:
        events.unregister("provide-client-params.dynamodb.TransactWriteItems", count)

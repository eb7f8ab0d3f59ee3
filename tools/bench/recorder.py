"""Counts what DynamoDB says it consumed, request by request.

DynamoDB Local does not count transactions truly (it tells one of the items alone), so theirs are reckoned from item sizes by
DynamoDB's published rule: two write units for each kilobyte begun, one for its copy in the index.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from shared.data.connection import client
from tests.support.write_units import units_of

_READS = frozenset({"GetItem", "BatchGetItem", "Query"})


@dataclass(slots=True)
class Consumption:
    """Capacity units and requests of one operation."""

    read_units: float = 0.0
    write_units: float = 0.0
    requests: list[str] = field(default_factory=list)

    @property
    def round_trips(self) -> int:
        """Requests to the table."""
        return len(self.requests)


class Recorder:
    """Asks DynamoDB for consumed capacity with each request and adds it up while recording."""

    def __init__(self) -> None:
        self.current: Consumption | None = None
        self._least = 0.0
        events = client("dynamodb").meta.events
        events.register("provide-client-params.dynamodb.*", self._ask)
        events.register("after-call.dynamodb.*", self._count)

    def _ask(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        params["ReturnConsumedCapacity"] = "TOTAL"
        self._least = (1.0 if params.get("ConsistentRead") else 0.5) if model.name == "Query" else 0.0
        if self.current is not None and model.name == "TransactWriteItems":
            self.current.write_units += units_of(params)

    def _count(self, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        if self.current is None:
            return
        consumed = parsed.get("ConsumedCapacity") or []
        units = sum(float(c["CapacityUnits"]) for c in (consumed if isinstance(consumed, list) else [consumed]))
        self.current.requests.append(model.name)
        if model.name in _READS:
            self.current.read_units += max(units, self._least)  # a query that finds nothing is billed too; DynamoDB Local says 0
        elif model.name != "TransactWriteItems":
            self.current.write_units += units

    @contextmanager
    def record(self) -> Iterator[Consumption]:
        """Count until the block ends."""
        self.current = found = Consumption()
        try:
            yield found
        finally:
            self.current = None

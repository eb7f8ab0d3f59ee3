"""Closes DynamoDB Local's gap between answering a transaction and having it on disk.

It answers TransactWriteItems up to 10 ms before the commit; a strongly consistent read that follows waits for it. So each
transaction of a runtime process is read once before its caller goes on. AWS needs none of this: it is not in the product.
"""

from typing import Any

import botocore.client

from shared.data.schema import PARTITION_KEY, SORT_KEY

_Call = Any


def _touched(request: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The table and key of a transaction's last action."""
    action = next(iter(request["TransactItems"][-1].values()))
    item = action.get("Key") or action["Item"]
    return action["TableName"], {name: item[name] for name in (PARTITION_KEY, SORT_KEY)}


def install() -> None:
    """Make every botocore client of this process read after each transaction."""
    plain: _Call = botocore.client.BaseClient._make_api_call  # noqa: SLF001 - the one place that every client's call passes
    if getattr(plain, "durable", False):
        return

    def call(self: Any, operation: str, request: dict[str, Any]) -> Any:
        answer = plain(self, operation, request)
        if operation == "TransactWriteItems":
            table, key = _touched(request)
            plain(self, "GetItem", {"TableName": table, "Key": key, "ConsistentRead": True, "ProjectionExpression": PARTITION_KEY})
        return answer

    call.durable = True  # type: ignore[attr-defined]  # marks the patch, so that installing twice reads once
    botocore.client.BaseClient._make_api_call = call  # noqa: SLF001 - see above

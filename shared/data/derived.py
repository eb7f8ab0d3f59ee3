"""Plain writes of what is derived from other records and can be made again: half the price of a transaction, and not journalled."""

from collections.abc import Iterable
from itertools import batched
from typing import Any

from botocore.exceptions import ClientError
from pynamodb.expressions.condition import Condition

from shared.data.connection import client, connection
from shared.data.item import Item
from shared.errors import Unavailable
from shared.settings import settings

_BATCH = 25  # BatchWriteItem's limit
_ROUNDS = 8


def put_if(item: Item, condition: Condition | None) -> bool:
    """Put an item if the condition holds; whether it did."""
    connection()
    try:
        client("dynamodb").put_item(**item.place().get_save_kwargs_from_instance(condition=condition))
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        return False
    return True


def remove_if(item: Item, condition: Condition) -> bool:
    """Remove an item if the condition holds; whether it did."""
    connection()
    request = item.place().get_delete_kwargs_from_instance(condition=condition, add_version_condition=False)
    try:
        client("dynamodb").delete_item(**request)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        return False
    return True


def put_many(items: Iterable[Item]) -> int:
    """Put items over whatever stands there, as many as come, in batches; how many. Unprocessed ones are sent again, a bounded number of times.

    For loading what nobody changes meanwhile.
    """
    connection()
    table, count = settings().table, 0
    for chunk in batched(items, _BATCH, strict=False):
        pending: Any = {table: [{"PutRequest": {"Item": item.place().serialize()}} for item in chunk]}
        for _ in range(_ROUNDS):
            pending = client("dynamodb").batch_write_item(RequestItems=pending).get("UnprocessedItems")
            if not pending:
                break
        else:
            raise Unavailable
        count += len(chunk)
    return count

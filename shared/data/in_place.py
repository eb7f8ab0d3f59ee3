"""Changes an item in place under a condition, at once and outside any transaction: for counters of tries and leases.

What is changed so carries no fact that anybody audits; everything else goes through a unit of work.
"""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from shared.data.attributes import wrap
from shared.data.connection import client
from shared.data.reader import Key, Raw
from shared.data.schema import PARTITION_KEY, SORT_KEY
from shared.settings import settings


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a change: the item as it is now, and whether the condition held."""

    done: bool
    item: Raw | None


def change(key: Key, how: str, condition: str | None, *, names: dict[str, str] | None = None, **values: Any) -> Outcome:
    """Update an item if the condition holds (None: in any case). `values` stand in the expressions under their names, as `:name`."""
    request: dict[str, Any] = {
        "TableName": settings().table,
        "Key": _typed(key),
        "UpdateExpression": how,
        "ExpressionAttributeValues": {f":{name}": wrap(value) for name, value in values.items()},
        "ReturnValues": "ALL_NEW",
    }
    if condition:
        request |= {"ConditionExpression": condition, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    if names:
        request["ExpressionAttributeNames"] = names
    try:
        answer = client("dynamodb").update_item(**request)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        return Outcome(done=False, item=error.response.get("Item"))
    return Outcome(done=True, item=answer["Attributes"])


def remove(key: Key) -> None:
    """Delete an item, if it is there."""
    client("dynamodb").delete_item(TableName=settings().table, Key=_typed(key))


def _typed(key: Key) -> Raw:
    return {PARTITION_KEY: {"S": key[0]}, SORT_KEY: {"S": key[1]}}

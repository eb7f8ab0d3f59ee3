"""Reads by key. Many items come as DynamoDB's typed dicts, without ten thousand model objects."""

import base64
from collections.abc import Iterable, Iterator
from itertools import batched
from typing import Any

from shared.data.attributes import unwrap
from shared.data.connection import client
from shared.data.item import HIDDEN, Item
from shared.data.schema import INDEX, INDEX_PARTITION_KEY, INDEX_SORT_KEY, PARTITION_KEY, SORT_KEY
from shared.errors import Unavailable
from shared.settings import settings

type Raw = dict[str, Any]  # an item in DynamoDB's typed form
type Key = tuple[str, str]

_BATCH = 100  # BatchGetItem's limit
_ROUNDS = 6


def plain(raw: Raw) -> dict[str, Any]:
    """A raw item's attributes by wire name, without keys and type."""
    return {k: unwrap(v) for k, v in raw.items() if k not in HIDDEN}


def blob(raw: Raw, name: str) -> bytes:
    """A binary attribute of a raw item: the fast parser leaves it in base64."""
    value = raw[name]["B"]
    return value if isinstance(value, bytes) else base64.b64decode(value)


def _typed_key(key: Key) -> Raw:
    return {PARTITION_KEY: {"S": key[0]}, SORT_KEY: {"S": key[1]}}


def get(key: Key, *, consistent: bool = False) -> Raw | None:
    """One item, or None."""
    answer = client("dynamodb").get_item(TableName=settings().table, Key=_typed_key(key), ConsistentRead=consistent)
    found: Raw | None = answer.get("Item")
    return found


def get_many(keys: Iterable[Key], *, consistent: bool = False) -> dict[Key, Raw]:
    """The items that exist among the keys. Unprocessed keys are asked for again, a bounded number of times."""
    found: dict[Key, Raw] = {}
    table = settings().table
    for chunk in batched(dict.fromkeys(keys), _BATCH, strict=False):
        pending: Any = {table: {"Keys": [_typed_key(k) for k in chunk], "ConsistentRead": consistent}}
        for _ in range(_ROUNDS):
            answer = client("dynamodb").batch_get_item(RequestItems=pending)
            for raw in answer.get("Responses", {}).get(table, []):
                found[(raw[PARTITION_KEY]["S"], raw[SORT_KEY]["S"])] = raw
            pending = answer.get("UnprocessedKeys")
            if not pending:
                break
        else:
            raise Unavailable
    return found


def query(  # noqa: PLR0913 - a query has this many independent knobs
    pk: str,
    *,
    prefix: str = "",
    after: str = "",
    until: str = "",
    index: bool = False,
    consistent: bool = False,
    newest_first: bool = False,
    limit: int | None = None,
    fields: tuple[str, ...] = (),
) -> Iterator[Raw]:
    """The items of one partition in sort-key order, page after page.

    `prefix`: sort keys that begin with it. `after`, `until`: sort keys within (both inclusive). `index`: by gsi1.
    """
    pk_name, sk_name = (INDEX_PARTITION_KEY, INDEX_SORT_KEY) if index else (PARTITION_KEY, SORT_KEY)
    names, values, condition = {"#p": pk_name}, {":p": {"S": pk}}, "#p = :p"
    if prefix or after or until:
        names["#s"] = sk_name
    if prefix:
        condition, values[":s"] = f"{condition} AND begins_with(#s, :s)", {"S": prefix}
    elif after or until:
        condition = f"{condition} AND #s BETWEEN :a AND :u"
        values |= {":a": {"S": after or " "}, ":u": {"S": until or "~"}}
    request: dict[str, Any] = {
        "TableName": settings().table,
        "KeyConditionExpression": condition,
        "ExpressionAttributeValues": values,
        "ScanIndexForward": not newest_first,
    }
    if fields:
        names |= {f"#f{i}": name for i, name in enumerate(fields)}
        request["ProjectionExpression"] = ", ".join(f"#f{i}" for i in range(len(fields)))
    request["ExpressionAttributeNames"] = names
    request |= {"IndexName": INDEX} if index else {"ConsistentRead": consistent}
    remaining = limit
    while True:
        if remaining is not None:
            request["Limit"] = remaining
        answer = client("dynamodb").query(**request)
        yield from answer["Items"]
        if remaining is not None:
            remaining -= len(answer["Items"])
        if "LastEvaluatedKey" not in answer or remaining == 0:
            return
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def load[T: Item](kind: type[T], *, consistent: bool = False, **fields: str) -> T | None:
    """One entity by the fields of its key templates, or None."""
    raw = get(kind.key_of(**fields), consistent=consistent)
    return kind.from_item(raw) if raw else None


def load_many[T: Item](kind: type[T], many: Iterable[dict[str, str]], *, consistent: bool = False) -> list[T]:
    """The entities that exist among many sets of key fields, in the order asked for."""
    keys = [kind.key_of(**fields) for fields in many]
    found = get_many(keys, consistent=consistent)
    return [kind.from_item(found[k]) for k in keys if k in found]

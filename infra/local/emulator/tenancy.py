"""Adds to MiniStack's IAM what our policies need: `dynamodb:LeadingKeys`, `${aws:PrincipalTag/…}`, schedules' groups, mails' senders.

With these, every call on another school's keys is denied and on own keys allowed, also for the prefix neighbour (`a` against
`ab`); a Scan granted by name passes without the `Null` condition and is denied with it, as on AWS. MiniStack's private
functions are replaced: its version is pinned.
"""

import dataclasses
import json
import re
from collections.abc import Callable
from typing import Any

from ministack.core import iam_actions, iam_evaluator
from ministack.services import dynamodb

UNKNOWN = "\x00unknown"  # a key that no policy pattern matches


def _partition_key(table: str, index: str | None = None) -> str | None:
    described = dynamodb._tables.get(table.rsplit("/", 1)[-1]) or {}  # noqa: SLF001 - pinned, see above
    schema = described.get("KeySchema", [])
    if index:
        indexes = (described.get("GlobalSecondaryIndexes") or []) + (described.get("LocalSecondaryIndexes") or [])
        schema = next((i["KeySchema"] for i in indexes if i["IndexName"] == index), [])
    return next((k["AttributeName"] for k in schema if k["KeyType"] == "HASH"), None)


def _value(attribute: Any) -> str:
    return str(next(iter(attribute.values()))) if isinstance(attribute, dict) and attribute else UNKNOWN


def _key_of(table: str, item: Any) -> str:
    name = _partition_key(table)
    return _value(item.get(name)) if name and isinstance(item, dict) else UNKNOWN


def _batch_keys(batches: dict[str, Any]) -> list[str]:
    keys = []
    for table, body in batches.items():
        if isinstance(body, dict):
            items = body.get("Keys", [])
        else:
            items = [(w.get("PutRequest") or {}).get("Item") or (w.get("DeleteRequest") or {}).get("Key") for w in body]
        keys += [_key_of(table, item) for item in items]
    return keys


def _query_keys(request: dict[str, Any]) -> list[str]:
    wanted = _partition_key(request["TableName"], request.get("IndexName"))
    names, values = request.get("ExpressionAttributeNames") or {}, request.get("ExpressionAttributeValues") or {}
    pairs = re.findall(r"([#\w.]+)\s*=\s*(:\w+)", request["KeyConditionExpression"])
    return [_value(values[v]) for n, v in pairs if names.get(n, n) == wanted and v in values] or [UNKNOWN]


def leading_keys(request: dict[str, Any]) -> list[str]:
    """Partition key values that a DynamoDB request touches; empty where it carries none (Scan)."""
    if "TransactItems" in request:
        return [
            _key_of(body.get("TableName", ""), body.get("Item") if op == "Put" else body.get("Key"))
            for entry in request["TransactItems"]
            for op, body in entry.items()
        ]
    if isinstance(request.get("RequestItems"), dict):
        return _batch_keys(request["RequestItems"])
    if "KeyConditionExpression" in request:
        return _query_keys(request)
    if "Item" in request or "Key" in request:
        return [_key_of(request.get("TableName", ""), request.get("Item") or request.get("Key"))]
    return []


def _with_leading_keys(original: Callable[[Any], dict[str, Any]]) -> Callable[[Any], dict[str, Any]]:
    def service_context(body: Any) -> dict[str, Any]:
        context = original(body)
        try:
            keys = leading_keys(json.loads(body or b"{}"))
        except ValueError:
            return context
        if keys:
            context["dynamodb:LeadingKeys"] = keys
        return context

    return service_context


def _substitute(text: str, ctx: Any) -> str | None:
    """The text with its policy variables filled in; None where one has no value."""
    missing: list[str] = []

    def fill(match: re.Match[str]) -> str:
        if match[1] in "*?$":
            return match[1]
        value = iam_evaluator._resolve_condition_key(match[1], ctx)  # noqa: SLF001 - pinned, see above
        if value is None:
            missing.append(match[1])
        return str(value)

    filled = re.sub(r"\$\{([^}]+)\}", fill, text)
    return None if missing else filled


def _filled(wanted: Any, ctx: Any) -> list[str]:
    texts = [wanted] if isinstance(wanted, str) else wanted
    return [filled for text in texts if (filled := _substitute(text, ctx)) is not None]


def _with_variables_in_conditions(original: Callable[..., Any]) -> Callable[..., Any]:
    def conditions_met(conditions: Any, ctx: Any) -> Any:
        if conditions and "${" in json.dumps(conditions):
            conditions = {op: {key: _filled(want, ctx) for key, want in pairs.items()} for op, pairs in conditions.items()}
        return original(conditions, ctx)

    return conditions_met


def _with_variables_in_resources(original: Callable[..., Any]) -> Callable[..., Any]:
    def first_match(ctx: Any, statements: Any, effect: Any) -> Any:
        filled = [
            dataclasses.replace(s, resources=_filled(s.resources, ctx) or [UNKNOWN]) if any("${" in r for r in s.resources) else s
            for s in statements
        ]
        return original(ctx, filled, effect)

    return first_match


def _json(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body or b"{}")
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _with_named_resources(original: Callable[..., str]) -> Callable[..., str]:
    """A schedule lies in the group that its request names (MiniStack: in the default one); a mail is sent from its sender's domain."""

    def resource_arn(service: str, method: str, path: str, headers: Any, body: bytes, query: Any, region: str, account: str) -> str:
        named = original(service, method, path, headers, body, query, region, account)
        if service == "scheduler" and ":schedule/default/" in named:
            asked = query.get("groupName") or _json(body).get("GroupName") or "default"
            group = asked[0] if isinstance(asked, list) else asked
            return named.replace(":schedule/default/", f":schedule/{group}/")
        if service == "ses" and path.rstrip("/").endswith("/outbound-emails"):
            domain = _json(body).get("FromEmailAddress", "").rpartition("@")[2].rstrip("> ")
            return f"arn:aws:ses:{region}:{account}:identity/{domain}"
        return named

    return resource_arn


def _with_batches(original: Callable[..., str | None]) -> Callable[..., str | None]:
    """SQS allows a batch to whom it allows the single call; MiniStack asks for a right that AWS does not know."""

    def iam_action(service: str, *request: Any, **more: Any) -> str | None:
        action = original(service, *request, **more)
        return action.removesuffix("Batch") if action and action.startswith("sqs:") else action

    return iam_action


def install() -> None:
    """Teach MiniStack's evaluator all of it."""
    iam_actions.extract_resource_arn = _with_named_resources(iam_actions.extract_resource_arn)
    iam_actions.extract_iam_action = _with_batches(iam_actions.extract_iam_action)
    iam_actions.dynamodb_service_context = _with_leading_keys(iam_actions.dynamodb_service_context)
    iam_evaluator._conditions_met = _with_variables_in_conditions(iam_evaluator._conditions_met)  # noqa: SLF001 - pinned, see above
    iam_evaluator._first_match = _with_variables_in_resources(iam_evaluator._first_match)  # noqa: SLF001 - pinned, see above

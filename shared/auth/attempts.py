"""Locks an e-mail address after five failures in a row for fifteen minutes (rule A4), whether an account has it or not.

An attempt is counted before the password is looked at, so that a hundred at once are five. What is known to be good clears it.
"""

from typing import Any

from botocore.exceptions import ClientError

from shared import clock
from shared.data.connection import client
from shared.entities.tenancy import SignInAttempts
from shared.errors import RateLimited, Unavailable
from shared.settings import settings

LIMIT = 5
LOCK_SECONDS = 900
_TRIES = 8


def _key(email: str) -> dict[str, Any]:
    pk, sk = SignInAttempts.key_of(email=email)
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def _count(email: str, how: str, condition: str) -> tuple[int | None, dict[str, Any] | None]:
    """The new count, or the item that stands in the way."""
    now = clock.epoch()
    values = {":one": {"N": "1"}, ":end": {"N": str(now + LOCK_SECONDS)}, ":now": {"N": str(now)}, ":type": {"S": "SignInAttempts"}}
    if ":limit" in condition:
        values[":limit"] = {"N": str(LIMIT)}
    try:
        answer = client("dynamodb").update_item(
            TableName=settings().table,
            Key=_key(email),
            UpdateExpression=f"SET failures = {how}, expiresAt = :end, #type = :type",
            ConditionExpression=condition,
            ExpressionAttributeNames={"#type": "type"},
            ExpressionAttributeValues=values,
            ReturnValues="UPDATED_NEW",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        return None, error.response.get("Item")
    return int(answer["Attributes"]["failures"]["N"]), None


def begin(email: str) -> int:
    """Count an attempt as failed until it is known to be good. The count so far; RateLimited while the address is locked."""
    for _ in range(_TRIES):
        count, _item = _count(email, "failures + :one", "failures < :limit AND expiresAt > :now")
        if count is not None:
            return count
        count, item = _count(email, ":one", "attribute_not_exists(pk) OR expiresAt <= :now")
        if count is not None:
            return count
        if item and int(item["failures"]["N"]) >= LIMIT:
            left = int(item["expiresAt"]["N"]) - clock.epoch()
            raise RateLimited("Too many failed sign-ins: try again later", retry_after=max(left, 1))
    raise Unavailable


def clear(email: str) -> None:
    """Forget the failures of an address: somebody proved to own it."""
    client("dynamodb").delete_item(TableName=settings().table, Key=_key(email))

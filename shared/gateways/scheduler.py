"""One-time schedules by EventBridge Scheduler: a message is put into the module's `scheduled` queue at a given time.

A module that uses it declares `Grant.SCHEDULER` and one `Queue(..., scheduled=True)`. EventBridge delivers at least once, so
what the message starts claims its work itself. A schedule removes itself once it has fired.
"""

import os
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from botocore.exceptions import ClientError

from shared import clock
from shared.data.connection import client
from shared.settings import SettingsError

RETRIES = 10
OLDEST_SECONDS = 3600  # after this an undelivered message goes to the dead-letter queue
_SOON = timedelta(seconds=30)
_NAME = re.compile(r"[0-9A-Za-z_.-]{1,64}")


def put(name: str, at: datetime, message: dict[str, Any]) -> None:
    """Have the message delivered within the minute of that instant, in place of what the name stood for before. Safe to repeat.

    An instant that has passed, or passes while EventBridge is told of it, becomes one that is near: such a schedule never fires.
    """
    if at.tzinfo is None:
        raise ValueError("A schedule needs an instant with its zone")
    request = _request(name, max(at, clock.now() + _SOON), message)
    scheduler = client("scheduler")
    try:
        scheduler.create_schedule(**request)
    except ClientError as error:
        if _code(error) != "ConflictException":
            raise
        _update(request)


def _update(request: dict[str, Any]) -> None:
    """Change a schedule that exists; one that fired and was removed in this moment is made anew."""
    scheduler = client("scheduler")
    try:
        scheduler.update_schedule(**request)
    except ClientError as error:
        if _code(error) != "ResourceNotFoundException":
            raise
        scheduler.create_schedule(**request)


def remove(name: str) -> bool:
    """Take a schedule away; False where there is none (any more). Safe to repeat."""
    try:
        client("scheduler").delete_schedule(GroupName=_told("SCHEDULER_GROUP"), Name=_checked(name))
    except ClientError as error:
        if _code(error) != "ResourceNotFoundException":
            raise
        return False
    return True


def _request(name: str, at: datetime, message: dict[str, Any]) -> dict[str, Any]:
    return {
        "GroupName": _told("SCHEDULER_GROUP"),
        "Name": _checked(name),
        "ScheduleExpression": f"at({at.astimezone(UTC):%Y-%m-%dT%H:%M:%S})",
        "ScheduleExpressionTimezone": "UTC",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "ActionAfterCompletion": "DELETE",
        "State": "ENABLED",
        "Target": {
            "Arn": _told("SCHEDULER_QUEUE_ARN"),
            "RoleArn": _told("SCHEDULER_ROLE_ARN"),
            "Input": orjson.dumps(message).decode(),
            "RetryPolicy": {"MaximumRetryAttempts": RETRIES, "MaximumEventAgeInSeconds": OLDEST_SECONDS},
            "DeadLetterConfig": {"Arn": _told("SCHEDULER_DEAD_LETTERS_ARN")},
        },
    }


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a schedule: up to 64 letters, digits, '-', '_' and '.'")
    return name


def _told(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise SettingsError(f"{name} is not set: does the module declare Grant.SCHEDULER and a queue that is scheduled?")
    return value


def _code(error: ClientError) -> str:
    code: str = error.response["Error"]["Code"]
    return code

"""Answers with what it sees, and with what it is not allowed."""

import json
import os
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from shared.data.connection import client

KEY = {"pk": {"S": "SCHOOL#1"}, "sk": {"S": "SAMPLE"}}

ONCE = "homeroom-dev-once"
ENTRY = {"Id": "0", "MessageBody": "{}"}


def lambda_handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Write and read an item, then try what only some modules are granted, and what none is."""
    table, bucket, pool = os.environ["TABLE_NAME"], os.environ["FILES_BUCKET"], os.environ["USER_POOL_ID"]
    database = client("dynamodb")
    database.put_item(TableName=table, Item={**KEY, "type": {"S": "Journal"}, "kind": {"S": "STUDENT_CREATED"}})
    found = database.get_item(TableName=table, Key=KEY, ConsistentRead=True)["Item"]
    tries = {
        "own file": lambda: client("s3").put_object(Bucket=bucket, Key="schools/1/a.txt", Body=b"a"),
        "other file": lambda: client("s3").put_object(Bucket=bucket, Key="elsewhere/a.txt", Body=b"a"),
        "pool": lambda: client("cognito-idp").admin_delete_user(UserPoolId=pool, Username="nobody"),
        "scan": lambda: database.scan(TableName=table),
        "batch": lambda: client("sqs").send_message_batch(QueueUrl=os.environ["QUEUE_URL_PLAIN_JOBS"], Entries=[ENTRY]),
        "mail": _mail,
        "schedule once": lambda: _schedule(ONCE, event["rawPath"].rpartition("/")[2]),
        "schedule always": lambda: _schedule("homeroom-dev", "never"),
    }
    body = {"module": __name__.split(".")[1], "path": event["rawPath"], "found": found["sk"]["S"]}
    body |= {what: _try(call) for what, call in tries.items()}
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}


def _mail() -> None:
    text = {"Data": "text"}
    client("sesv2").send_email(
        FromEmailAddress=f"Homeroom <{os.environ['MAIL_FROM']}>",
        Destination={"ToAddresses": ["somebody@families.example"]},
        Content={"Simple": {"Subject": text, "Body": {"Text": text}}},
        ConfigurationSetName=os.environ["MAIL_CONFIGURATION_SET"],
    )


def _schedule(group: str, name: str) -> None:
    """Have a message delivered into the module's queue in a moment."""
    told = {"Arn": os.environ.get("SCHEDULER_QUEUE_ARN", "none"), "RoleArn": os.environ.get("SCHEDULER_ROLE_ARN", "none")}
    at = datetime.now(UTC) + timedelta(seconds=2)
    client("scheduler").create_schedule(
        GroupName=group,
        Name=f"{name}-{at:%H%M%S%f}",
        ScheduleExpression=f"at({at:%Y-%m-%dT%H:%M:%S})",
        FlexibleTimeWindow={"Mode": "OFF"},
        ActionAfterCompletion="DELETE",
        Target={**told, "Input": "{}"},
    )


def _try(call: Any) -> str:
    try:
        call()
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "allowed"

"""Answers with what it can see, and with what it may do."""

import json
import os
from typing import Any


def lambda_handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Put an item into the table, read it back, and tell about the request."""
    from shared.data.connection import client

    table = os.environ["TABLE_NAME"]
    key = {"pk": {"S": "SCHOOL#1"}, "sk": {"S": "SAMPLE"}}
    client("dynamodb").put_item(TableName=table, Item={**key, "type": {"S": "Journal"}, "kind": {"S": "STUDENT_CREATED"}})
    found = client("dynamodb").get_item(TableName=table, Key=key, ConsistentRead=True)
    body = {"path": event["rawPath"], "method": event["requestContext"]["http"]["method"], "found": found["Item"]["sk"]["S"]}
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}

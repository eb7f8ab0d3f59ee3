"""A worker that tries what it alone of its module is granted, and says in the table what came of it."""

import os
from typing import Any

from botocore.exceptions import ClientError

from shared.data.connection import client


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """List the bucket under schools/ and elsewhere; remove and write an object."""
    bucket = {"Bucket": os.environ["FILES_BUCKET"]}
    tries = {
        "list schools": lambda: client("s3").list_objects_v2(**bucket, Prefix="schools/1/"),
        "list elsewhere": lambda: client("s3").list_objects_v2(**bucket, Prefix="elsewhere/"),
        "list all": lambda: client("s3").list_objects_v2(**bucket),
        "remove": lambda: client("s3").delete_object(**bucket, Key="schools/1/old.txt"),
        "write": lambda: client("s3").put_object(**bucket, Key="schools/1/new.txt", Body=b"a"),
    }
    told = {what: {"S": _try(call)} for what, call in tries.items()}
    key = {"pk": {"S": "SCHOOL#1"}, "sk": {"S": f"SWEPT#{event['Records'][0]['body']}"}}
    client("dynamodb").put_item(TableName=os.environ["TABLE_NAME"], Item={**key, **told})
    return {"batchItemFailures": []}


def _try(call: Any) -> str:
    try:
        call()
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "allowed"

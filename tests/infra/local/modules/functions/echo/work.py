"""Work that is not a request: each call leaves a line in the file that the test names."""

import base64
import gzip
import json
import os
from pathlib import Path

from shared import clock


def note(kind, value):
    with (Path(os.environ["HOMEROOM_CLOCK_FILE"]).parent / f"{kind}.seen").open("a") as file:
        file.write(json.dumps(value) + "\n")


def consume(event, context):
    failed = []
    for record in event["Records"]:
        image = record["dynamodb"]["NewImage"]
        if image["n"]["S"] == "poison":
            failed.append({"itemIdentifier": record["dynamodb"]["SequenceNumber"]})
            break
        note("consumed", {"sk": image["sk"]["S"], "arn": record["eventSourceARN"]})
    return {"batchItemFailures": failed}


def job(event, context):
    failed = []
    for record in event["Records"]:
        note("jobs", {"body": record["body"], "received": record["attributes"]["ApproximateReceiveCount"]})
        if record["body"] == "bad":
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def nightly(event, context):
    note("nightly", {"event": event, "now": clock.stamp()})
    return {"done": event["schedule"]}


def later(event, context):
    for record in event["Records"]:
        note("later", {"body": json.loads(record["body"]), "now": clock.stamp()})
    return {"batchItemFailures": []}


def told(event, context):
    for record in event["Records"]:
        note("told", json.loads(json.loads(record["body"])["Message"]))
    return {"batchItemFailures": []}


def texts(event, context):
    data = json.loads(gzip.decompress(base64.b64decode(event["awslogs"]["data"])))
    for line in data["logEvents"]:
        note("texts", {"group": data["logGroup"], **json.loads(line["message"])})

"""Files and queues for tests: MiniStack's S3 and SQS, one for each test process."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson

from infra.local import engines
from shared.data import connection

BUCKET = "homeroom-files"


@contextmanager
def storage(state_dir: Path, *queues: str) -> Iterator[str]:
    """An engine with the files bucket and the queues; the environment leads this process's clients there."""
    with engines.ministack(state_dir) as engine:
        os.environ.update({"AWS_ENDPOINT_URL_S3": engine.url, "AWS_ENDPOINT_URL_SQS": engine.url})
        region = os.environ["AWS_DEFAULT_REGION"]
        connection.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": region})
        for name in queues:
            url = connection.client("sqs").create_queue(QueueName=name)["QueueUrl"]
            os.environ[f"QUEUE_URL_{name.upper()}"] = url
        yield engine.url


def messages(queue: str) -> list[dict[str, str]]:
    """Take every message out of a queue, those that are to be seen later included."""
    url = os.environ[f"QUEUE_URL_{queue.upper()}"]
    found = []
    while got := connection.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in got:
            connection.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            found.append(orjson.loads(message["Body"]))
    return found

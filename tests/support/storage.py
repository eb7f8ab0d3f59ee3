"""Files and queues for tests: MiniStack's S3 and SQS, one for each test process. A test asks for the fixture `storage`."""

import os
from collections.abc import Iterator

import orjson
import pytest

from infra.local import engines
from shared.data import connection
from tests.support.guard import Guard

BUCKET = "homeroom-files"


@pytest.fixture(scope="session")
def storage(table: Guard, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An engine with the files bucket and the imports' queue; this process's clients of S3 and SQS lead there."""
    with engines.ministack(tmp_path_factory.mktemp("storage")) as engine:
        os.environ.update({"AWS_ENDPOINT_URL_S3": engine.url, "AWS_ENDPOINT_URL_SQS": engine.url})
        connection.client.cache_clear()
        table.install()
        region = os.environ["AWS_DEFAULT_REGION"]
        connection.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": region})
        os.environ["QUEUE_URL_IMPORTS"] = connection.client("sqs").create_queue(QueueName="imports")["QueueUrl"]
        yield engine.url


def messages() -> list[dict[str, str]]:
    """Take every message that can be seen now out of the imports' queue."""
    url = os.environ["QUEUE_URL_IMPORTS"]
    found = []
    while got := connection.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in got:
            connection.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            found.append(orjson.loads(message["Body"]))
    return found

"""Queues whose failed messages wait in a dead-letter queue."""

from aws_cdk import Duration
from aws_cdk import aws_sqs as sqs
from constructs import Construct

KEPT_DAYS = 14  # the longest that SQS keeps a message


def dead_letters(scope: Construct, name: str) -> sqs.Queue:
    """A queue for what could not be worked off."""
    return sqs.Queue(
        scope,
        name,
        retention_period=Duration.days(KEPT_DAYS),
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
    )


def work_queue(scope: Construct, name: str, dead: sqs.IQueue, *, worker_timeout: int, max_receives: int) -> sqs.Queue:
    """A queue whose messages stay hidden six times as long as its worker may take, as Lambda wants it."""
    return sqs.Queue(
        scope,
        name,
        visibility_timeout=Duration.seconds(6 * worker_timeout),
        retention_period=Duration.days(KEPT_DAYS),
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        dead_letter_queue=sqs.DeadLetterQueue(queue=dead, max_receive_count=max_receives),
    )

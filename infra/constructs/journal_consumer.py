"""A function fed from the table's stream with journal entries."""

from collections.abc import Mapping
from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs

from infra.constructs.module_function import Ground, ModuleFunction, Worker
from infra.constructs.queues import dead_letters
from shared.manifest import Consumer, Module

BATCH_SIZE = 100
WINDOW_SECONDS = 1
RETRIES = 5
PARALLEL = 4  # batches of one shard at once; entries of one partition stay in order


def entry_filter(consumer: Consumer) -> dict[str, Any]:
    """The stream records that a consumer is given: journal entries that were put, of its kinds."""
    image: dict[str, Any] = {"type": {"S": lambda_.FilterRule.is_equal("Journal")}}
    if consumer.kinds:
        image["kind"] = {"S": lambda_.FilterRule.or_(*consumer.kinds)}
    return {"eventName": lambda_.FilterRule.is_equal("INSERT"), "dynamodb": {"NewImage": image}}


def journal_consumer(
    ground: Ground, module: Module, consumer: Consumer, environment: Mapping[str, str]
) -> tuple[ModuleFunction, sqs.Queue]:
    """The consumer's function, reading the stream, and the queue where what it cannot take is put."""
    worker = Worker(consumer.name, consumer.handler, consumer.memory, consumer.timeout)
    made = ModuleFunction(ground, module, worker, environment=environment)
    dead = dead_letters(made, "DeadLetters")
    made.function.add_event_source(
        sources.DynamoEventSource(
            ground.reach.table,
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            batch_size=BATCH_SIZE,
            max_batching_window=Duration.seconds(WINDOW_SECONDS),
            parallelization_factor=PARALLEL,
            bisect_batch_on_error=True,
            report_batch_item_failures=True,
            retry_attempts=RETRIES,
            on_failure=sources.SqsDlq(dead),
            filters=[lambda_.FilterCriteria.filter(entry_filter(consumer))],
        )
    )
    return made, dead

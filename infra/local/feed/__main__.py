"""Runs the feed: `python -m infra.local.feed DATA_DIR`."""

import asyncio
import logging
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import botocore.session

from infra.local import lifeline
from infra.local.feed.consumers import ConsumerFeed
from infra.local.feed.delivery import DeliveryFeed
from infra.local.feed.queues import QueueFeed
from infra.local.feed.schedules import Scheduler
from infra.local.feed.stream import StreamReader
from infra.local.runtime.pool import WorkerPool
from shared.registry import modules
from shared.settings import queue_url, settings

_THREADS = 8  # beside one for each queue's long poll: the stream's shards, and what is sent
_AT_ONCE = 3  # queues worked off at the same time; one worker more is for schedules and what became of messages


def _dead_letter_queue(sqs: Any) -> Any:
    async def put(consumer: str, body: str) -> None:
        url = (await asyncio.to_thread(sqs.get_queue_url, QueueName=f"{consumer}-dead"))["QueueUrl"]
        await asyncio.to_thread(sqs.send_message, QueueUrl=url, MessageBody=body[:1_000_000])

    return put


async def feed(data_dir: Path) -> None:
    """Feed consumers, queues and schedules until SIGTERM."""
    found = modules()
    consumers = [consumer for module in found for consumer in module.consumers]
    queues = [queue for module in found for queue in module.queues]
    schedules = [schedule for module in found for schedule in module.schedules]
    session = botocore.session.get_session()
    sqs = session.create_client("sqs", config=_patient(len(queues) + 2))
    # Each queue is listened to by a thread; what they bring is done by few workers, started when they are needed.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(len(queues) + _THREADS))
    entries, jobs = WorkerPool(1, dict(os.environ), eager=0), WorkerPool(_AT_ONCE + 1, dict(os.environ), eager=0)
    turns = asyncio.Semaphore(_AT_ONCE)
    place = data_dir / "feed"
    feeds = [ConsumerFeed(consumer, entries, place, _dead_letter_queue(sqs)) for consumer in consumers]
    tasks = [one.run() for one in feeds]
    if feeds:
        arn = session.create_client("dynamodb").describe_table(TableName=settings().table)["Table"]["LatestStreamArn"]
        tasks.append(StreamReader(session.create_client("dynamodbstreams"), arn, feeds).run())
    tasks += [QueueFeed(queue, queue_url(queue.name), sqs, jobs, turns).run() for queue in queues]
    tasks.append(Scheduler(schedules, jobs, place).run())
    fed = [queue_url(queue.name) for queue in queues if queue.fed_by]
    listeners = [listener for module in found for listener in module.log_listeners]
    if fed or listeners:
        tasks.append(DeliveryFeed(Path(os.environ["HOMEROOM_OUTBOX"]), place, sqs, fed, listeners, jobs).run())
    running = [asyncio.create_task(task) for task in tasks]
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    stop = asyncio.create_task(stopping.wait())
    done, _ = await asyncio.wait([stop, *running], return_when=asyncio.FIRST_COMPLETED)
    await entries.close()
    await jobs.close()
    for task in done - {stop}:
        task.result()  # a part that ends by itself is a defect, which its traceback explains
    os._exit(0)  # threads in a long poll are not waited for


def _patient(connections: int) -> Any:
    from botocore.config import Config

    return Config(max_pool_connections=max(connections, 10), read_timeout=30)


if __name__ == "__main__":
    lifeline.watch()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    asyncio.run(feed(Path(sys.argv[1])))

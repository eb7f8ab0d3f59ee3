"""Tells the application what became of its e-mails and text messages: follows the outbox, as SES and SNS follow what they sent."""

import asyncio
import logging
import uuid
from pathlib import Path
from typing import Any

import orjson
from botocore.exceptions import BotoCoreError, ClientError

from infra.local.feed import mail_events
from infra.local.feed.state import StateFile
from infra.local.runtime.local_clock import LocalClock
from infra.local.runtime.pool import Function, FunctionError, FunctionTimeout, WorkerPool
from shared import clock
from shared.manifest import LogListener

log = logging.getLogger("feed")
_LOOK_S = 0.5
_RETRIES = 2  # as Lambda for what calls a function without waiting for it
_PLACE = "offset"


class DeliveryFeed:
    """Each message of the outbox is told of at least once, also when the stack was killed in between."""

    def __init__(self, outbox: Path, state_dir: Path, sqs: Any, queues: list[str], listeners: list[LogListener], pool: WorkerPool) -> None:
        self._outbox = outbox
        self._place = StateFile(state_dir / "delivery.json")
        self._sqs = sqs
        self._queues = queues
        self._listeners = listeners
        self._pool = pool
        self._clock = LocalClock.of_environment()

    async def run(self) -> None:
        """Tell of what is new, for ever."""
        while True:
            try:
                await self._look()
            except (ClientError, BotoCoreError) as error:
                log.warning("what became of a message cannot be told now: %s", error)
            await asyncio.sleep(_LOOK_S)

    async def _look(self) -> None:
        for line in self._new_lines():
            message = orjson.loads(line)
            if self._clock:
                self._clock.look()
            if "id" in message:  # an outbox of before has none
                await (self._mail(message) if message["channel"] == "email" else self._text(message))
            self._place.data[_PLACE] = self._place.data.get(_PLACE, 0) + len(line)
            self._place.save()

    def _new_lines(self) -> list[bytes]:
        try:
            with self._outbox.open("rb") as file:
                file.seek(self._place.data.get(_PLACE, 0))
                new = file.read()
        except FileNotFoundError:
            return []
        return [line for line in new.splitlines(keepends=True) if line.endswith(b"\n")]

    async def _mail(self, message: dict[str, Any]) -> None:
        if not message.get("configurationSet"):
            return  # SES tells nothing of what is sent without one
        for event in mail_events.ses_events(message, clock.now()):
            for url in self._queues:
                body = mail_events.sns_envelope(event, clock.now())
                await asyncio.to_thread(self._sqs.send_message, QueueUrl=url, MessageBody=body)

    async def _text(self, message: dict[str, Any]) -> None:
        event = mail_events.logs_event(mail_events.sms_line(message, clock.now()), clock.now())
        for listener in self._listeners:
            await self._tell(Function(listener.name, listener.handler, listener.timeout, listener.memory), event)

    async def _tell(self, function: Function, event: dict[str, Any]) -> None:
        for attempt in range(_RETRIES + 1):
            try:
                await self._pool.invoke(function, event, str(uuid.uuid4()), wait=function.timeout)
                return
            except (FunctionError, FunctionTimeout) as error:
                log.warning("%s, try %d: %s", function.name, attempt + 1, error)
                await asyncio.sleep(1 + attempt)

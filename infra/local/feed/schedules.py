"""Fires the manifests' recurring schedules by the application's clock, also one that came due while the stack was down (once)."""

import asyncio
import logging
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ministack.services import eventbridge  # its reading of rate(…) and cron(…) is complete; the version is pinned

from infra.local.feed.state import StateFile
from infra.local.runtime.local_clock import LocalClock
from infra.local.runtime.pool import Function, FunctionError, FunctionTimeout, WorkerPool
from shared import clock
from shared.manifest import Schedule

log = logging.getLogger("feed")
_LOOK_S = 1.0
_RETRIES = 3
_BACKOFF_S = 5.0


class BadExpression(ValueError):
    """A schedule expression that EventBridge would refuse."""


def next_fire(expression: str, last: datetime) -> datetime | None:
    """When an expression fires next after it fired (or was first seen) at `last`; None: never again."""
    seconds = eventbridge._parse_rate_seconds(expression)  # noqa: SLF001 - the version is pinned
    if seconds:
        return last + timedelta(seconds=seconds)
    fields = eventbridge._parse_cron_fields(expression)  # noqa: SLF001 - the version is pinned
    if fields is None:
        raise BadExpression(expression)
    due: datetime | None = eventbridge._cron_next_fire(fields, last)  # noqa: SLF001 - the version is pinned
    return due


class Scheduler:
    """Looks every second at what is due."""

    def __init__(self, schedules: list[Schedule], pool: WorkerPool, state_dir: Path) -> None:
        self._schedules = schedules
        self._pool = pool
        self._fired = StateFile(state_dir / "schedules.json")
        self._clock = LocalClock.of_environment()
        self._running: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Fire what is due, for ever."""
        for schedule in self._schedules:
            next_fire(schedule.expression, clock.now())  # a bad expression stops the feed at its start
        while True:
            if self._clock:
                self._clock.look()
            for schedule in self._due(clock.now()):
                self._running[schedule.name] = asyncio.create_task(self._fire(schedule))
            await asyncio.sleep(_LOOK_S)

    def _due(self, now: datetime) -> list[Schedule]:
        """The schedules that fire now; written down before they do, for a handler claims its work itself."""
        due, changed = [], False
        for schedule in self._schedules:
            seen = self._fired.data.get(schedule.name)
            last = datetime.fromisoformat(seen) if seen else None
            if last is None or last > now:  # first seen, or the clock was moved back
                fires = False
            else:
                when = next_fire(schedule.expression, last)
                if when is None or when > now:
                    continue
                fires = schedule.name not in self._running or self._running[schedule.name].done()
                if not fires:
                    continue
            self._fired.data[schedule.name] = now.astimezone(UTC).isoformat()
            changed = True
            if fires:
                due.append(schedule)
        if changed:
            self._fired.save()
        return due

    async def _fire(self, schedule: Schedule) -> None:
        function = Function(schedule.name, schedule.handler, schedule.timeout, schedule.memory)
        event: dict[str, Any] = {"schedule": schedule.name}
        for attempt in range(_RETRIES + 1):
            try:
                await self._pool.invoke(function, event, str(uuid.uuid4()), wait=schedule.timeout)
                return
            except (FunctionError, FunctionTimeout) as error:
                log.warning("schedule %s, try %d: %s", schedule.name, attempt + 1, error)
            await asyncio.sleep(_BACKOFF_S * (attempt + 1))
        log.warning("schedule %s failed %d times and is given up until it fires next", schedule.name, _RETRIES + 1)

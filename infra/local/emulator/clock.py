"""Lets one-time schedules of the Scheduler follow the application's clock, and keeps what they fired over a SIGKILL.

MiniStack looks at them from a thread of its own every ten seconds and keeps nothing until the next request: a schedule that
fired right before a kill could be gone without its message. Here the event loop looks, between two requests, and the queues
are saved before the schedules: a kill in between makes a schedule fire again, which handlers are made for.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

from ministack.services import scheduler

from infra.local.runtime.local_clock import LocalClock

log = logging.getLogger("clock")
_TICK_S = 1


class _ShiftedTime:
    """The `time` module with the application's offset."""

    def __init__(self, clock: LocalClock) -> None:
        self._clock = clock

    def time(self) -> float:
        """Seconds since 1970 by the application's clock."""
        self._clock.look()
        return time.time() + self._clock.offset

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)


def install() -> None:
    """Give MiniStack's Scheduler the application's clock, and no thread of its own."""
    scheduler.start_scheduler = lambda: None
    clock = LocalClock.of_environment()
    if clock:
        scheduler.time = _ShiftedTime(clock)


def _schedules() -> set[Any]:
    return set(scheduler._schedules._data)  # noqa: SLF001 - the version is pinned


async def run(save: Callable[[str], None]) -> None:
    """Fire what is due, for ever; what was fired is saved at once."""
    while True:
        await asyncio.sleep(_TICK_S)
        before = _schedules()
        try:
            scheduler._tick_schedules()  # noqa: SLF001 - the version is pinned
        except Exception:
            log.exception("the schedules could not be looked at")
            continue
        if _schedules() != before:
            save("sqs")
            save("scheduler")

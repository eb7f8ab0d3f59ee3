"""Lets one-time schedules of the Scheduler follow the application's clock, and looks at them every two seconds."""

import time
from typing import Any

from ministack.services import scheduler

from infra.local.runtime.local_clock import LocalClock

_TICK_S = 2


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
    """Give MiniStack's Scheduler the application's clock."""
    scheduler._SCHEDULE_TICK_INTERVAL = _TICK_S  # noqa: SLF001 - the version is pinned
    clock = LocalClock.of_environment()
    if clock:
        scheduler.time = _ShiftedTime(clock)

"""Ends a process when the one that started it is gone, however it went: the other end of the standard input closes."""

import os
import signal
import threading
from collections.abc import Callable


def _gone() -> None:
    os._exit(0)


def watch(end: Callable[[], None] = _gone) -> None:
    """Call `end` once the standard input is closed, and leave Ctrl-C to the process that started this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def wait() -> None:
        while os.read(0, 4096):
            pass
        end()

    threading.Thread(target=wait, name="lifeline", daemon=True).start()

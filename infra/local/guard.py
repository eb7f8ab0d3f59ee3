"""Runs a program that cannot watch its parent (Java) and ends it when the parent is gone.

Run as `python -m infra.local.guard PROGRAM ARGUMENT…`; exits with the program's code.
"""

import ctypes
import signal
import subprocess
import sys
import threading

from infra.local import lifeline

_GRACE_S = 3
_PR_SET_PDEATHSIG = 1


def _end_with_parent() -> None:
    """On Linux the kernel ends the program also when this process is killed alone."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def main(command: list[str]) -> int:
    """Run the command until it ends, or until the standard input closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # before the start: the program inherits it
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, preexec_fn=_end_with_parent)  # noqa: PLW1509 - no thread runs yet

    def end() -> None:
        process.terminate()
        timer = threading.Timer(_GRACE_S, process.kill)
        timer.daemon = True
        timer.start()

    signal.signal(signal.SIGTERM, lambda *_: end())
    lifeline.watch(end)
    return process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

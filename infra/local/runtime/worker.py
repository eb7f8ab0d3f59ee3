"""One runtime process: imports the modules' handlers and takes one event at a time, as a Lambda container does.

Frames come in by the standard input and go out by the standard output; what a handler prints goes to the log.
"""

import os
import queue
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

from infra.local.runtime import durable
from infra.local.runtime.local_clock import LocalClock
from infra.local.runtime.protocol import pack, read_frame, write_frame
from shared.registry import handler_of, modules

OUTPUT_LIMIT = 6 * 1024 * 1024


class Context:
    """The Lambda context of one invocation."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.function_name: str = told["function"]
        self.function_version = "$LATEST"
        self.memory_limit_in_mb: int = told["memory"]
        self.aws_request_id: str = told["request_id"]
        self.invoked_function_arn = f"arn:aws:lambda:{os.environ['AWS_REGION']}:000000000000:function:{self.function_name}"
        self.log_group_name = f"/aws/lambda/{self.function_name}"
        self.log_stream_name = f"local/{os.getpid()}"
        self.identity = None
        self.client_context = None
        self._ends = time.monotonic() + told["timeout"]

    def get_remaining_time_in_millis(self) -> int:
        """What is left of the function's timeout."""
        return max(int((self._ends - time.monotonic()) * 1000), 0)


def _failure(error: BaseException) -> dict[str, Any]:
    return {"errorType": type(error).__name__, "errorMessage": str(error), "trace": traceback.format_exc()}


def invoke(message: dict[str, Any]) -> bytes:
    """The frame that answers one event: its result, or the error that the handler raised."""
    try:
        handler: Callable[[Any, Any], Any] = handler_of(message["handler"])
        frame = pack({"result": handler(message["event"], Context(message["context"]))})
    except Exception as error:  # noqa: BLE001 - a handler's error is the function's answer, as in Lambda
        told = _failure(error)
        sys.stderr.write(told["trace"])
        return pack({"error": told})
    if len(frame) > OUTPUT_LIMIT:
        return pack({"error": {"errorType": "Function.ResponseSizeTooLarge", "errorMessage": f"the answer has {len(frame)} bytes"}})
    return frame


def _import_handlers() -> list[str]:
    """Import every module's API handler; the modules that do not import, with why."""
    broken = []
    for module in modules():
        try:
            handler_of(module.handler)
        except Exception as error:  # noqa: BLE001 - the other modules still work; this one's requests say the same error
            traceback.print_exc()
            broken.append(f"{module.name}: {type(error).__name__}: {error}")
    return broken


def _take_pipes() -> tuple[int, int]:
    """The pipes to the pool; from here on prints go to the log and the standard input is empty."""
    incoming, outgoing = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return incoming, outgoing


def _listen(incoming: int, events: "queue.SimpleQueue[Any]") -> None:
    """Read events in a thread of its own, so that a worker ends with its pool also in the middle of a handler."""
    try:
        while True:
            events.put(read_frame(incoming))
    except EOFError:
        os._exit(0)


def main() -> None:
    """Serve events until the pool is gone."""
    incoming, outgoing = _take_pipes()
    events: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(incoming, events), daemon=True).start()
    durable.install()
    clock = LocalClock.of_environment()
    try:
        ready: dict[str, Any] = {"ready": True, "broken": _import_handlers()}
    except Exception as error:  # noqa: BLE001 - told to the pool, which tells the person
        ready = {"ready": False, "broken": [f"{type(error).__name__}: {error}"]}
        traceback.print_exc()
    write_frame(outgoing, pack(ready))
    while True:
        message = events.get()
        if clock:
            clock.look()
        write_frame(outgoing, invoke(message))


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the supervisor's to act on
    main()

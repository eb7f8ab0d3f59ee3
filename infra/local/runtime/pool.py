"""Hands events to worker processes, one at a time each; a worker that hangs or dies is replaced."""

import asyncio
import contextlib
import logging
import sys
from collections import deque
from dataclasses import dataclass
from typing import Any

from infra.local.processes import python
from infra.local.runtime.protocol import pack, receive

log = logging.getLogger("pool")
INPUT_LIMIT = 6 * 1024 * 1024
_STREAM_LIMIT = 1 << 20


class FunctionError(Exception):
    """The function gave no answer: it raised, died, or answered more than 6 MB."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind


class FunctionTimeout(Exception):  # Lambda's own name for it
    """The function did not answer within its timeout, or no worker was free in time."""


class EventTooLarge(Exception):  # Names what is wrong, as 413 does
    """The event is larger than Lambda takes."""


@dataclass(frozen=True, slots=True)
class Function:
    """What a worker needs to know about the function that it plays."""

    name: str
    handler: str
    timeout: float
    memory: int = 512

    def frame(self, event: Any, request_id: str) -> bytes:
        """The event as a frame for a worker."""
        context = {"function": self.name, "memory": self.memory, "timeout": self.timeout, "request_id": request_id}
        made = pack({"handler": self.handler, "event": event, "context": context})
        if len(made) > INPUT_LIMIT:
            raise EventTooLarge
        return made


class _Worker:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    @classmethod
    async def start(cls, env: dict[str, str]) -> "tuple[_Worker, list[str]]":
        """A worker that has imported its handlers, and the modules that did not import."""
        process = await asyncio.create_subprocess_exec(
            *python("infra.local.runtime.worker"),
            env=env,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=sys.stderr,
            limit=_STREAM_LIMIT,
        )
        worker = cls(process)
        try:
            told = await worker.receive()
        except asyncio.IncompleteReadError:
            told = {"ready": False, "broken": [f"ended with code {await process.wait()}"]}
        if not told["ready"]:
            worker.kill()
            raise FunctionError("Runtime.ImportModuleError", "; ".join(told["broken"]))
        return worker, told["broken"]

    async def receive(self) -> dict[str, Any]:
        assert self.process.stdout
        answer: dict[str, Any] = await receive(self.process.stdout)
        return answer

    async def exchange(self, frame: bytes) -> dict[str, Any]:
        assert self.process.stdin
        self.process.stdin.write(frame)
        await self.process.stdin.drain()
        return await self.receive()

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()


class WorkerPool:
    """Up to `size` workers that all can play every function; `eager` of them are kept ready, the others start when they are needed."""

    def __init__(self, size: int, env: dict[str, str], eager: int | None = None) -> None:
        self._size = size
        self._eager = size if eager is None else eager
        self._env = env
        self._idle: deque[_Worker] = deque()
        self._all: set[_Worker] = set()
        self._free = asyncio.Semaphore(0)
        self._starting: set[asyncio.Task[None]] = set()
        self._closing = False
        self.broken: list[str] = []

    async def start(self) -> None:
        """Start the eager workers; come back when the first is ready."""
        if not self._eager:
            return
        tasks = [self._spawn() for _ in range(self._eager)]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)

    def _spawn(self) -> "asyncio.Task[None]":
        task = asyncio.create_task(self._add())
        self._starting.add(task)
        task.add_done_callback(self._starting.discard)
        return task

    async def _add(self) -> None:
        while not self._closing:
            try:
                worker, self.broken = await _Worker.start(self._env)
            except FunctionError as error:
                log.warning("a worker does not start: %s", error)
                self.broken = [str(error)]
                await asyncio.sleep(1)
                continue
            self._all.add(worker)
            self._give_back(worker)
            return

    def _give_back(self, worker: _Worker) -> None:
        self._idle.append(worker)
        self._free.release()

    async def close(self) -> None:
        """End every worker; one that is still starting ends when this process does."""
        self._closing = True
        for task in self._starting:
            task.cancel()
        for worker in self._all:
            worker.kill()
        await asyncio.gather(*(worker.process.wait() for worker in self._all))

    async def invoke(self, function: Function, event: Any, request_id: str, wait: float = 30) -> Any:
        """The function's answer to an event."""
        frame = function.frame(event, request_id)
        worker = await self._take(function, wait)
        return await asyncio.shield(self._run(worker, function, frame))

    async def _take(self, function: Function, wait: float) -> _Worker:
        """A worker that is idle and alive; one that died between two events is replaced, which no caller is to see."""
        while True:
            if self._free.locked() and len(self._all) + len(self._starting) < self._size:
                self._spawn()
            try:
                await asyncio.wait_for(self._free.acquire(), wait)
            except TimeoutError:
                raise FunctionTimeout(f"{function.name}: no worker was free for {wait:.0f} s") from None
            worker = self._idle.pop()
            if worker.process.returncode is None:
                return worker
            self._bury(worker)

    async def _run(self, worker: _Worker, function: Function, frame: bytes) -> Any:
        try:
            told = await asyncio.wait_for(worker.exchange(frame), function.timeout)
        except TimeoutError:
            log.warning("%s: Task timed out after %.2f seconds", function.name, function.timeout)
            self._bury(worker)
            raise FunctionTimeout(f"{function.name}: timed out after {function.timeout:.0f} s") from None
        except (asyncio.IncompleteReadError, ConnectionError):
            self._bury(worker)
            raise FunctionError("Runtime.ExitError", f"{function.name} ended without an answer") from None
        self._give_back(worker)
        if error := told.get("error"):
            raise FunctionError(error["errorType"], error["errorMessage"])
        return told["result"]

    def _bury(self, worker: _Worker) -> None:
        worker.kill()
        self._all.discard(worker)
        if not self._closing and len(self._all) + len(self._starting) < self._eager:
            self._spawn()

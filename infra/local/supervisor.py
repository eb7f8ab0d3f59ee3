"""Starts every part of the stack in order, watches them, and stops them all."""

import contextlib
import fcntl
import json
import os
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import IO, Any

from infra.fonts import fonts_dir
from infra.local import engines
from infra.local.options import Options, StartError
from infra.local.processes import Child, clean_environment, python
from infra.local.provision import Provisioner
from infra.local.runtime.local_clock import FILE_VARIABLE
from infra.npm_archive import FetchError

RUN_FILE = "run.json"
_WATCH_S = 0.25


class Stopped(Exception):  # Asked for, not an error
    """Ctrl-C or SIGTERM."""


class Supervisor:
    """One stack on one data folder."""

    def __init__(self, options: Options, say: Callable[[str], None]) -> None:
        self.options = options
        self.say = say
        self.data = options.data_dir
        self.children: list[Child] = []
        self.url = ""
        self._env: dict[str, str] = {}
        self._listener: socket.socket | None = None
        self._lock: IO[str] | None = None

    @property
    def logs(self) -> Path:
        """Where every part writes."""
        return self.data / "logs"

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Everything started and answering; everything stopped afterwards, whatever happens."""
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, _stop)
        try:
            self._claim_folder()
            self._claim_port()
            self._start_engines()
            yield
        finally:
            self.stop()

    def _claim_folder(self) -> None:
        try:
            self.data.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.data.chmod(0o700)
            self._lock = (self.data / "lock").open("a+")
        except OSError as error:
            raise StartError(f"DATA_DIR: {self.data} cannot be written: {error.strerror}", 2) from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StartError(f"DATA_DIR: {self.data} is in use by another stack") from error

    def _claim_port(self) -> None:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", self.options.port))
        except OSError as error:
            raise StartError(f"PORT: {self.options.port} cannot be taken on 127.0.0.1: {error.strerror}") from error
        listener.listen(512)
        self._listener = listener
        self.url = f"http://localhost:{listener.getsockname()[1]}"

    def _remembered_ports(self) -> dict[str, int]:
        try:
            return dict(json.loads((self.data / "ports.json").read_text()))
        except (FileNotFoundError, ValueError):
            return {}

    def _start_engines(self) -> None:
        ports = self._remembered_ports()
        clock = {FILE_VARIABLE: str(self.data / "clock.json"), "HOMEROOM_OUTBOX": str(self.data / "outbox.jsonl"), "STAGE": "local"}
        java = engines.start_dynamodb(self.data / "dynamodb", self.logs, self.options.cache_dir, self.say, ports.get("dynamodb", 0))
        self.children.append(java)
        try:
            documents = {"FONTS_DIR": str(fonts_dir(self.options.cache_dir, self.say))}
        except FetchError as error:
            raise StartError(str(error)) from error
        own = {**clock, "TABLE_NAME": "homeroom"}
        aws = engines.start_ministack(
            self.data / "ministack", f"http://127.0.0.1:{java.port}", own, self.logs, ports.get("ministack", 0), self.options.python_path
        )
        self.children.append(aws)
        (self.data / "ports.json").write_text(json.dumps({"dynamodb": java.port, "ministack": aws.port}))
        table = engines.wait_dynamodb(java)
        self.say(f"DynamoDB Local answers ({table.seconds:.1f} s)")
        ministack = engines.wait_ministack(aws)
        self.say(f"MiniStack (Cognito, S3, SES, SNS, SQS, Scheduler) answers ({ministack.seconds:.1f} s)")
        self._env = {**engines.environment(table.url, ministack.url), **clock, **documents}
        self._provision(ministack.url)

    def _provision(self, ministack_url: str) -> None:
        from shared.registry import modules  # Imports every manifest, once the engines are on their way

        began = time.monotonic()
        ground = Provisioner(self._env).ground(modules(), self.options)
        self._env |= ground.environment(self.options, self.url, ministack_url)
        self.say(f"Table, bucket, user pool and {len(ground.queues)} queues are there ({time.monotonic() - began:.1f} s)")

    def environment(self, **more: str) -> dict[str, str]:
        """What a runtime process of this stack is told."""
        return clean_environment({**self._env, **more}, self.options.python_path)

    def start_front(self, *, unlimited: bool = False) -> Child:
        """Start the gateway and its workers; the seeding goes without rate limits and one-time codes."""
        assert self._listener  # Claimed before anything starts
        fd = self._listener.fileno()
        env = self.environment(**({"RATE_LIMITS": "off", "MFA_REQUIRED_ROLES": ""} if unlimited else {}))
        child = Child.start("api", python("infra.local.gateway", str(fd), str(self.options.workers)), env, self.logs, fds=[fd])
        self.children.append(child)
        seconds = child.wait_until(self._front_answers, 90)
        self.say(f"The API answers, {self.options.workers} workers ({seconds:.1f} s)")
        for line in self.health()["modulesThatDoNotImport"]:
            self.say(f"  module does not import, its requests fail: {line}")
        return child

    def start_feed(self) -> Child:
        """Start what feeds consumers, queues and schedules."""
        child = Child.start("feed", python("infra.local.feed", str(self.data)), self.environment(), self.logs)
        self.children.append(child)
        return child

    def health(self) -> dict[str, Any]:
        """What the front says of itself."""
        with urllib.request.urlopen(f"{self.url}/_local/health", timeout=2) as answer:  # noqa: S310 - our own front on loopback
            return dict(json.load(answer))

    def _front_answers(self) -> bool:
        try:
            return bool(self.health())
        except (OSError, urllib.error.URLError):
            return False

    def retire(self, child: Child) -> None:
        """Stop one part for good."""
        self.children.remove(child)
        child.stop()

    def tell_ready(self) -> None:
        """Write down where everything is, for tests and tools."""
        told = {"pid": os.getpid(), "url": self.url, "environment": self._env, "children": {c.name: c.process.pid for c in self.children}}
        draft = self.data / f"{RUN_FILE}.new"
        draft.write_text(json.dumps(told, indent=1))
        draft.replace(self.data / RUN_FILE)

    def watch(self) -> None:
        """Come back when the stack is asked to stop; a part that ends by itself is a StartError."""
        while True:
            for child in self.children:
                if child.process.poll() is not None:
                    raise StartError(f"{child.name} ended with code {child.process.returncode}; everything is stopped. See {child.log}")
            time.sleep(_WATCH_S)

    def stop(self) -> None:
        """Stop every part, the last started first."""
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, signal.SIG_IGN)
        (self.data / RUN_FILE).unlink(missing_ok=True)
        for child in self.children[2:][::-1]:
            child.stop()
        for child in self.children[:2]:
            if child.process.poll() is None:
                child.process.terminate()
        for child in self.children[:2]:
            child.stop()
        if self._listener:
            self._listener.close()
        if self._lock:
            self._lock.close()


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise Stopped

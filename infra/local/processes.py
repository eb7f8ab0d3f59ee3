"""Child processes of the stack: each has a lifeline to its parent and a log file in the data folder."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from infra.local.options import ROOT, StartError

_LOG_LIMIT = 20_000_000


def python(module: str, *arguments: str) -> list[str]:
    """The command that runs one of our modules, without the current folder on its path."""
    return [sys.executable, "-P", "-m", module, *arguments]


def clean_environment(extra: Mapping[str, str], python_path: Sequence[str] = ()) -> dict[str, str]:
    """This process's environment without what points at a real AWS account, plus `extra`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return {**kept, "PYTHONPATH": os.pathsep.join([*python_path, str(ROOT)]), "PYTHONUNBUFFERED": "1", **extra}


def free_port(preferred: int = 0) -> int:
    """A loopback port that nobody listens on: the preferred one if it is free."""
    for port in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise StartError("no free loopback port for an engine")


@dataclass(slots=True)
class Child:
    """A running child process."""

    name: str
    process: "subprocess.Popen[bytes]"
    log: Path
    port: int = 0
    started: float = field(default_factory=time.monotonic)

    @classmethod
    def start(cls, name: str, command: Sequence[str], env: Mapping[str, str], log_dir: Path, fds: Sequence[int] = ()) -> "Child":
        """Start it with its output in `log_dir`/<name>.log."""
        log_dir.mkdir(parents=True, exist_ok=True)
        log = log_dir / f"{name}.log"
        if log.exists() and log.stat().st_size > _LOG_LIMIT:
            log.replace(log.with_suffix(".log.1"))
        with log.open("ab") as out:
            process = subprocess.Popen(
                list(command), env=dict(env), stdin=subprocess.PIPE, stdout=out, stderr=out, pass_fds=tuple(fds), cwd=log_dir.parent
            )
        return cls(name, process, log)

    def wait_until(self, ready: Callable[[], bool], timeout: float) -> float:
        """Wait until `ready()`; give the seconds it took. A child that ends first, or is late, is a StartError."""
        while time.monotonic() - self.started < timeout:
            if self.process.poll() is not None:
                raise StartError(
                    f"{self.name} ended with code {self.process.returncode} before it answered; see {self.log}{self._last_line()}"
                )
            if ready():
                return time.monotonic() - self.started
            time.sleep(0.05)
        raise StartError(f"{self.name} did not answer within {timeout:.0f} seconds; see {self.log}")

    def _last_line(self) -> str:
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return f" ({lines[-1].strip()[:200]})" if lines else ""

    def stop(self, grace: float = 5) -> None:
        """Ask it to end, and make it end when it does not."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(grace)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.process.stdin:
            self.process.stdin.close()

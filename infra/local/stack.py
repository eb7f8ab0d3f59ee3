"""A whole stack in processes of its own, for tests.

    with LocalStack(tmp_path, rate_limits="off", workers=2) as stack:
        httpx.get(f"{stack.url}/api/health")
        stack.kill()       # SIGKILL of every process at once
        stack.restart()    # the same data folder; the same port when the first was asked for one

`python_path` holds folders put before the checkout: one with a package `functions` replaces the real modules.
`environment` is what the functions are told, so that a test can call them, or the engines, itself.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from infra.local.options import DEFAULT_ADMIN, ROOT, StartError
from infra.local.processes import python

_START_S = 180
_STOP_S = 20


class LocalStack:
    """`make run` under a test's control."""

    def __init__(
        self,
        data_dir: Path,
        port: int = 0,
        rate_limits: str = "off",
        workers: int = 2,
        *,
        demo: bool = False,
        super_admin_password: str = "Correct-horse-9-battery",  # noqa: S107 - of a throw-away stack
        web_origins: tuple[str, ...] = (),
        python_path: tuple[str, ...] = (),
    ) -> None:
        self.data_dir = data_dir
        self.super_admin = (DEFAULT_ADMIN, super_admin_password)
        self.url = ""
        self.seconds = 0.0
        self._told: dict[str, Any] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._settings = {
            "PORT": str(port),
            "DATA_DIR": str(data_dir),
            "DEMO": "1" if demo else "0",
            "SUPER_ADMIN_EMAIL": DEFAULT_ADMIN,
            "SUPER_ADMIN_PASSWORD": super_admin_password,
            "RATE_LIMITS": rate_limits,
            "WORKERS": str(workers),
            "WEB_ORIGINS": ",".join(web_origins),
            "HOMEROOM_PYTHON_PATH": os.pathsep.join(python_path),
            "PYTHONPATH": str(ROOT),
        }

    @property
    def output(self) -> str:
        """What the stack has printed."""
        return (self.data_dir / "output.log").read_text()

    @property
    def environment(self) -> dict[str, str]:
        """The functions' environment: endpoints, ids, settings."""
        return dict(self._told["environment"])

    def start(self) -> Self:
        """Start, and come back when everything answers."""
        began = time.monotonic()
        self.data_dir.mkdir(parents=True, exist_ok=True)
        ready = self.data_dir / "run.json"
        ready.unlink(missing_ok=True)
        with (self.data_dir / "output.log").open("wb") as out:
            env = {**os.environ, **self._settings}
            self._process = subprocess.Popen(
                python("infra.local"), env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
            )
        while not ready.exists():
            if self._process.poll() is not None:
                raise StartError(self.output.strip() or "the stack ended without a word", self._process.returncode)
            if time.monotonic() - began > _START_S:
                self.kill()
                raise StartError(f"the stack did not start within {_START_S} s: {self.output}")
            time.sleep(0.05)
        self._told = json.loads(ready.read_text())
        self.url = self._told["url"]
        self.seconds = time.monotonic() - began
        return self

    def stop(self) -> int:
        """Ask it to stop, as Ctrl-C does; its exit code."""
        if self._process is None:
            return 0
        self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def wait(self, timeout: float) -> int:
        """The exit code once it has ended by itself."""
        assert self._process
        return self._process.wait(timeout)

    def kill(self) -> None:
        """SIGKILL to every process of the stack at once."""
        if self._process and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def kill_supervisor(self) -> None:
        """SIGKILL to the supervisor alone."""
        assert self._process
        self._process.kill()
        self._process.wait()

    def pid(self, child: str) -> int:
        """The process id of a part: dynamodb, ministack, api or feed."""
        return int(self._told["children"][child])

    def restart(self) -> Self:
        """Start again on the same data folder, stopped before if it runs."""
        if self._process and self._process.poll() is None:
            self.stop()
        return self.start()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            self.stop()
        finally:
            self.kill()


if sys.platform == "win32":
    raise ImportError("the local stack runs on Linux and macOS; on Windows use WSL")

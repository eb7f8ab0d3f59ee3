"""Starts the engines that stand for AWS, for the stack and, on their own, for tests.

    with engines.dynamodb() as table_engine:            # in memory; .url, .env
        with engines.ministack(tmp_path) as aws:        # .url, .env
            os.environ.update(engines.environment(table_engine.url, aws.url))

`dynamodb(data_dir=…)` keeps its state on disk; each call is an engine of its own on a free loopback port.
"""

import os
import socket
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.local.java import JAR, engine_dir, java
from infra.local.options import REGION, ROOT, StartError
from infra.local.processes import Child, clean_environment, free_port, python

_ATTEMPTS = 3
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


@dataclass(frozen=True, slots=True)
class Engine:
    """A running engine: its address and its process."""

    url: str
    child: Child
    seconds: float

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self.url.rpartition(":")[2])


def environment(dynamodb_url: str, ministack_url: str | None = None) -> dict[str, str]:
    """The variables of botocore by which a handler reaches the engines without knowing of them."""
    env = {
        **CREDENTIALS,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_ENDPOINT_URL_DYNAMODB": dynamodb_url,
        "AWS_ENDPOINT_URL_DYNAMODB_STREAMS": dynamodb_url,
    }
    return {**env, "AWS_ENDPOINT_URL": ministack_url} if ministack_url else env


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - an engine of ours on loopback
            return True
    except urllib.error.HTTPError:
        return True  # DynamoDB Local refuses a bare GET, and so it answers
    except OSError:
        return False


def start_dynamodb(data_dir: Path | None, log_dir: Path, cache_dir: Path, say: Callable[[str], None], port: int = 0) -> Child:
    """Start DynamoDB Local; `wait_dynamodb` tells when it answers. Without a folder its state is in memory."""
    jars = engine_dir(cache_dir, say)
    port = free_port(port)
    where = ["-dbPath", str(data_dir), "-sharedDb"] if data_dir else ["-inMemory", "-sharedDb"]
    if data_dir:
        data_dir.mkdir(parents=True, exist_ok=True)
    options = ["-Xms64m", "-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=4", f"-Djava.library.path={jars / 'DynamoDBLocal_lib'}"]
    command = [str(java()), *options, "-jar", str(jars / JAR), *where, "-port", str(port), "-disableTelemetry"]
    child = Child.start("dynamodb", python("infra.local.guard", *command), clean_environment({}), log_dir)
    child.port = port
    return child


def wait_dynamodb(child: Child) -> Engine:
    """The engine once it answers."""
    url = f"http://127.0.0.1:{child.port}"
    return Engine(url, child, child.wait_until(lambda: _answers(url), 60))


def start_ministack(
    state_dir: Path, dynamodb_url: str, extra: dict[str, str], log_dir: Path, port: int = 0, python_path: tuple[str, ...] = ()
) -> Child:
    """Start MiniStack with its state in a folder that only its owner can read."""
    state_dir.mkdir(parents=True, exist_ok=True)
    state_dir.chmod(0o700)
    temporary = state_dir / "tmp"
    temporary.mkdir(exist_ok=True)
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", free_port(port)))
        listener.listen(128)
        port = listener.getsockname()[1]
        own = {
            **environment(dynamodb_url),
            "GATEWAY_PORT": str(port),
            "MINISTACK_HOST": "127.0.0.1",
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_REGION": REGION,
            "AUTH": "true",
            "PERSIST_STATE": "1",
            "STATE_DIR": str(state_dir),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(state_dir / "s3"),
            "TMPDIR": str(temporary),
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "LOG_LEVEL": "WARNING",
            "HOMEROOM_OUTBOX": str(state_dir / "outbox.jsonl"),
            **extra,
        }
        command = python("infra.local.emulator", str(listener.fileno()))
        child = Child.start("ministack", command, clean_environment(own, python_path), log_dir, fds=[listener.fileno()])
    child.port = port
    return child


def wait_ministack(child: Child) -> Engine:
    """The engine once it answers."""
    url = f"http://127.0.0.1:{child.port}"
    return Engine(url, child, child.wait_until(lambda: _answers(f"{url}/_ministack/health"), 60))


def _quiet(_line: str) -> None:
    """Tests need no progress."""


@contextmanager
def dynamodb(data_dir: Path | None = None, *, cache_dir: Path = ROOT / ".cache") -> Iterator[Engine]:
    """A DynamoDB Local of one's own: in memory, or with its state in `data_dir`."""
    with tempfile.TemporaryDirectory() as logs:
        for attempt in range(_ATTEMPTS):
            child = start_dynamodb(data_dir, Path(logs), cache_dir, _quiet)
            try:
                engine = wait_dynamodb(child)
                break
            except StartError:  # another process was quicker to take the free port
                child.stop()
                if attempt == _ATTEMPTS - 1:
                    raise
        try:
            yield engine
        finally:
            child.stop()


@contextmanager
def ministack(
    state_dir: Path, *, dynamodb_url: str = "http://127.0.0.1:9", extra: dict[str, str] | None = None, python_path: tuple[str, ...] = ()
) -> Iterator[Engine]:
    """A MiniStack of one's own, with its state in `state_dir`; `extra` is more environment for the triggers that run in it."""
    child = start_ministack(state_dir, dynamodb_url, extra or {}, state_dir / "logs", python_path=python_path)
    try:
        yield wait_ministack(child)
    finally:
        child.stop()

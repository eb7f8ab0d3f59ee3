"""Starts the rehearsal's MiniStack and says how its clients reach it."""

import contextlib
import secrets
import socket
import ssl
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from infra.local.options import ACCOUNT, REGION
from infra.local.processes import Child, clean_environment, python

START_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Target:
    """A running MiniStack."""

    url: str
    certificate: Path
    log: Path

    @property
    def tls(self) -> ssl.SSLContext:
        """A context that trusts its certificate."""
        return ssl.create_default_context(cafile=str(self.certificate))

    @property
    def client_environment(self) -> dict[str, str]:
        """What makes an AWS client of any language talk to it."""
        certificate = str(self.certificate)
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CA_BUNDLE": certificate,
            "SSL_CERT_FILE": certificate,
            "NODE_EXTRA_CA_CERTS": certificate,
            "CDK_DEFAULT_ACCOUNT": ACCOUNT,
            "CDK_DEFAULT_REGION": REGION,
        }


def _server_environment(folder: Path, port: int) -> dict[str, str]:
    return clean_environment(
        {
            "AUTH": "true",
            "USE_SSL": "1",
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(port),
            "IOT_MTLS_ENABLED": "0",
            "MINISTACK_REGION": REGION,
            "MINISTACK_COGNITO_PRETOKEN_STRICT": "1",
            "PERSIST_STATE": "0",
            "STATE_DIR": str(folder / "state"),
            "S3_DATA_DIR": str(folder / "s3"),
            "TMPDIR": str(folder / "tmp"),
        }
    )


def _answers(target: Target) -> bool:
    try:
        with urllib.request.urlopen(f"{target.url}/_ministack/health", timeout=2, context=target.tls) as answer:  # noqa: S310 - our own https address
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


@contextlib.contextmanager
def running(folder: Path | None = None) -> Iterator[Target]:
    """A MiniStack with an empty state of its own, gone at the end."""
    with contextlib.ExitStack() as stack:
        home = folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=f"homeroom-{secrets.token_hex(3)}-")))
        for name in ("state", "s3", "tmp", "log"):
            (home / name).mkdir(parents=True, exist_ok=True)
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        port = listening.getsockname()[1]
        target = Target(f"https://localhost:{port}", home / "tmp" / "ministack-tls" / "server.crt", home / "log" / "rehearsal.log")
        command = [*python("infra.rehearsal.server"), str(listening.fileno())]
        child = Child.start("rehearsal", command, _server_environment(home, port), home / "log", [listening.fileno()])
        stack.callback(child.stop)
        child.wait_until(lambda: target.certificate.exists() and _answers(target), START_SECONDS)
        yield target

"""Bootstraps and deploys the app into a rehearsal target, every step under a time limit."""

import platform
import subprocess
from collections.abc import Sequence
from pathlib import Path

from infra.local.options import ACCOUNT, REGION
from infra.outputs import Outputs
from infra.rehearsal.engine import Target
from tools import cdk

BOOTSTRAP_SECONDS = 120
DEPLOY_SECONDS = 420
_HERE = {"aarch64": "arm64", "arm64": "arm64", "x86_64": "x86_64"}


class RehearsalError(Exception):
    """A step of the rehearsal failed; the message says which, and what it said last."""


def environment(target: Target) -> dict[str, str]:
    """What a process that speaks to the target is told: nothing of another account or engine that this process knows of."""
    return {k: v for k, v in cdk.environment().items() if not k.startswith("AWS_")} | dict(target.client_environment)


def _cdk(target: Target, arguments: Sequence[str], folder: Path, limit: int, place: Path = cdk.ROOT) -> None:
    """Run the CDK against the target; its whole output is kept beside the engine's log."""
    log = folder / f"cdk-{arguments[0]}.log"
    with log.open("wb") as out:
        try:
            done = subprocess.run(  # noqa: S603 - the pinned command line with arguments of our own
                cdk.command(arguments),
                cwd=place,
                env=environment(target),
                stdout=out,
                stderr=out,
                timeout=limit,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise RehearsalError(f"cdk {arguments[0]} did not end within {limit} s\n{tail(log)}") from None
    if done.returncode:
        raise RehearsalError(f"cdk {arguments[0]} failed\n{tail(log)}")


def tail(log: Path, lines: int = 40) -> str:
    """The last lines of a log."""
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


def bootstrap(target: Target, folder: Path) -> None:
    """What an account needs before its first deployment."""
    cdk.install()
    # Away from cdk.json: told the account and region, it need not synthesise the app to find them.
    _cdk(target, ["bootstrap", f"aws://{ACCOUNT}/{REGION}"], folder, BOOTSTRAP_SECONDS, place=folder)


def deploy(target: Target, folder: Path, more: Sequence[str] = ()) -> Outputs:
    """Deploy every stack, for this machine's architecture and with the pool's keys read from the target."""
    outputs = folder / "outputs.json"
    arguments = ["deploy", "--all", "--require-approval", "never", "--outputs-file", str(outputs), "--output", str(folder / "cdk.out")]
    arguments += ["-c", f"arch={_HERE[platform.machine()]}", "-c", f"jwksBase={target.url}", *more]
    _cdk(target, arguments, folder, DEPLOY_SECONDS)
    return Outputs.read(outputs)

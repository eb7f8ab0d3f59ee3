"""Instructions of each handler's import from the built packages, as a ratio to `import boto3; boto3.client("dynamodb")`."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.bench.figures import Figure, Table

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = "import boto3; boto3.client('dynamodb')"
HOW = (
    "Instructions, counted by valgrind, bare Python subtracted; each handler in a clean process with only the layers and its own package on the path. "
    "They repeat within 0.1 %, whatever else the machine does."
)


def _environment(path: list[Path]) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(map(str, path)),
        "PYTHONHASHSEED": "0",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "TABLE_NAME": "homeroom",
    }


def instructions(code: str, path: list[Path], *, isolated: bool) -> int:
    """Instructions that a fresh Python executes for a piece of code, after one run that warms its caches."""
    python = [sys.executable, *(["-S"] if isolated else []), "-c", code]
    environment = _environment(path)
    subprocess.run(python, env=environment, check=True, capture_output=True, timeout=120)
    with tempfile.TemporaryDirectory() as folder:
        counted = subprocess.run(
            ["valgrind", "--tool=exp-bbv", "--instr-count-only=yes", f"--bb-out-file={folder}/bb", *python],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
            timeout=600,
        )
    found = re.search(r"Total instructions: *(\d+)", counted.stderr)
    if not found:
        raise RuntimeError("valgrind did not count")
    return int(found[1])


def measure(handlers: dict[str, list[Path]]) -> Table:
    """`handlers`: dotted path of a lambda_handler → the folders that Lambda would have on its path."""
    if not shutil.which("valgrind"):
        return Table("Cold start", "Not measured: valgrind is not on this machine (it is in the package of that name).", [])
    bare = instructions("pass", [], isolated=False)
    reference = instructions(REFERENCE, [], isolated=False) - bare
    bare_isolated = instructions("pass", [], isolated=True)
    figures = []
    for handler, path in sorted(handlers.items()):
        module, _, name = handler.rpartition(".")
        counted = instructions(f"from {module} import {name}", path, isolated=True) - bare_isolated
        worker = not module.endswith(".handler")
        gate, stretch = (0.9, 0.7) if worker else (1.0, 0.85)
        figures.append(Figure(module, counted / reference, "× boto3", gate, stretch))
    return Table("Cold start", HOW, figures)

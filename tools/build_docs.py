"""Writes what is derived from the declarations; with `--check`, compares it with what is checked in.

`python -m tools.build_docs` writes docs/openapi.json, routes.md, permissions.md, keys.md, events.md and
postman_collection.json, and the copy of the OpenAPI document that the system function serves.
"""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from shared.registry import modules, routes
from tools.docs import events, keys, openapi, permissions, postman
from tools.docs import routes as route_table

ROOT = Path(__file__).resolve().parent.parent


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, sort_keys=False) + "\n"


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


def documents() -> dict[str, str]:
    """Every generated file by its path from the root; the same text at each run."""
    declared = routes()
    contract = openapi.document(declared)
    return {
        "docs/openapi.json": _pretty(contract),
        "docs/routes.md": route_table.table(declared),
        "docs/permissions.md": permissions.matrix(declared),
        "docs/keys.md": keys.table(),
        "docs/events.md": events.journal(modules()),
        "docs/postman_collection.json": _pretty(postman.collection(contract)),
        "functions/system/openapi.json": _compact(contract),
    }


def stale(made: dict[str, str], root: Path = ROOT) -> list[str]:
    """The files that are missing or say something else than what was made."""
    return [name for name, text in made.items() if not (root / name).exists() or (root / name).read_text(encoding="utf-8") != text]


def _write(made: dict[str, str], say: Callable[[str], None]) -> None:
    for name in stale(made):
        (ROOT / name).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / name).write_text(made[name], encoding="utf-8", newline="\n")
        say(f"wrote {name}")


def main() -> int:
    """Write or compare."""
    parser = argparse.ArgumentParser(description="Write the generated documents.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where a document is stale")
    made = documents()
    if not parser.parse_args().check:
        _write(made, print)
        return 0
    old = stale(made)
    for name in old:
        print(f"{name} is stale: run make docs", file=sys.stderr)
    return 1 if old else 0


if __name__ == "__main__":
    sys.exit(main())

"""Takes the explorer's files out of the npm package that package-lock.json pins, into the system function's folder.

They are kept compressed beside the function's code, so that a clone, the local stack and Lambda serve the same bytes with nothing
to fetch. After raising the version of swagger-ui-dist in package.json: `npm install`, then `python -m tools.vendor_explorer`.
"""

import gzip
import sys
from pathlib import Path

from tools import cdk

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "node_modules" / "swagger-ui-dist"
TARGET = ROOT / "functions" / "system" / "explorer"
PACKED = ("swagger-ui-bundle.js", "swagger-ui.css")
PLAIN = ("favicon-32x32.png", "LICENSE", "NOTICE")


def different() -> list[str]:
    """The files that are missing or are not those of the installed package."""
    packed = [n for n in PACKED if not _same(TARGET / f"{n}.gz", SOURCE / n)]
    return packed + [n for n in PLAIN if not (TARGET / n).exists() or (TARGET / n).read_bytes() != (SOURCE / n).read_bytes()]


def _same(packed: Path, source: Path) -> bool:
    return packed.exists() and gzip.decompress(packed.read_bytes()) == source.read_bytes()


def main() -> int:
    """Copy what differs."""
    cdk.install()
    for name in different():
        content = (SOURCE / name).read_bytes()
        packed = name in PACKED
        (TARGET / (f"{name}.gz" if packed else name)).write_bytes(gzip.compress(content, 9, mtime=0) if packed else content)
        print(f"took {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The fonts of documents, in one folder: for the stack on one machine, for tests, and for the layer of modules that set documents.

`python -m infra.fonts` fetches them and prints the folder.
"""

import fcntl
import hashlib
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from infra.npm_archive import FetchError, fetch

_ROOT = Path(__file__).resolve().parent.parent
RECIPE = _ROOT / "layers" / "fonts" / "fonts.toml"
CACHE = _ROOT / ".cache"
PACKAGE = "homeroom_fonts"  # the folder beside the Python packages of a layer
_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Font:
    """A font family and the archive that holds it."""

    family: str
    package: str
    version: str
    sha256: str
    files: tuple[str, ...]


def recipe() -> tuple[Font, ...]:
    """The fonts that layers/fonts/fonts.toml names, in its order."""
    told = tomllib.loads(RECIPE.read_text(encoding="utf-8"))["font"]
    return tuple(Font(**{**font, "files": tuple(font["files"])}) for font in told)


def fonts_dir(cache: Path = CACHE, say: Callable[[str], None] = lambda _line: None) -> Path:
    """The folder with the fonts of the recipe and nothing else, fetched at the first use; FetchError where they cannot be had."""
    digest = hashlib.sha256(RECIPE.read_bytes()).hexdigest()
    target = cache / "fonts" / digest[:16]
    if target.is_dir():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with (target.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another process may be fetching them right now
        if not target.is_dir():
            _provide(target, say)
    return target


def _provide(target: Path, say: Callable[[str], None]) -> None:
    fonts = recipe()
    say(f"Fetching the fonts of documents ({len(fonts)} scripts, 116 MB, once)…")
    with tempfile.TemporaryDirectory(dir=target.parent) as work:
        made = Path(work) / "made"
        made.mkdir()
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(lambda font: _unpack(font, Path(work), made), fonts))
        made.replace(target)


def _unpack(font: Font, work: Path, made: Path) -> None:
    try:
        archive = fetch(font.package, font.version, font.sha256, work)
        with tarfile.open(archive) as tar:
            for name in font.files:
                member = tar.extractfile(f"package/{name}")
                assert member, f"{name} in {archive.name} is no file"
                (made / Path(name).name).write_bytes(member.read())
    except (FetchError, KeyError) as error:
        raise FetchError(f"The font {font.family} {error}") from error
    archive.unlink()


if __name__ == "__main__":
    sys.stdout.write(f"{fonts_dir(say=lambda line: print(line, file=sys.stderr))}\n")

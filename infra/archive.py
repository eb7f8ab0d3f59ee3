"""Compiled, reproducible archives: the same files give the same bytes on every machine."""

import hashlib
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

PYTHON = (3, 13)
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest moment that a zip can name
_REGULAR_FILE = 0o100644 << 16
_UNIX = 3


class PackagingError(Exception):
    """A package cannot be built; the message says what is in the way."""


@dataclass(frozen=True, slots=True)
class Package:
    """A zip that Lambda takes, the hash of its contents and its size once unpacked."""

    name: str
    path: Path
    digest: str
    unzipped: int

    @property
    def megabytes(self) -> float:
        """The unpacked size in MB."""
        return self.unzipped / 1_000_000


def digest_of(entries: Iterable[tuple[str, bytes]]) -> str:
    """A hash over names and contents, in the order given."""
    total = hashlib.sha256()
    for name, content in entries:
        total.update(f"{name}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()


def files_in(folder: Path) -> list[Path]:
    """Every file below a folder, in one order on every machine."""
    return sorted((p for p in folder.rglob("*") if p.is_file()), key=lambda p: p.relative_to(folder).as_posix())


def compile_tree(folder: Path, runtime_path: str, *, keep_sources: bool = True) -> None:
    """Compile every module below a folder to a pyc that is never checked against its source.

    `runtime_path` is where Lambda will unpack the folder: tracebacks show it, and no path of the building machine stays.
    One process goes through the files in order with a fixed hash seed, so that the bytes repeat. Without sources the pycs
    stand in their places: a quarter smaller, and tracebacks keep file and line but cannot quote it.
    """
    if sys.version_info[:2] != PYTHON:
        raise PackagingError(f"pycs for Python {PYTHON[0]}.{PYTHON[1]} cannot be made by {sys.version.split()[0]}")
    command = [sys.executable, "-P", "-s", "-m", "compileall", "-q", "-j", "1", "--invalidation-mode", "unchecked-hash"]
    command += [*([] if keep_sources else ["-b"]), "-s", str(folder), "-p", runtime_path, str(folder)]
    env = {"PYTHONHASHSEED": "0", "PATH": os.defpath}
    done = subprocess.run(command, capture_output=True, text=True, env=env, cwd=folder, timeout=300, check=False)  # noqa: S603 - this Python
    if done.returncode:
        raise PackagingError(f"compiling {folder.name} failed: {done.stdout.strip()[-400:]} {done.stderr.strip()[-400:]}")
    for source in () if keep_sources else list(folder.rglob("*.py")):
        source.unlink()


def zip_tree(name: str, folder: Path, target: Path) -> Package:
    """Zip a folder with fixed times, modes and order; the file appears whole or not at all."""
    entries = [(p.relative_to(folder).as_posix(), p.read_bytes()) for p in files_in(folder)]
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(f".{os.getpid()}.partial")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path, content in entries:
            info = zipfile.ZipInfo(path, _EPOCH)
            info.external_attr, info.create_system, info.compress_type = _REGULAR_FILE, _UNIX, zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    partial.replace(target)
    return Package(name, target, digest_of(entries), sum(len(content) for _, content in entries))

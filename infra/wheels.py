"""Third-party wheels for Lambda: installed for its platform, told apart by who needs them, and pruned."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path, PurePosixPath

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from infra.archive import PackagingError

PLATFORMS = {"arm64": "aarch64", "x86_64": "x86_64"}
RECIPE = Path(__file__).resolve().parent.parent / "layers" / "deps" / "layer.toml"
_recipe = tomllib.loads(RECIPE.read_text(encoding="utf-8"))
BUDGET_MB: int = _recipe["budget_mb"]
BOTOCORE_SERVICES = frozenset(_recipe["botocore_services"])
_UNUSED_FOLDERS = frozenset(_recipe["unused_folders"])
_UNUSED_ENDINGS = tuple(_recipe["unused_endings"])


@dataclass(frozen=True, slots=True)
class Distribution:
    """An installed distribution: its files, and which distributions it needs on the target."""

    name: str
    files: tuple[str, ...]
    requires: tuple[Requirement, ...]


def install(requirements: Path, arch: str, target: Path) -> None:
    """Install the requirements' wheels for Lambda's Python on the architecture, without building anything."""
    machine = PLATFORMS[arch]
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-compile", "--no-input", "--disable-pip-version-check"]
    command += ["--only-binary=:all:", "--implementation", "cp", "--python-version", "3.13", "--target", str(target)]
    for platform in ("manylinux_2_28", "manylinux_2_17", "manylinux2014"):
        command += ["--platform", f"{platform}_{machine}"]
    if "--hash=" in requirements.read_text(encoding="utf-8"):
        command += ["--require-hashes", "--no-deps"]
    done = subprocess.run([*command, "-r", str(requirements)], capture_output=True, text=True, timeout=600, check=False)  # noqa: S603 - pip, with arguments of our own
    if done.returncode:
        raise PackagingError(f"installing {requirements.name} for {arch} failed: {done.stderr.strip()[-800:]}")


def distributions(folder: Path) -> dict[str, Distribution]:
    """What is installed in a folder, by canonical name."""
    found: dict[str, Distribution] = {}
    for info in sorted(folder.glob("*.dist-info")):
        metadata = HeaderParser().parsestr((info / "METADATA").read_text(encoding="utf-8"))
        name = canonicalize_name(metadata["Name"])
        recorded = [line.rsplit(",", 2)[0].strip('"') for line in (info / "RECORD").read_text(encoding="utf-8").splitlines() if line]
        files = tuple(sorted(path for path in recorded if (folder / path).is_file() and not path.startswith("..")))
        requires = tuple(Requirement(text) for text in metadata.get_all("Requires-Dist", []))
        found[name] = Distribution(name, files, requires)
    return found


def _target_environment(arch: str, extra: str) -> dict[str, str]:
    return {
        "extra": extra,
        "implementation_name": "cpython",
        "os_name": "posix",
        "platform_machine": PLATFORMS[arch],
        "platform_python_implementation": "CPython",
        "platform_system": "Linux",
        "python_full_version": "3.13.0",
        "python_version": "3.13",
        "sys_platform": "linux",
    }


def closure(installed: dict[str, Distribution], roots: Iterable[Requirement], arch: str) -> set[str]:
    """The names of the distributions that the roots need on the architecture, themselves included."""
    seen: set[tuple[str, str]] = set()
    waiting = [(canonicalize_name(root.name), extra) for root in roots for extra in ("", *root.extras)]
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in seen:
            continue
        if name not in installed:
            raise PackagingError(f"{name} is needed in Lambda but not locked: put it into requirements/runtime.in and run `make lock`")
        seen.add((name, extra))
        environment = _target_environment(arch, extra)
        for need in installed[name].requires:
            if need.marker is None or need.marker.evaluate(environment):
                waiting += [(canonicalize_name(need.name), more) for more in ("", *need.extras)]
    return {name for name, _ in seen}


def declared(requirements: Path) -> list[Requirement]:
    """The requirements that a hand-written list names."""
    lines = (re.sub(r"(^|\s)#.*$", "", line).strip() for line in requirements.read_text(encoding="utf-8").splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith("-")]


# botocore's classes import a package that writes the docstrings of client methods: a quarter of a cold start, read by nobody in Lambda.
STAND_INS = {
    "botocore/docs/__init__.py": "",
    "botocore/docs/docstring.py": (
        "class LazyLoadedDocstring(str):\n"
        "    def __new__(cls, *args, **kwargs):\n"
        '        return super().__new__(cls, "")\n\n\n'
        "ClientMethodDocstring = WaiterDocstring = PaginatorDocstring = LazyLoadedDocstring\n"
    ),
}


def content(folder: Path, path: str) -> bytes:
    """What a kept file of the folder holds in a layer: its own bytes, or those of its stand-in."""
    return STAND_INS[path].encode() if path in STAND_INS else (folder / path).read_bytes()


def kept(path: str) -> bool:
    """Whether a file of an installed distribution is of use in Lambda."""
    parts = PurePosixPath(path).parts
    if parts[0].endswith(".dist-info"):
        return parts[-1] == "METADATA" and len(parts) == 2
    if _UNUSED_FOLDERS.intersection(parts[:-1]) or path.endswith(_UNUSED_ENDINGS):
        return False
    if parts[0] in {"boto3", "botocore"} and parts[1] == "data" and len(parts) > 3:
        return parts[2] in BOTOCORE_SERVICES and parts[-1] != "examples-1.json"
    if path.startswith("botocore/docs/"):
        return path in STAND_INS or path == "botocore/docs/utils.py"
    return True

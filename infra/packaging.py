"""What Lambda is given, built without Docker and kept under build/ by a hash of what went in.

- the base layer: the locked third-party packages that every function may import;
- one layer for each module that asks for packages of its own (`Module.packages`) or for the fonts of documents (`Module.fonts`);
- the project layer: `shared/`;
- one package a module: `functions/<module>/`.
"""

import hashlib
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from infra import archive, fonts, wheels
from infra.archive import Package, PackagingError, compile_tree, digest_of, files_in, zip_tree
from shared.manifest import Module

ROOT = Path(__file__).resolve().parent.parent
LAYER_PATH = "/opt/python"  # where Lambda unpacks a layer's python/ folder
TASK_PATH = "/var/task"  # where Lambda unpacks a function's package
FORGOTTEN_AFTER_SECONDS = 7 * 24 * 3600


class Packages(Protocol):
    """Gives the CDK app each package that a function is made of."""

    def base_layer(self) -> Package:
        """The third-party packages of every function."""
        ...

    def project_layer(self) -> Package:
        """`shared/`."""
        ...

    def module_layer(self, module: Module) -> Package | None:
        """The third-party packages of one module alone, if it asks for any."""
        ...

    def function(self, module: Module) -> Package:
        """A module's own code."""
        ...


def _tool_digest() -> str:
    """A hash of the packaging code itself: another way of building is another package."""
    return digest_of((Path(f).name, Path(f).read_bytes()) for f in (__file__, archive.__file__, wheels.__file__, wheels.RECIPE))


def _sources(folder: Path) -> list[Path]:
    return [p for p in files_in(folder) if "__pycache__" not in p.parts and p.suffix != ".pyc"]


@dataclass(frozen=True)
class Builder:
    """Builds packages for one architecture from one tree."""

    arch: str
    modules: Sequence[Module]
    functions: Path = ROOT / "functions"
    shared: Path = ROOT / "shared"
    requirements: Path = ROOT / "requirements"
    out: Path = ROOT / "build" / "packages"
    _built: dict[str, Package] = field(default_factory=dict)

    def base_layer(self) -> Package:
        """The third-party packages of every function; a layer over its budget is an error."""
        package = self._layer("base", self._split[0])
        if package.megabytes > wheels.BUDGET_MB:
            raise PackagingError(f"the base layer is {package.megabytes:.1f} MB unpacked, over its {wheels.BUDGET_MB} MB")
        return package

    def module_layer(self, module: Module) -> Package | None:
        """The third-party packages of one module alone, and its fonts; None where it needs no more than the base layer."""
        names = self._split[1].get(module.name, frozenset())
        beside = {fonts.PACKAGE: fonts.fonts_dir()} if module.fonts else {}
        return self._layer(f"{module.name}-packages", names, beside) if names or beside else None

    def project_layer(self) -> Package:
        """`shared/`, compiled."""
        return self._compiled("shared", {"python/shared": self.shared}, {"python": LAYER_PATH})

    def function(self, module: Module) -> Package:
        """`functions/<module>/`, compiled."""
        folders = {f"functions/{module.name}": self.functions / module.name}
        return self._compiled(module.name, folders, {"": TASK_PATH}, extra={"functions/__init__.py": self.functions / "__init__.py"})

    @property
    def _lock(self) -> Path:
        lock = self.requirements / "runtime.txt"
        return lock if lock.exists() else self.requirements / "runtime.in"

    @cached_property
    def _wheels(self) -> Path:
        """The folder of installed wheels, installed when the lock or the architecture is new."""
        key = digest_of([("lock", self._lock.read_bytes()), ("arch", self.arch.encode()), ("tool", _tool_digest().encode())])
        folder = self.out / f"wheels-{self.arch}-{key[:16]}"
        if not folder.exists():
            self.out.mkdir(parents=True, exist_ok=True)
            self._forget_old()
            partial = Path(tempfile.mkdtemp(prefix="wheels-", dir=self.out))
            wheels.install(self._lock, self.arch, partial)
            partial.replace(folder)
        return folder

    def _forget_old(self) -> None:
        """Take what nobody built for a week out of the store, so that it does not grow with every lock."""
        oldest = time.time() - FORGOTTEN_AFTER_SECONDS
        for old in (p for p in self.out.iterdir() if p.stat().st_mtime < oldest):
            shutil.rmtree(old) if old.is_dir() else old.unlink(missing_ok=True)

    @cached_property
    def _split(self) -> tuple[frozenset[str], dict[str, frozenset[str]]]:
        """The distributions of the base layer, and those that a module has beyond it."""
        installed = wheels.distributions(self._wheels)
        own = {module.name: [Requirement(p) for p in module.packages] for module in self.modules if module.packages}
        apart = {canonicalize_name(r.name) for needs in own.values() for r in needs}
        roots = [r for r in wheels.declared(self.requirements / "runtime.in") if canonicalize_name(r.name) not in apart]
        base = wheels.closure(installed, roots, self.arch)
        return frozenset(base), {name: frozenset(wheels.closure(installed, needs, self.arch) - base) for name, needs in own.items()}

    def _layer(self, name: str, members: frozenset[str], beside: Mapping[str, Path] = MappingProxyType({})) -> Package:
        """A layer of distributions, and of folders that are to stand beside them as they are."""
        data = {f"{place}/{p.relative_to(source).as_posix()}": p for place, source in beside.items() for p in files_in(source)}
        members_key = [(self._wheels.name, b""), *((m, b"") for m in sorted(members))]
        key = digest_of([*members_key, *((place, data[place].read_bytes()) for place in sorted(data))])

        def fill(folder: Path) -> None:
            installed = wheels.distributions(self._wheels)
            for path in sorted(p for m in members for p in installed[m].files if wheels.kept(p)):
                target = folder / "python" / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(wheels.content(self._wheels, path))
            for place, source in data.items():
                (folder / "python" / place).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, folder / "python" / place)
            compile_tree(folder / "python", LAYER_PATH, keep_sources=False)

        return self._kept(f"{name}-{self.arch}", key, fill)

    def _compiled(self, name: str, folders: dict[str, Path], runtime: dict[str, str], extra: dict[str, Path] | None = None) -> Package:
        files = {f"{place}/{p.relative_to(folder).as_posix()}": p for place, folder in folders.items() for p in _sources(folder)}
        files |= extra or {}
        key = digest_of([*((place, files[place].read_bytes()) for place in sorted(files)), ("tool", _tool_digest().encode())])

        def fill(folder: Path) -> None:
            for place, source in files.items():
                (folder / place).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, folder / place)
            for place, path in runtime.items():
                compile_tree(folder / place, path)

        return self._kept(name, key, fill)

    def _kept(self, name: str, key: str, fill: Callable[[Path], None]) -> Package:
        """The package of that key, from this run, from an earlier run, or built now."""
        short = hashlib.sha256(f"{name} {key}".encode()).hexdigest()[:16]
        if short not in self._built:
            target, note = self.out / f"{name}-{short}.zip", self.out / f"{name}-{short}.json"
            if target.exists() and note.exists():
                facts = json.loads(note.read_text(encoding="utf-8"))
                self._built[short] = Package(name, target, facts["digest"], facts["unzipped"])
            else:
                self.out.mkdir(parents=True, exist_ok=True)
                with tempfile.TemporaryDirectory(dir=self.out) as folder:
                    fill(Path(folder))
                    package = zip_tree(name, Path(folder), target)
                note.write_text(json.dumps({k: v for k, v in asdict(package).items() if k != "path"}), encoding="utf-8")
                self._built[short] = package
        return self._built[short]

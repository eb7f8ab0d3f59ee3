"""Checks the rules of the house that no linter knows; each finding is one line with its place. `make house` runs it.

Who may import whom is import-linter's part (pyproject.toml); this checks sizes, names, and what must never stand in the code.
"""

import ast
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MAX_FILE = 300
MAX_FUNCTION = 40
SIZED = ("functions", "shared", "infra")
DEPLOYED = ("functions", "shared")
ALL = ("functions", "infra", "shared", "tests", "tools")
REQUIRED = frozenset({"__init__", "handler", "module", "routes", "schemas", "service"})
# One name for one thing: what others call it, and what it is called here.
SYNONYMS = {
    "api": "routes",
    "controller": "routes",
    "controllers": "routes",
    "crud": "repository",
    "dao": "repository",
    "dto": "schemas",
    "endpoints": "routes",
    "lambda_handler": "handler",
    "listeners": "consumers",
    "manifest": "module",
    "models": "schemas, or shared/entities",
    "repositories": "repository",
    "schema": "schemas",
    "services": "service",
    "subscribers": "consumers",
    "views": "routes",
}
GRAB_BAGS = frozenset({"base", "common", "helper", "helpers", "misc", "tools", "util", "utils"})
_REASON = {
    "noqa": re.compile(r"#\s*noqa(?!:?\s*[A-Z]+\d+(?:\s*,\s*[A-Z]+\d+)*\s+-\s+\S)"),
    "type: ignore": re.compile(r"#\s*type:\s*ignore(?!\[[\w, -]+\]\s*(?:#\s*\S|#\s*noqa))"),
    "pragma: no cover": re.compile(r"#\s*pragma: no cover(?!\s*[-#]\s*\S)"),
}
_SKIPS = frozenset({"skip", "skipif", "xfail", "importorskip"})


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A place that breaks a rule."""

    path: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


@dataclass(frozen=True, slots=True)
class File:
    """A source file under check."""

    path: str
    text: str
    tree: ast.Module

    @property
    def package(self) -> str:
        """The top-level folder that it lies in."""
        return self.path.partition("/")[0]

    def at(self, node: ast.AST, text: str) -> Finding:
        """A finding at a node."""
        return Finding(self.path, getattr(node, "lineno", 1), text)


def _body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The lines of a function's body, its signature and docstring aside."""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def sizes(file: File) -> Iterator[Finding]:
    """No file over 300 lines, no function over 40."""
    if file.package not in SIZED:
        return
    length = file.text.count("\n")
    if length > MAX_FILE:
        yield Finding(file.path, MAX_FILE, f"the file has {length} lines, more than {MAX_FILE}")
    for node in ast.walk(file.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = _body_lines(node)
            if lines > MAX_FUNCTION:
                yield file.at(node, f"{node.name} has {lines} lines, more than {MAX_FUNCTION}")


def scans(file: File) -> Iterator[Finding]:
    """No Scan: every read has a key."""
    if file.package not in DEPLOYED:
        return
    for node in ast.walk(file.tree):
        named = isinstance(node, ast.Attribute) and node.attr in {"scan", "rate_limited_scan", "parallel_scan"}
        told = isinstance(node, ast.Constant) and node.value in {"Scan", "scan", "dynamodb:Scan"}
        if named or told:
            yield file.at(node, "a Scan reads other schools' items: read by a key")


def _at_import(tree: ast.Module) -> Iterator[ast.AST]:
    """The nodes that run when the file is imported: all but the bodies of functions."""
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting += [*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)]
        elif not isinstance(node, ast.Lambda):
            waiting += ast.iter_child_nodes(node)


def environment(file: File) -> Iterator[Finding]:
    """No environment read at import: a snapshot would freeze it."""
    if file.package not in DEPLOYED:
        return
    for node in _at_import(file.tree):
        text = ast.unparse(node) if isinstance(node, ast.Attribute | ast.Call) else ""
        if text in {"os.environ", "settings()", "settings.settings()"} or text.startswith(("os.getenv(", "queue_url(")):
            yield file.at(node, f"{text} is read at import: read it at first use")


def imports(file: File) -> Iterator[Finding]:
    """Modules never import each other."""
    place = file.path.split("/")
    if place[0] != "functions" or len(place) < 3:
        return
    for node in ast.walk(file.tree):
        names = (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [a.name for a in node.names]
            if isinstance(node, ast.Import)
            else []
        )
        for name in names:
            parts = name.split(".")
            if parts[0] == "functions" and parts[1:2] != [place[1]]:
                yield file.at(node, f"{place[1]} imports {name}: read the other module's entity, or react to its journal")


def reasons(file: File) -> Iterator[Finding]:
    """Each suppression and each skipped test says why, on its own line."""
    for number, line in enumerate(file.text.splitlines(), 1):
        for name, pattern in _REASON.items():
            if pattern.search(line) and not _quoted(line, name):
                yield Finding(file.path, number, f"this `{name}` gives no reason")
    for node in ast.walk(file.tree):
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Attribute) and called.attr in _SKIPS and ast.unparse(called).startswith("pytest."):
            keywords = {k.arg for k in node.keywords} if isinstance(node, ast.Call) else set()
            if "reason" not in keywords and not (called.attr == "skip" and isinstance(node, ast.Call) and node.args):
                yield file.at(node, f"this {called.attr} gives no reason")


def _quoted(line: str, name: str) -> bool:
    """Whether the words stand inside a string or a docstring of the tool that looks for them."""
    before = line.partition(name)[0]
    return before.count('"') % 2 == 1 or before.count("`") % 2 == 1


RULES: tuple[Callable[[File], Iterator[Finding]], ...] = (sizes, scans, environment, imports, reasons)


def names(root: Path) -> Iterator[Finding]:
    """The same file names in every module: who knows one knows all. A part of the service is named for what it decides."""
    for folder in sorted(p for p in (root / "functions").iterdir() if (p / "__init__.py").exists()):
        found = {p.stem for p in folder.glob("*.py")}
        for missing in sorted(REQUIRED - found):
            yield Finding(f"functions/{folder.name}", 1, f"{missing}.py is missing")
        for other in sorted(found & SYNONYMS.keys()):
            yield Finding(f"functions/{folder.name}/{other}.py", 1, f"elsewhere this is called {SYNONYMS[other]}")
        for other in sorted(found & GRAB_BAGS):
            yield Finding(f"functions/{folder.name}/{other}.py", 1, "this name says nothing of what is inside")


def files(root: Path) -> Iterator[File]:
    """Every Python file of the project."""
    for package in ALL:
        for path in sorted((root / package).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            yield File(path.relative_to(root).as_posix(), text, ast.parse(text))


def check(root: Path = ROOT) -> list[Finding]:
    """Every finding, in order."""
    found: list[Finding] = list(names(root))
    for file in files(root):
        for rule in RULES:
            found += rule(file)
    return sorted(set(found))


def main(say: Callable[[str], object] = sys.stderr.write, found: Iterable[Finding] | None = None) -> int:
    """Say what breaks a rule."""
    listed = list(check() if found is None else found)
    for finding in listed:
        say(f"{finding}\n")
    return 1 if listed else 0


if __name__ == "__main__":
    sys.exit(main())

"""Reads from the code which journal entries can occur: every `unit.create/update/delete/note` and the kind it is of."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_ACTS = {"create": "CREATE", "update": "UPDATE", "delete": "DELETE"}
_ONE_OF = frozenset({"get", "find", "get_for_change"})


@dataclass(frozen=True, slots=True, order=True)
class Noted:
    """A journal entry that can occur, and the module and function that writes it."""

    kind: str
    action: str
    module: str
    where: str


class UnknownKind(ValueError):
    """The code writes a journal entry whose kind cannot be read from it."""


@dataclass(slots=True)
class Source:
    """What is known of the code as a whole: stored kinds, repositories, what functions and methods return."""

    kinds: frozenset[str]
    repositories: dict[str, str] = field(default_factory=dict)
    returns: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)  # attributes of other classes that hold a stored kind
    parameters: dict[str, list[str]] = field(default_factory=dict)
    calls: dict[str, list[ast.Call]] = field(default_factory=dict)  # by the name of what is called

    def learn(self, tree: ast.Module) -> None:
        """Take in a file's repositories, fields and functions, and who calls what."""
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                self._learn_class(node)
            elif isinstance(node, ast.FunctionDef):
                self.parameters[node.name] = [a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
                if node.returns and (kind := self.named(node.returns)):
                    self.returns[node.name] = kind
            elif isinstance(node, ast.Call):
                name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                self.calls.setdefault(name, []).append(node)

    def _learn_class(self, node: ast.ClassDef) -> None:
        for base in node.bases:
            if isinstance(base, ast.Subscript) and ast.unparse(base.value) == "Repository":
                self.repositories[node.name] = ast.unparse(base.slice)
        for line in node.body:
            if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name) and (kind := self.named(line.annotation)):
                self.fields[line.target.id] = kind

    def given(self, function: str, parameter: str) -> list[str]:
        """The texts that callers give a function for a parameter."""
        names = self.parameters.get(function, [])
        found: list[str] = []
        for call in self.calls.get(function, []):
            place = names.index(parameter) - (names[:1] == ["self"]) if parameter in names else len(call.args)
            value = call.args[place] if place < len(call.args) else next((k.value for k in call.keywords if k.arg == parameter), None)
            found += texts(value) if value is not None else []
        return list(dict.fromkeys(found))

    def named(self, annotation: ast.expr) -> str | None:
        """The stored kind that an annotation names: `X`, `X | None`, `list[X]`, `tuple[X, …]`."""
        for node in ast.walk(annotation):
            if isinstance(node, ast.Name) and (node.id in self.kinds or node.id in self.repositories):
                return node.id
            if isinstance(node, ast.Attribute) and node.attr in self.kinds:
                return node.attr
        return None


class _Function(ast.NodeVisitor):
    """Follows one function's variables as far as the kinds of what it writes need it."""

    def __init__(self, source: Source, module: str, owner: str, node: ast.FunctionDef) -> None:
        self.source = source
        self.module = module
        self.name = node.name
        self.found: list[Noted] = []
        self.known: dict[str, str] = {"self": owner} if owner in source.repositories else {}
        self.said: dict[str, list[str]] = {}  # variables that hold a text
        self._learn_parameters(node)
        for inner in node.body:
            self.visit(inner)

    def _learn_parameters(self, node: ast.FunctionDef) -> None:
        for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
            if argument.annotation and (kind := self.source.named(argument.annotation)):
                self.known[argument.arg] = kind

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._learn_parameters(node)
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        self.generic_visit(node)
        for target in node.targets:
            self._bind(target, self._kind(node.value))
            if isinstance(target, ast.Name) and texts(node.value) != ["…"]:
                self.said[target.id] = texts(node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.generic_visit(node)
        self._bind(node.target, self.source.named(node.annotation))

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.generic_visit(node)
        self._bind(node.target, self._kind(node.value))

    def visit_For(self, node: ast.For) -> None:
        self._bind(node.target, self._kind(node.iter))
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        self.generic_visit(node)
        if isinstance(node.func, ast.Attribute) and _is_unit(node.func.value):
            if node.func.attr in _ACTS and node.args:
                self._change(node, _ACTS[node.func.attr])
            elif node.func.attr in {"note", "note_batch"}:
                self._note(node)
        elif isinstance(node.func, ast.Name) and node.func.id == "Change":
            self._note(node)

    def _bind(self, target: ast.expr, kind: str | None) -> None:
        if kind is None:
            return
        for name in target.elts if isinstance(target, ast.Tuple) else [target]:
            if isinstance(name, ast.Name):
                self.known[name.id] = kind

    def _kind(self, value: ast.expr) -> str | None:
        match value:
            case ast.Name(id=name):
                return self.known.get(name)
            case ast.IfExp(body=one, orelse=other) | ast.BoolOp(values=[one, *_, other]):
                return self._kind(one) or self._kind(other)
            case ast.Call(func=ast.Name(id=name), args=arguments):
                if name in self.source.kinds or name in self.source.repositories:
                    return name
                return self.source.returns.get(name) or self._first(arguments)
            case ast.Call(func=ast.Attribute(value=owner, attr=attr), args=arguments):
                if attr == "from_item" and isinstance(owner, ast.Name):
                    return owner.id
                holder = self._kind(owner)
                if attr in _ONE_OF | {"get_many"} and holder in self.source.repositories:
                    return self.source.repositories[holder]
                return self.source.returns.get(attr) or self._first(arguments)
            case ast.Attribute(value=inner, attr=attr):
                return self.source.fields.get(attr) or self._kind(inner)
            case ast.Subscript(value=inner) | ast.Starred(value=inner):
                return self._kind(inner)
            case ast.ListComp(elt=inner) | ast.GeneratorExp(elt=inner):
                return self._kind(inner)
        return None

    def _first(self, arguments: list[ast.expr]) -> str | None:
        """`load(Student, …)`, `sorted(students)`: the kind that a call is given first."""
        if not arguments:
            return None
        first = arguments[0]
        return first.id if isinstance(first, ast.Name) and first.id in self.source.kinds else self._kind(first)

    def _change(self, node: ast.Call, verb: str) -> None:
        options = {k.arg: k.value for k in node.keywords}
        if isinstance(hidden := options.get("journal"), ast.Constant) and hidden.value is False:
            return
        kind = self._kind(node.args[0]) or "?"
        if kind in self.source.repositories:
            kind = self.source.repositories[kind]
        for action in self._texts(options["action"]) if "action" in options else [verb]:
            self._add(kind, action if "_" in action else f"{action}_{kind.upper()}")

    def _note(self, node: ast.Call) -> None:
        if len(node.args) < 2:
            return
        for action in self._texts(node.args[0]):
            for kind in self._texts(node.args[1]):
                self._add(kind, action)

    def _texts(self, value: ast.expr) -> list[str]:
        """The texts that an expression can be, followed to a variable, and to what callers give for a parameter."""
        if isinstance(value, ast.Name):
            return self.said.get(value.id) or self.source.given(self.name, value.id) or ["…"]
        return texts(value)

    def _add(self, kind: str, action: str) -> None:
        self.found.append(Noted(kind, action, self.module, self.name))


def _is_unit(receiver: ast.expr) -> bool:
    """Whether the receiver of a call is a unit of work, by the names that the code gives it."""
    text = ast.unparse(receiver)
    return text == "unit()" or text.rpartition(".")[2].lower() in {"unit", "work", "batch", "closing", "claim", "unit_of_work"}


def texts(value: ast.expr) -> list[str]:
    """The texts that an expression can be; what is not known until run time shows as `…`."""
    match value:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.IfExp(body=one, orelse=other):
            return texts(one) + texts(other)
        case ast.JoinedStr(values=parts):
            return ["".join(str(p.value) if isinstance(p, ast.Constant) else "…" for p in parts)]
    return ["…"]


def _functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Every function with the name of the class that it stands in."""
    for node in ast.walk(tree):
        inside = node.name if isinstance(node, ast.ClassDef) else ""
        yield from ((inside, f) for f in ast.iter_child_nodes(node) if isinstance(f, ast.FunctionDef))


def noted(kinds: frozenset[str], root: Path = ROOT) -> list[Noted]:
    """Every journal entry that the modules and the shared code can write."""
    trees: dict[str, list[ast.Module]] = {}
    for path in sorted([*(root / "functions").rglob("*.py"), *(root / "shared").rglob("*.py")]):
        place = path.relative_to(root).parts
        owner = place[1] if place[0] == "functions" and len(place) > 2 else "shared"
        if place[:2] != ("shared", "data"):
            trees.setdefault(owner, []).append(ast.parse(path.read_text(encoding="utf-8")))
    source = Source(kinds)
    for _ in range(2):  # twice, because an annotation may name a repository that is learnt later
        for tree in (t for listed in trees.values() for t in listed):
            source.learn(tree)
    places = ((owner, inside, f) for owner, listed in trees.items() for tree in listed for inside, f in _functions(tree))
    found = {n for owner, inside, f in places for n in _Function(source, owner, inside, f).found}
    unknown = sorted(n for n in found if n.kind == "?")
    if unknown:
        where = ", ".join(f"{n.module}: {n.where}" for n in unknown)
        raise UnknownKind(f"annotate what is written there, so that docs/events.md can name its kind: {where}")
    return sorted(found)

"""The gateway's routes, generated: the fewest `ANY` patterns that lead each declared route to the function that owns it.

An HTTP API prefers an exact segment to a parameter, and either to a greedy `{proxy+}`; a pattern that matches the whole path
comes before a greedy one. The CDK app makes its routes from `generate`, the local server finds its way by the same `Gateway`.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

PREFIX = ("api",)
GREEDY = "{proxy+}"
_PARAMETER = re.compile(r"<(\w+)>|\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Declared:
    """One declared path (`/api/students/<student_id>`) and the module that owns it."""

    path: str
    owner: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """A route of the gateway, for every method: `/api/students/{proxy+}` leads to `owner`."""

    path: str
    owner: str

    @property
    def greedy(self) -> bool:
        """Whether it takes all that follows."""
        return self.path.endswith(GREEDY)


@dataclass(slots=True)
class _Node:
    """A segment of the declared paths; `name` is the first name that its parameter was given."""

    path: tuple[str, ...] = ()
    owner: str | None = None
    children: dict[str, "_Node"] = field(default_factory=dict)

    def owners(self) -> Counter[str]:
        """How many declared paths each module owns here and below."""
        count = Counter([self.owner] if self.owner else [])
        for child in self.children.values():
            count += child.owners()
        return count


class AmbiguousPath(ValueError):
    """Two modules declare the same path."""


def _segments(path: str) -> list[str]:
    return path.strip("/").split("/")


def _tree(declared: Iterable[Declared]) -> _Node:
    root = _Node()
    for route in declared:
        node = root
        for segment in _segments(route.path):
            parameter = _PARAMETER.fullmatch(segment)
            shown = f"{{{parameter[1] or parameter[2]}}}" if parameter else segment
            node = node.children.setdefault("{}" if parameter else segment, _Node((*node.path, shown)))
        if node.owner not in {None, route.owner}:
            raise AmbiguousPath(f"{route.path} is declared by both {node.owner} and {route.owner}")
        node.owner = route.owner
    return root


def _may_be_greedy(node: _Node) -> bool:
    """Nothing is greedy above a module's own prefix: an unknown path belongs to nobody.

    Nor right after a parameter: AWS does not say which of `/a/{proxy+}` and `/a/{id}/{proxy+}` goes first.
    """
    if not node.children or (node.path and node.path[-1].startswith("{")):
        return False
    return len(node.path) > (len(PREFIX) if node.path[:1] == PREFIX else 0)


def _cover(node: _Node, inherited: str | None) -> list[Pattern]:
    """The fewest patterns at and below a node whose descendants a greedy pattern leads to `inherited`."""
    here = [Pattern("/" + "/".join(node.path), node.owner)] if node.owner and node.owner != inherited else []
    children = list(node.children.values())
    best = [pattern for child in children for pattern in _cover(child, inherited)]
    if not _may_be_greedy(node):
        return here + best
    owned = node.owners()
    for owner in sorted(owned.keys() - {inherited}, key=lambda name: (name == node.owner, owned[name], name)):
        greedy = Pattern("/" + "/".join((*node.path, GREEDY)), owner)
        below = [pattern for child in children for pattern in _cover(child, owner)]
        if 1 + len(below) <= len(best):  # on a tie the greedy one, which needs no change when the module grows
            best = [greedy, *below]
    return here + best


def _rank(pattern: Pattern) -> tuple[bool, tuple[int, ...]]:
    """Smaller is preferred: whole before greedy, then segment by segment exact before parameter before greedy."""
    kinds = tuple(2 if s == GREEDY else 1 if _PARAMETER.fullmatch(s) else 0 for s in _segments(pattern.path))
    return pattern.greedy, kinds


def _matcher(pattern: Pattern) -> re.Pattern[str]:
    parts = (".+" if s == GREEDY else "[^/]+" if _PARAMETER.fullmatch(s) else re.escape(s) for s in _segments(pattern.path))
    return re.compile("/" + "/".join(parts), re.DOTALL)


class Gateway:
    """The gateway's own rule over a set of patterns."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self.patterns = tuple(sorted(patterns, key=_rank))
        self._matchers = tuple((_matcher(p), p) for p in self.patterns)

    def match(self, path: str) -> Pattern | None:
        """The pattern that a path is led by."""
        return next((pattern for matcher, pattern in self._matchers if matcher.fullmatch(path)), None)

    def lead(self, path: str) -> str | None:
        """The module that a path is led to."""
        pattern = self.match(path)
        return pattern.owner if pattern else None


def generate(declared: Iterable[Declared]) -> tuple[Pattern, ...]:
    """The fewest patterns that lead each declared path to its owner, sorted by path."""
    wanted = list(dict.fromkeys(declared))
    patterns = set(_cover(_tree(wanted), None))
    while misled := _misled(wanted, patterns):
        # A parameter's pattern also takes an exact sibling that relied on a greedy one: the sibling gets a pattern of its own.
        patterns |= {Pattern(_PARAMETER.sub(r"{\1\2}", route.path), route.owner) for route in misled}
    for pattern in sorted(patterns, key=lambda p: (not p.greedy, p.path)):
        if not _misled(wanted, patterns - {pattern}):  # the repair above made it idle
            patterns.discard(pattern)
    return tuple(sorted(patterns, key=lambda p: p.path))


def _misled(declared: Iterable[Declared], patterns: set[Pattern]) -> list[Declared]:
    gateway = Gateway(patterns)
    return [route for route in declared if gateway.lead(_PARAMETER.sub("0", route.path)) != route.owner]


def declared_routes() -> tuple[Declared, ...]:
    """What the modules under functions/ declare."""
    from shared.registry import routes  # The generator itself needs no module.

    return tuple(Declared(route.path, module.name) for module, route in routes())


@cache
def gateway() -> Gateway:
    """The gateway of the declared routes."""
    return Gateway(generate(declared_routes()))


def lead(path: str) -> str | None:
    """The module that the gateway leads a path to; None where it answers 404 itself."""
    return gateway().lead(path)

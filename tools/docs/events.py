"""docs/events.md: what the journal can hold, and who works on it."""

import ast
import importlib.util
from collections.abc import Iterable
from pathlib import Path

from shared.manifest import Module
from tools.docs import markdown
from tools.docs.journal_source import noted
from tools.docs.keys import stored_kinds
from tools.docs.markdown import code

_INTRO = """\
Every committed change leaves one entry for each kind of record in its own transaction; the table's stream hands the entries to the consumers. \
An entry carries `kind`, `action`, `entityId` or `entityIds`, who did it, from where and when, and the changed fields before and after. \
`…` stands for what is known at run time only."""


def _purpose(handler: str) -> str:
    """What a handler does: the docstring of the function it calls, else that of its file."""
    module, _, name = handler.rpartition(".")
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        return ""
    tree = ast.parse(Path(spec.origin).read_text(encoding="utf-8"))
    told = {n.name: ast.get_docstring(n) for n in tree.body if isinstance(n, ast.FunctionDef)}
    for node in tree.body:
        targets = [t.id for t in node.targets if isinstance(t, ast.Name)] if isinstance(node, ast.Assign) else []
        if name in targets and isinstance(node, ast.Assign):
            told[name] = next((told[n.id] for n in ast.walk(node.value) if isinstance(n, ast.Name) and told.get(n.id)), None)
    return (told.get(name) or ast.get_docstring(tree) or "").split("\n")[0]


def journal(modules: Iterable[Module]) -> str:
    """The page."""
    listed = list(modules)
    entries: dict[tuple[str, str], set[str]] = {}
    for found in noted(frozenset(k.__name__ for k in stored_kinds())):
        entries.setdefault((found.kind, found.action), set()).add(found.module)
    readers = [(c, m) for m in listed for c in m.consumers]
    rows = [
        (kind, code(action), ", ".join(sorted(owners)), ", ".join(sorted(c.name for c, _ in readers if not c.kinds or kind in c.kinds)))
        for (kind, action), owners in sorted(entries.items())
    ]
    consumers = [(c.name, m.name, ", ".join(c.kinds) or "every kind", _purpose(c.handler)) for c, m in readers]
    schedules = [(s.name, m.name, code(s.expression), _purpose(s.handler)) for m in listed for s in m.schedules]
    queues = [
        (q.name, m.name, f"{q.max_receives} times, then its dead-letter queue", _purpose(q.handler)) for m in listed for q in m.queues
    ]
    triggers = [(t.event, m.name, _purpose(t.handler)) for m in listed for t in m.pool_triggers]
    parts = [_INTRO, "## Entries", markdown.table(("kind", "action", "written by", "consumed by"), rows)]
    for title, heads, lines in (
        ("Consumers", ("consumer", "module", "kinds", "what it does"), consumers),
        ("Queues", ("queue", "module", "tried", "what it does"), queues),
        ("Schedules", ("schedule", "module", "when (UTC)", "what it does"), schedules),
        ("Triggers of the user pool", ("event", "module", "what it does"), triggers),
    ):
        if lines:
            parts += [f"## {title}", markdown.table(heads, lines)]
    return markdown.page("Journal and background work", *parts)

"""docs/keys.md: the access patterns of the single table, from the key templates on the stored classes."""

import importlib
import pkgutil
from collections.abc import Iterator

import shared.data
import shared.entities
from shared.data.item import PLATFORM_ITEMS, Item
from shared.data.schema import INDEX
from tools.docs import markdown
from tools.docs.markdown import code


def _below(kind: type[Item]) -> Iterator[type[Item]]:
    for sub in kind.__subclasses__():
        yield sub
        yield from _below(sub)


def stored_kinds() -> list[type[Item]]:
    """Every stored class of the project, by name."""
    for package in (shared.data, shared.entities):
        for found in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{package.__name__}.{found.name}")
    kinds = {k for k in _below(Item) if "keys" in vars(k) and k.__module__.startswith("shared.")}
    return sorted(kinds, key=lambda k: k.__name__)


def table() -> str:
    """The page: one row for each way to read a kind of item."""
    rows = []
    for kind in stored_kinds():
        keys = kind.keys
        scope = "platform" if kind.__name__ in PLATFORM_ITEMS else "school"
        rows.append((kind.__name__, scope, "table", code(keys.pk), code(keys.sk), keys.purpose))
        if keys.gsi1pk:
            rows.append((kind.__name__, scope, INDEX, code(keys.gsi1pk), code(keys.gsi1sk), keys.index_purpose))
    intro = (
        "One table, partition key `pk`, sort key `sk`, one index. A read by a whole key is one round trip and half a read unit for each "
        "4 KB (one, strongly consistent); a read of a partition or of a sort-key prefix is one round trip for each MB. Every partition key of a "
        "school begins with `SCHOOL#{school_id}`; only the kinds marked *platform* do not."
    )
    return markdown.page("Access patterns", intro, markdown.table(("kind", "scope", "by", "partition key", "sort key", "for"), rows))

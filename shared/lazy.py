"""Loads the modules that a cold start does not need when they are first used.

Declaring routes takes their schemas alone; services, repositories and the data layer pull in PynamoDB and botocore, half of
a cold start. `functions/__init__.py` installs this finder, so that `from functions.fees import schemas, service` gives a
service that is executed at its first attribute. `from … import name` of such a module executes it at once, as ever.
"""

import importlib.machinery
import importlib.util
import sys
from collections.abc import Sequence
from types import ModuleType

_EAGER = frozenset({"handler", "module", "routes", "schemas"})  # also with a topic behind it: routes_payments, schemas_payments
_LAZY_SHARED = frozenset({"shared.http.decision"})


def _is_lazy(name: str) -> bool:
    parts = name.split(".")
    return name in _LAZY_SHARED or (parts[0] == "functions" and len(parts) == 3 and parts[2].partition("_")[0] not in _EAGER)


class _Finder:
    """Wraps the loader of a lazy module; leaves every other to the finders behind it.

    `importlib.abc`, which has a base class for it, would cost a twentieth of a cold start.
    """

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The module's own spec with a loader that waits, or None."""
        if not _is_lazy(fullname):
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None and not spec.submodule_search_locations:
            spec.loader = importlib.util.LazyLoader(spec.loader)
        return spec


def install() -> None:
    """Put the finder before the others, once a process."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


def load_all() -> None:
    """Execute every module that still waits: for a snapshot taken after the start."""
    for name, module in list(sys.modules.items()):
        if _is_lazy(name):
            dir(module)

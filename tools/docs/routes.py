"""docs/routes.md: every declared route in one table."""

from collections.abc import Iterable

from shared.http.router import Route
from shared.manifest import Module
from tools.docs import markdown
from tools.docs.markdown import code

_IDEMPOTENCY = {"commit": "with the change", "claim": "claimed before", "none": ""}


def table(declared: Iterable[tuple[Module, Route]]) -> str:
    """The page."""
    listed = sorted(declared, key=lambda d: (d[1].template, d[1].method))
    intro = (
        f"{len(listed)} routes of {len({m.name for m, _ in listed})} modules. `public` needs no sign-in, `signed-in` any role. "
        "An `Idempotency-Key` is kept in the change's own transaction (*with the change*), or claimed before work that takes many "
        "transactions (*claimed before*); elsewhere it is ignored, because the answer must not be kept."
    )
    rows = [
        (r.method, code(r.template), m.name, code(r.allow), "" if r.rate == "none" else r.rate, _IDEMPOTENCY[r.idempotent], code(r.name))
        for m, r in listed
    ]
    heads = ("method", "path", "module", "permission", "limit", "Idempotency-Key", "use case")
    return markdown.page("Routes", intro, markdown.table(heads, rows))

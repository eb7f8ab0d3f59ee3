"""docs/permissions.md: which role may call which route."""

from collections.abc import Iterable

from shared.auth.permissions import GRANTED, Permission, Role
from shared.http.router import Route
from shared.manifest import Module
from tools.docs import markdown
from tools.docs.markdown import code
from tools.docs.operations import roles_of

_YES = "yes"


def matrix(declared: Iterable[tuple[Module, Route]]) -> str:
    """The page: role × route, and role × permission."""
    listed = sorted((r for _, r in declared), key=lambda r: (r.template, r.method))
    by_route = [(f"{r.method} {code(r.template)}", code(r.allow), *(_YES if role in roles_of(r) else "" for role in Role)) for r in listed]
    by_permission = [(code(p), *(_YES if p in GRANTED[role] else "" for role in Role)) for p in Permission]
    intro = (
        "Whether a role may call a route at all; which records it then sees (a teacher's own classes, a parent's own children) is the "
        "module's decision. A SUPER_ADMIN works in a school by naming it with `X-School-Id`, and each such look is audited."
    )
    return markdown.page(
        "Permissions",
        intro,
        "## Routes",
        markdown.table(("route", "permission", *Role), by_route),
        "## Permissions of the roles",
        markdown.table(("permission", *Role), by_permission),
    )

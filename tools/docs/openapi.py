"""The OpenAPI 3.1 document of every route below `/api`."""

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from shared.http.router import Route
from shared.manifest import Module
from tools.docs import components as shared_components
from tools.docs.models import schemas_of
from tools.docs.operations import Operations, operation_id, wanted_by

type Json = dict[str, Any]
type Declared = tuple[Module, Route]

PREFIX = "/api/"
ROOT = Path(__file__).resolve().parents[2]
DESCRIPTION = """\
The backend that a school runs on, and that a thousand schools share.

**Signing in.** `POST /api/auth/login` answers with an access token (an hour) and a refresh token. Send the access token as \
`Authorization: Bearer …`; browsers get the same as cookies, and then send `X-CSRF-Token` with each write.

**Answers** have one envelope: `{"success": true, "data": …, "message": …}`, lists with `pagination` instead of a message, and \
errors as `{"success": false, "error": {"code", "message", "details", "requestId"}}`. A record of another school does not exist: 404.

**Changes.** PUT changes the fields that are sent; `null` clears an optional field; an unknown field is refused by name. \
`If-Match` with a version that is behind gets 409. `Idempotency-Key` on a POST makes a retry safe.

**Lists** take `page`, `pageSize`, `sort`, `search` and the filters of their fields; an unknown parameter is refused by name. Totals are exact.

**Time and money.** Timestamps are UTC with milliseconds; dates are the school's own. Money is a number with the decimals of the school's currency.\
"""


class DoubleOperation(ValueError):
    """Two routes have the same use case name, hence the same operation id."""


def version() -> str:
    """The project's version."""
    project: str = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    return project


def in_contract(declared: Iterable[Declared]) -> list[Declared]:
    """The routes that the document tells: all below `/api`, by path and method."""
    return sorted((d for d in declared if d[1].path.startswith(PREFIX)), key=lambda d: (d[1].template, d[1].method))


def _tags(declared: Iterable[Declared]) -> list[Json]:
    made: dict[str, str] = {}
    for module, route in declared:
        made.setdefault(route.tag, module.tags.get(route.tag) or f"{module.title}.")
    return [{"name": name, "description": told} for name, told in sorted(made.items())]


def document(declared: Iterable[Declared]) -> Json:
    """The whole document."""
    listed = in_contract(declared)
    schemas, models = schemas_of(w for _, route in listed for w in wanted_by(route))
    parts: Json = {
        "schemas": {**models, **shared_components.SCHEMAS},
        "responses": {},
        "parameters": shared_components.PARAMETERS,
        "headers": shared_components.HEADERS,
        "securitySchemes": shared_components.SECURITY_SCHEMES,
    }
    build = Operations(schemas, parts)
    paths: Json = {}
    owners: dict[str, str] = {}
    for _, route in listed:
        known = owners.setdefault(operation_id(route), f"{route.method} {route.path}")
        if known != f"{route.method} {route.path}":
            raise DoubleOperation(f"{known} and {route.method} {route.path} are both {operation_id(route)}")
        paths.setdefault(route.template, {})[route.method.lower()] = build.of(route)
    used = _used(paths, parts)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Homeroom", "version": version(), "description": DESCRIPTION},
        "servers": [{"url": "/", "description": "The host that serves this document."}],
        "tags": _tags(listed),
        "paths": paths,
        "components": {kind: {n: s for n, s in sorted(inner.items()) if (kind, n) in used} for kind, inner in parts.items()},
    }


def _used(paths: Json, parts: Json) -> set[tuple[str, str]]:
    """Components that something refers to; the ways to sign in always count."""
    seen = {("securitySchemes", name) for name in parts["securitySchemes"]}
    waiting: list[Any] = [paths]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            waiting += [v for k, v in value.items() if k not in {"example", "examples"}]
            if isinstance(ref := value.get("$ref"), str):
                kind, name = ref.split("/")[2:4]
                if (kind, name) not in seen:
                    seen.add((kind, name))
                    waiting.append(parts[kind][name])
    return seen

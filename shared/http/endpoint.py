"""Binds a declared route to a request: path parameters, query, body and caller by the types of its function."""

import inspect
from dataclasses import dataclass
from functools import cache
from typing import Any, get_type_hints

from pydantic import BaseModel

from shared.auth.caller import Caller
from shared.errors import Detail, NotFound, PayloadTooLarge, UnsupportedMediaType, ValidationFailed
from shared.http.body import expect_json, parse_json, validated
from shared.http.request import Request
from shared.http.router import Route
from shared.http.schema import In, Query
from shared.ids import is_id

_MAX_NAMED = 50  # unknown parameters that an answer names


@dataclass(frozen=True, slots=True)
class Signature:
    """What a route's function takes and gives."""

    path: tuple[str, ...]
    query: tuple[str, type[Query]] | None
    body: tuple[str, type[BaseModel]] | None
    takes_caller: bool
    takes_request: bool
    returns: Any


@cache
def signature_of(route: Route) -> Signature:
    """Read a route's function once. A parameter that cannot be placed is a TypeError that names it."""
    hints = get_type_hints(route.call)
    path: list[str] = []
    query = body = None
    for name in inspect.signature(route.call).parameters:
        hint = hints[name]
        if hint is Caller or hint is Request:
            continue
        if f"<{name}>" in route.path:
            path.append(name)
        elif isinstance(hint, type) and issubclass(hint, Query):
            query = (name, hint)
        elif isinstance(hint, type) and issubclass(hint, In):
            body = (name, hint)
        else:
            raise TypeError(f"{route.method} {route.path}: {name} is neither in the path, a Query, an In, Caller nor Request")
    return Signature(
        path=tuple(path),
        query=query,
        body=body,
        takes_caller=Caller in hints.values(),
        takes_request=Request in hints.values(),
        returns=hints.get("return"),
    )


def _caller_name(route: Route, kind: type) -> str:
    return next(n for n, h in get_type_hints(route.call).items() if h is kind and n != "return")


def _query_values(request: Request, model: type[Query]) -> dict[str, Any]:
    """Query parameters as the model takes them: a field of several values gets a list, any other its last value."""
    many = {f.alias or n for n, f in model.model_fields.items() if "list[" in str(f.annotation)}
    values: dict[str, Any] = {}
    for name, value in request.query:
        if name in many:
            values.setdefault(name, []).extend(v for v in value.split(",") if v)
        else:
            values[name] = value
    return values


@cache
def _empty_will_do(model: type[BaseModel]) -> bool:
    """Whether a request may leave such a body away: it says that it can be empty, and no field is needed."""
    return bool(getattr(model, "body_optional", False)) and not any(f.is_required() for f in model.model_fields.values())


def arguments(route: Route, request: Request, path: dict[str, str], caller: Caller | None) -> dict[str, Any]:
    """The arguments of the route's function, all checked. Raises what is wrong, every bad field at once."""
    wanted = signature_of(route)
    made: dict[str, Any] = {}
    for name in wanted.path:
        value = path[name]
        if name.endswith("_id") and not is_id(value):
            raise NotFound
        made[name] = value
    if wanted.query:
        name, model = wanted.query
        made[name] = validated(model, _query_values(request, model))
    elif request.query:
        raise ValidationFailed(details=tuple(Detail(n[:200], "There is no such parameter") for n, _ in request.query[:_MAX_NAMED]))
    if route.method != "GET" and len(request.body) > route.max_body:
        raise PayloadTooLarge(f"The body is larger than {route.max_body} bytes")
    if wanted.body:
        name, body_model = wanted.body
        if request.body or not _empty_will_do(body_model):
            expect_json(request.media_type)
            made[name] = validated(body_model, parse_json(request.body))
        else:
            made[name] = body_model()
    elif route.body_types and not any(request.media_type == t for t in route.body_types):
        raise UnsupportedMediaType(f"Send the body as {' or '.join(route.body_types)}")
    if wanted.takes_caller:
        made[_caller_name(route, Caller)] = caller
    if wanted.takes_request:
        made[_caller_name(route, Request)] = request
    return made

"""Which errors an operation can give, and how OpenAPI tells them."""

from typing import Any

from shared.errors import (
    AppError,
    Conflict,
    Forbidden,
    NotFound,
    PayloadTooLarge,
    RateLimited,
    Unauthorized,
    Unavailable,
    UnsupportedMediaType,
    ValidationFailed,
)
from shared.http.endpoint import signature_of
from shared.http.router import PUBLIC, Route

type Json = dict[str, Any]

REQUEST_ID = "0f3c1f6e-6d0c-4c62-9d3a-2f0a7e5b9c11"
_RETRY = frozenset({409, 429, 503})  # answers that may say when to come again
_COUNTED = frozenset({400, 403, 404, 409, 413, 415})  # answers given after the request was counted


def errors_of(route: Route) -> dict[int, tuple[type[AppError], ...]]:
    """The errors that a route can give, by status: what it declares, and what the way through the module adds."""
    signature = signature_of(route)
    found: list[type[AppError]] = [ValidationFailed, *route.raises]
    if route.allow != PUBLIC:
        found += [Unauthorized, Forbidden, NotFound]
    if signature.path:
        found.append(NotFound)
    if route.idempotent != "none":
        found.append(Conflict)
    if route.method != "GET":
        found.append(PayloadTooLarge)
    if signature.body or route.body_types:
        found.append(UnsupportedMediaType)
    if route.rate != "none":
        found.append(RateLimited)
    found += [AppError, Unavailable]
    by_status: dict[int, list[type[AppError]]] = {}
    for kind in dict.fromkeys(found):
        by_status.setdefault(kind.status, []).append(kind)
    return {status: tuple(kinds) for status, kinds in sorted(by_status.items())}


def _name(kinds: tuple[type[AppError], ...]) -> str:
    return "".join("InternalError" if k is AppError else k.__name__ for k in kinds)


def _example(kind: type[AppError]) -> Json:
    error: Json = {"code": kind.code, "message": kind.message, "requestId": REQUEST_ID}
    if issubclass(kind, ValidationFailed):
        error["details"] = [{"field": "name", "message": "Field required"}]
    return {"success": False, "error": error}


def _response(kinds: tuple[type[AppError], ...]) -> Json:
    codes = sorted({k.code for k in kinds})
    of_code = {"properties": {"error": {"properties": {"code": {"enum": codes}}}}}
    headers = {"X-Request-Id": {"$ref": "#/components/headers/RequestId"}}
    if kinds[0].status in _RETRY:
        headers["Retry-After"] = {"$ref": "#/components/headers/RetryAfter"}
    if kinds[0].status in _COUNTED:
        headers |= {n: {"$ref": f"#/components/headers/{n.replace('-', '')}"} for n in ("RateLimit", "RateLimit-Policy")}
    examples = {"InternalError" if k is AppError else k.__name__: {"summary": k.message, "value": _example(k)} for k in kinds}
    return {
        "description": " ".join((k.__doc__ or k.message).strip().splitlines()[0] for k in kinds if k is not AppError)
        or "Something went wrong on our side.",
        "headers": headers,
        "content": {
            "application/json": {"schema": {"allOf": [{"$ref": "#/components/schemas/ErrorEnvelope"}, of_code]}, "examples": examples}
        },
    }


def responses_of(route: Route, components: Json) -> Json:
    """The error responses of an operation; each is a component, made where it is first needed."""
    made: Json = {}
    for status, kinds in errors_of(route).items():
        components.setdefault(_name(kinds), _response(kinds))
        made[str(status)] = {"$ref": f"#/components/responses/{_name(kinds)}"}
    return made

"""One operation of the OpenAPI document from one declared route."""

import re
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel

from shared.auth.permissions import Permission, Role, may
from shared.http.endpoint import signature_of
from shared.http.envelope import Accepted, Created, Download, Ok, Page
from shared.http.router import PUBLIC, Route
from shared.http.schema import Query
from shared.names import camel
from tools.docs.errors import responses_of
from tools.docs.examples import Maker, example_id
from tools.docs.models import Schema, Wanted, resolved, without_null

type Json = dict[str, Any]

_STATUS = {Ok: 200, Page: 200, Created: 201, Accepted: 202}
_MESSAGE = {Ok: "Operation successful", Created: "Created", Accepted: "Accepted"}
_VERSIONED = frozenset({"PUT", "PATCH", "DELETE"})


class UntypedRoute(TypeError):
    """A route's function does not say what it answers with."""


def answers_of(route: Route) -> tuple[Any, ...]:
    """The kinds of answer that a route's annotation names: `Ok[X]`, `Page[X]`, `Download`, or several."""
    returns = signature_of(route).returns
    kinds = get_args(returns) if get_origin(returns) in {Union, UnionType} else (returns,)
    for kind in kinds:
        if kind is not Download and get_origin(kind) not in _STATUS:
            raise UntypedRoute(
                f"{route.method} {route.path}: annotate {route.name} with Ok[…], Created[…], Accepted[…], Page[…] or Download"
            )
    return kinds


def wanted_by(route: Route) -> list[Wanted]:
    """The types whose schemas the operation shows."""
    signature = signature_of(route)
    wanted: list[Wanted] = [(m, "validation") for _, m in filter(None, (signature.query, signature.body))]
    return wanted + [(get_args(kind)[0], "serialization") for kind in answers_of(route) if kind is not Download]


def versioned(route: Route) -> bool:
    """Whether the route changes one record that carries a version, so that `If-Match` means something."""
    if route.method not in _VERSIONED:
        return False
    data = [get_args(k)[0] for k in answers_of(route) if k is not Download]
    return bool(signature_of(route).path) or any(_has_version(d) for d in data)


def _has_version(kind: Any) -> bool:
    return (
        isinstance(kind, type)
        and issubclass(kind, BaseModel)
        and "version" in kind.model_fields
        and kind.model_fields["version"].annotation is int
    )


def operation_id(route: Route) -> str:
    """The use case's name as clients write it."""
    return camel(route.name)


def roles_of(route: Route) -> list[Role]:
    """The roles that may call a route at all."""
    return [r for r in Role if not isinstance(route.allow, Permission) or may(r, route.allow)]


class Operations:
    """Builds operations; gathers the components that they refer to."""

    def __init__(self, schemas: dict[Wanted, Schema], components: Json) -> None:
        self.schemas = schemas
        self.components = components
        self.maker = Maker(components["schemas"])

    def of(self, route: Route) -> Json:
        """The operation of a route."""
        made: Json = {
            "operationId": operation_id(route),
            "summary": _sentence(route.summary),
            "description": f"{route.description}\n\n{_terms(route)}",
            "tags": [route.tag],
            "parameters": [*self._path(route), *self._query(route), *_headers(route)],
        }
        if body := self._body(route):
            made["requestBody"] = body
        made["responses"] = {**self._success(route), **responses_of(route, self.components["responses"])}
        made["security"] = [] if route.allow == PUBLIC else [{"bearer": []}, {"cookie": []}]
        return made

    def _path(self, route: Route) -> list[Json]:
        return [self._path_parameter(n) for n in re.findall(r"<(\w+)>", route.path)]

    def _path_parameter(self, name: str) -> Json:
        words = name.removesuffix("_id").replace("_", " ")
        if name.endswith("_id"):
            schema: Schema = {"type": "string", "format": "uuid"}
            return _parameter(name, "path", f"Id of the {words}", schema, example_id(name), required=True)
        return _parameter(name, "path", f"The {words}", {"type": "string", "minLength": 1}, camel(name), required=True)

    def _query(self, route: Route) -> list[Json]:
        signature = signature_of(route)
        if not signature.query:
            return []
        model: type[Query] = signature.query[1]
        schema = resolved(self.schemas[(model, "validation")], self.components["schemas"])
        required = schema.get("required", ())
        return [self._query_parameter(n, s, n in required) for n, s in schema.get("properties", {}).items()]

    def _query_parameter(self, name: str, schema: Schema, required: bool) -> Json:
        schema = without_null(dict(schema))
        told = schema.pop("description", None) or f"Only what has this {re.sub(r'([A-Z])', r' \1', name).lower()}"
        made = _parameter(name, "query", told, schema, None if name == "sort" else self.maker.of(schema, name), required=required)
        if resolved(schema, self.components["schemas"]).get("type") == "array":
            made |= {"style": "form", "explode": False}
        return made

    def _body(self, route: Route) -> Json | None:
        signature = signature_of(route)
        told = route.examples.get("request")
        if signature.body:
            schema = self.schemas[(signature.body[1], "validation")]
            example = told if told is not None else self.maker.of(schema)
            optional = getattr(signature.body[1], "body_optional", False)
            return {"required": not optional, "content": {"application/json": {"schema": schema, "example": example}}}
        if not route.body_types:
            return None
        return {"required": True, "content": {t: self._file(t, told if t == "application/json" else None) for t in route.body_types}}

    def _file(self, media_type: str, told: Any = None) -> Json:
        if media_type == "multipart/form-data":
            part = {"type": "string", "contentMediaType": "application/octet-stream", "description": "The file."}
            schema: Schema = {"type": "object", "required": ["file"], "properties": {"file": part}}
        elif media_type == "application/json":
            schema = {"type": "object"}
        else:
            schema = {"type": "string", "contentMediaType": media_type}
        return {"schema": schema, "example": told if told is not None else self.maker.of(schema)}

    def _success(self, route: Route) -> Json:
        made: Json = {}
        for kind in answers_of(route):
            status, response = self._download(route) if kind is Download else self._enveloped(route, kind)
            content = {**made.get(status, {}).get("content", {}), **response["content"]}
            made[status] = {**response, "content": content}
        return made

    def _enveloped(self, route: Route, kind: Any) -> tuple[str, Json]:
        origin, data = get_origin(kind), get_args(kind)[0]
        schema = self.schemas[(data, "serialization")]
        told = route.examples.get("response")
        example = told if told is not None else self.maker.of(schema, "data", getattr(data, "__name__", ""))
        envelope: Schema = {"type": "object", "additionalProperties": False, "properties": {"success": {"type": "boolean", "const": True}}}
        if origin is Page:
            envelope["required"] = ["success", "data", "pagination"]
            envelope["properties"] |= {
                "data": {"type": "array", "items": schema},
                "pagination": {"$ref": "#/components/schemas/Pagination"},
            }
            rows = example if isinstance(example, list) else [example]
            body = {"success": True, "data": rows, "pagination": {"page": 1, "pageSize": 20, "totalPages": 1, "totalRecords": len(rows)}}
        else:
            envelope["required"] = ["success", "data", "message"]
            envelope["properties"] |= {"data": schema, "message": {"type": "string", "description": "What was done, for people."}}
            body = {"success": True, "data": example, "message": _MESSAGE[origin]}
        response = {
            "description": (data.__doc__ or "").splitlines()[0]
            if _is_model(data) and origin is not Page
            else f"{_sentence(route.summary)}.",
            "headers": _success_headers(route, versioned=origin is not Page and _has_version(data)),
            "content": {"application/json": {"schema": envelope, "example": body}},
        }
        return str(_STATUS[origin]), response

    def _download(self, route: Route) -> tuple[str, Json]:
        headers = _success_headers(route, versioned=False)
        if route.produces == ("application/json",):
            headers |= {"ETag": {"$ref": "#/components/headers/ContentTag"}, "Cache-Control": {"$ref": "#/components/headers/CacheControl"}}
        else:
            headers["Content-Disposition"] = {"$ref": "#/components/headers/ContentDisposition"}
        content = {t: self._file(t, route.examples.get("response")) for t in route.produces}
        return "200", {"description": f"{_sentence(route.summary)}.", "headers": headers, "content": content}


def _sentence(text: str) -> str:
    """The first sentence, without its full stop."""
    return re.split(r"(?<=\w)[.:;] ", text, maxsplit=1)[0].rstrip(".")


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _parameter(name: str, place: str, told: str, schema: Schema, example: Any, *, required: bool) -> Json:
    """A parameter. The example of an optional one stands in its schema, so that an explorer shows it and does not send it unasked."""
    made: Json = {"name": name, "in": place, "description": told, "required": required, "schema": schema}
    if example is None:
        return made
    return {**made, "example": example} if required else {**made, "schema": {**schema, "examples": [example]}}


def _terms(route: Route) -> str:
    """Who may call it and how often, in a sentence each."""
    if route.allow == PUBLIC:
        who = "Needs no sign-in."
    elif isinstance(route.allow, Permission):
        who = f"Needs the permission `{route.allow}` ({', '.join(roles_of(route))})."
    else:
        who = "Needs a sign-in, of any role."
    return who if route.rate == "none" else f"{who} Counts towards the limit `{route.rate}`."


def _headers(route: Route) -> list[Json]:
    names = []
    if route.allow != PUBLIC:
        names.append("SchoolId")
        if route.method != "GET":
            names.append("CsrfToken")
    if route.idempotent != "none":
        names.append("IdempotencyKey")
    if versioned(route):
        names.append("IfMatch")
    return [{"$ref": f"#/components/parameters/{n}"} for n in names]


def _success_headers(route: Route, *, versioned: bool) -> Json:
    names = ["RequestId"]
    if versioned:
        names.append("ETag")
    if route.rate != "none":
        names += ["RateLimit", "RateLimitPolicy"]
    if route.idempotent != "none":
        names.append("IdempotencyReplayed")
    wire = {"RequestId": "X-Request-Id", "RateLimitPolicy": "RateLimit-Policy", "IdempotencyReplayed": "Idempotency-Replayed"}
    return {wire.get(n, n): {"$ref": f"#/components/headers/{n}"} for n in names}

"""What the sweep asks of each declared route, derived from its declaration and from the OpenAPI document."""

import copy
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, get_origin

from infra.routes import lead
from shared.auth import gate
from shared.auth.permissions import Permission, Role, may
from shared.http.endpoint import signature_of
from shared.http.envelope import Page
from shared.http.router import Route
from shared.registry import routes
from tests.contract.records import FACTORIES, Place
from tools.docs.openapi import PREFIX, document
from tools.docs.operations import operation_id

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
NEVER_MADE = "0198a2b4-0000-7000-8000-00000000dead"
# Routes that say entry by entry what became of a body, and refuse the bad entries alone.
ENTRY_BY_ENTRY = frozenset({"/api/attendance/sync"})
WRONG_TYPES = "every value of a wrong type"
# Body fields that name another record, where the name differs from the path parameter of its kind.
BODY_IDS = {"classTeacherId": "teacher_id", "targetClassId": "class_id", "toClassId": "class_id", "fromClassId": "class_id"}


@cache
def contract() -> dict[str, Any]:
    """The OpenAPI document of the code as it stands."""
    return document(routes())


@cache
def declared() -> tuple[Route, ...]:
    """Every declared route, those of the explorer included."""
    return tuple(route for _, route in routes())


def name_of(route: Route) -> str:
    """How a test is called after its route."""
    return f"{route.method} {route.path}"


def operation_of(route: Route) -> dict[str, Any] | None:
    """The route's operation, None where it is no part of the contract."""
    if not route.path.startswith(PREFIX):
        return None
    found: dict[str, Any] = contract()["paths"][route.template][route.method.lower()]
    assert found["operationId"] == operation_id(route)
    return found


def parameters(route: Route) -> list[str]:
    """The names of the route's path parameters."""
    return re.findall(r"<(\w+)>", route.path)


def path_of(route: Route, ids: dict[str, str]) -> str:
    """The route's path with its parameters filled in."""
    return re.sub(r"<(\w+)>", lambda m: ids[m[1]], route.path)


def own_ids(route: Route, place: Place) -> dict[str, str]:
    """The ids of the place's own records for each parameter."""
    return {name: place.id_of(name) for name in parameters(route)}


def platform(route: Route) -> bool:
    """Whether the route is the platform's own: it works without a school, over all schools."""
    return route.allow in gate.PLATFORM_PERMISSIONS


def allowed(route: Route, role: Role) -> bool:
    """Whether the role may call the route at all."""
    return not isinstance(route.allow, Permission) or may(role, route.allow)


def allowed_roles(route: Route) -> list[Role]:
    """The roles that may call it, an admin of the school first."""
    first = [Role.SCHOOL_ADMIN, Role.SUPER_ADMIN]
    return sorted((r for r in Role if allowed(route, r)), key=lambda r: (r not in first, list(Role).index(r)))


def asks_of(place: Place, role: Role, route: Route) -> tuple[Any, dict[str, str]]:
    """The client of a person of that role, and the header with which a SUPER_ADMIN works in the place's school."""
    headers = {"X-School-Id": place.school.id} if role == Role.SUPER_ADMIN and not platform(route) else {}
    return place.people[role].client, headers


@dataclass(frozen=True, slots=True)
class Sent:
    """A body as it is sent."""

    raw: bytes | None
    media_type: str | None

    @property
    def headers(self) -> dict[str, str]:
        """Its content type."""
        return {"content-type": self.media_type} if self.media_type else {}


def example_of(route: Route) -> Any:
    """The example of the route's JSON body, None where it takes none."""
    operation = operation_of(route)
    content = (operation or {}).get("requestBody", {}).get("content", {})
    return copy.deepcopy(content.get("application/json", {}).get("example"))


def with_ids(value: Any, place: Place, replaced: dict[str, str] | None = None) -> Any:
    """The example with ids of the place's own records in it; `replaced` says other ids by field."""
    if isinstance(value, dict):
        return {k: (replaced or {}).get(k) or _own(k, v, place) for k, v in value.items()}
    return [with_ids(v, place, replaced) for v in value] if isinstance(value, list) else value


def parameter_of(name: str) -> str | None:
    """The path parameter whose records a body field names: `classId` → `class_id`."""
    parameter = BODY_IDS.get(name) or re.sub(r"([A-Z])", lambda m: f"_{m[1].lower()}", name.removesuffix("s"))
    return parameter if parameter.endswith("_id") and parameter in FACTORIES else None


def _own(name: str, value: Any, place: Place) -> Any:
    parameter = parameter_of(name)
    if parameter and isinstance(value, str):
        return place.id_of(parameter)
    if parameter and isinstance(value, list) and all(isinstance(v, str) for v in value):
        return [place.id_of(parameter)]
    return with_ids(value, place)


def id_fields(value: Any) -> Iterator[str]:
    """The fields of a body, at any depth, that name other records."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if parameter_of(name) and isinstance(inner, str):
                yield name
            yield from id_fields(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from id_fields(inner)


def good_body(route: Route, place: Place, replaced: dict[str, str] | None = None) -> Sent:
    """A body that the route takes."""
    operation = operation_of(route)
    content = (operation or {}).get("requestBody", {}).get("content", {})
    if "application/json" in content:
        return Sent(json.dumps(with_ids(example_of(route), place, replaced)).encode(), "application/json")
    if not content:
        return Sent(None, None)
    media_type = next(iter(content))
    text = content[media_type]["example"]
    return Sent(text.encode() if isinstance(text, str) else b"{}", media_type)


def _scalars(value: Any, put: Any, kinds: tuple[type, ...] = (str, int, float, bool, type(None))) -> Any:
    """The value with every scalar of some kinds replaced."""
    if isinstance(value, dict):
        return {k: _scalars(v, put, kinds) for k, v in value.items()}
    if isinstance(value, list):
        return [_scalars(v, put, kinds) for v in value]
    return put if isinstance(value, kinds) else value


def _raw(value: Any, literal: bytes) -> bytes:
    """The value as JSON, with a literal that no JSON writer would write in the place of every scalar."""
    return json.dumps(_scalars(value, "@@")).encode().replace(b'"@@"', literal)


def _holds_text(value: Any) -> bool:
    return _scalars(value, 0, (str,)) != value


def broken_bodies(route: Route) -> Iterator[tuple[str, Sent, set[int]]]:
    """Bodies that the route's declaration refuses: name, body, and the statuses that are right."""
    signature = signature_of(route)
    if signature.body is None:
        if route.body_types:
            yield "a type of content that is not taken", Sent(b"hello", "text/x-never"), {415}
        return
    good = example_of(route)
    text = json.dumps(good).encode()
    optional = getattr(signature.body[1], "body_optional", False)
    for name, raw in _shapes(text):
        if raw or not optional:
            yield name, Sent(raw, "application/json"), {400}
    for name, raw in _fields(good, "schoolId" in {f.alias or n for n, f in signature.body[1].model_fields.items()}):
        yield name, Sent(raw, "application/json"), {400}
    yield "text/plain", Sent(text, "text/plain"), {415}
    yield "no type of content", Sent(text, None), {415}
    yield "more than the route takes", Sent(b'{"a":"' + b"x" * (route.max_body + 1) + b'"}', "application/json"), {413}


def _shapes(text: bytes) -> Iterator[tuple[str, bytes]]:
    """Broken bodies that are broken as a whole."""
    yield "malformed JSON", text[:-1]
    yield "an empty body", b""
    yield "null", b"null"
    yield "an array for an object", b"[" + text + b"]"
    yield "a text for an object", b'"text"'
    yield "1,000 objects deep", b'{"a":' * 1000 + b"1" + b"}" * 1000
    yield "1,000 arrays deep", b"[" * 1000 + b"]" * 1000
    yield "1,000 open brackets", b"[" * 1000
    yield "not UTF-8", b'{"name":"\xff\xfe"}'
    yield "NaN", b'{"never":NaN}'
    yield "-Infinity", b'{"never":-Infinity}'
    yield "1e400", b'{"never":1e400}'
    yield "a number of 5,000 digits", b'{"never":' + b"9" * 5000 + b"}"


def _fields(good: dict[str, Any], has_school: bool) -> Iterator[tuple[str, bytes]]:
    """Broken bodies whose fields are broken."""
    yield "__proto__", json.dumps({**good, "__proto__": {"role": "SUPER_ADMIN"}}).encode()
    if not has_school:
        yield "another school's schoolId", json.dumps({**good, "schoolId": NEVER_MADE}).encode()
    if not good:
        return
    first = next(iter(good))
    yield "duplicate keys", f"{{{json.dumps(first)}: {json.dumps(good[first])}, {json.dumps(good)[1:]}".encode()
    yield WRONG_TYPES, json.dumps(_scalars(good, {"wrong": []})).encode()
    yield "every value NaN", _raw(good, b"NaN")
    yield "every value 1e400", _raw(good, b"1e400")
    if _holds_text(good):
        yield "lone surrogates", json.dumps(_scalars(good, "\ud800", (str,))).encode()
        yield "NUL", json.dumps(_scalars(good, "a\u0000b", (str,))).encode()
        texts = [k for k, v in good.items() if isinstance(v, str)]
        if texts:
            yield "a text of 900 KB", json.dumps({**good, texts[0]: "x" * 900_000}).encode()


def methods_of(path: str) -> set[str]:
    """The methods that the module which a path is led to declares for it."""
    owner = lead(path)
    return {r.method for m, r in routes() if m.name == owner and re.fullmatch(re.sub(r"<\w+>", "[^/]+", r.path), path)}


def is_list(route: Route) -> bool:
    """Whether the route answers with a page of records and needs no more than what it is declared with."""
    return get_origin(signature_of(route).returns) is Page

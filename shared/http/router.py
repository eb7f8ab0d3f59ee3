"""One declaration per route: method, path, permission, types, one call.

The Lambda, the gateway, the local server, OpenAPI, the permission table and the sweeping tests all read these.
"""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from shared.auth.permissions import Permission
from shared.errors import AppError

if TYPE_CHECKING:
    from shared.http.request import Request

Rate = Literal["auth", "read", "write", "upload", "none"]
# How an Idempotency-Key is honoured: inside the change's own transaction; or claimed before and settled after work that
# takes many transactions; or not at all (routes whose answer must not be kept, such as one with tokens).
Idempotent = Literal["commit", "claim", "none"]
PUBLIC = "public"
SIGNED_IN = "signed-in"


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """A declared route. `path` has `<name>` where a parameter stands and begins with the router's prefix (`/api`)."""

    method: str
    path: str
    allow: Permission | Literal["public", "signed-in"]
    call: Callable[..., Any]
    raises: tuple[type[AppError], ...]
    rate: Rate
    idempotent: Idempotent
    body_types: tuple[str, ...]  # content types that the route reads itself from the raw body; empty: JSON
    produces: tuple[str, ...]  # content types of its answer other than the JSON envelope
    tag: str
    examples: dict[str, Any] = field(default_factory=dict)
    max_body: int = 1_000_000
    # Whom a public route's rate limit counts, besides the address that a whole school may share; None: the address alone.
    rate_by: "Callable[[Request], str | None] | None" = None

    @property
    def name(self) -> str:
        """The use case's name, which is also the operation id."""
        return self.call.__name__

    @property
    def template(self) -> str:
        """The path as OpenAPI and API Gateway write it: `/students/{student_id}`."""
        return re.sub(r"<(\w+)>", r"{\1}", self.path)

    @property
    def summary(self) -> str:
        """The first line of the docstring."""
        return (inspect.getdoc(self.call) or self.name).splitlines()[0]

    @property
    def description(self) -> str:
        """The whole docstring: the API's text."""
        return inspect.getdoc(self.call) or self.name


class Router:
    """Collects a module's routes. Its verbs demand the permission as a keyword: a route without one does not import."""

    def __init__(self, tag: str, prefix: str = "/api") -> None:
        self.tag = tag
        self.prefix = prefix
        self.routes: list[Route] = []

    def _add(  # noqa: PLR0913 - a route has this many properties
        self,
        method: str,
        path: str,
        *,
        allow: Permission | Literal["public", "signed-in"],
        raises: tuple[type[AppError], ...] = (),
        rate: Rate | None = None,
        idempotent: Idempotent | None = None,
        body_types: tuple[str, ...] = (),
        produces: tuple[str, ...] = (),
        examples: dict[str, Any] | None = None,
        max_body: int = 1_000_000,
        rate_by: "Callable[[Request], str | None] | None" = None,
        tag: str | None = None,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        def declare(call: Callable[..., Any]) -> Callable[..., Any]:
            self.routes.append(
                Route(
                    method=method,
                    path=self.prefix + path,
                    allow=allow,
                    call=call,
                    raises=raises,
                    rate=rate or ("read" if method == "GET" else "write"),
                    idempotent=idempotent or ("commit" if method == "POST" else "none"),
                    body_types=body_types,
                    produces=produces,
                    tag=tag or self.tag,
                    examples=examples or {},
                    max_body=max_body,
                    rate_by=rate_by,
                )
            )
            return call

        return declare

    def get(self, path: str, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Declare a GET route."""
        return self._add("GET", path, **options)

    def post(self, path: str, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Declare a POST route."""
        return self._add("POST", path, **options)

    def put(self, path: str, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Declare a PUT route."""
        return self._add("PUT", path, **options)

    def patch(self, path: str, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Declare a PATCH route."""
        return self._add("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Declare a DELETE route."""
        return self._add("DELETE", path, **options)

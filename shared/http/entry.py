"""The way of every request through a module: caller, rate limit, permission, validation, the call, one commit, one answer."""

import time
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from shared.auth.caller import Caller
from shared.errors import AppError, MethodNotAllowed, NotFound
from shared.http import decision
from shared.http.envelope import Answer, error_answer
from shared.http.request import Request, bind
from shared.http.router import Route, Router
from shared.manifest import Module
from shared.observability import log_request, logger

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}


def entry(module: Module, router: Router) -> Callable[[dict[str, Any], Any], dict[str, Any]]:
    """The Lambda handler of a module: a powertools resolver over its declared routes."""
    app = APIGatewayHttpResolver()
    for route in router.routes:
        app.route(route.path, method=route.method)(_handler(app, module, route))

    @app.not_found
    def unknown(_: Exception) -> Response[str]:
        request = Request.of(app.current_event.raw_event)
        allowed = tuple(sorted(r.method for r in app._dynamic_routes + app._static_routes if r.rule.match(request.path)))  # noqa: SLF001 - the resolver has no public list of its routes
        error = MethodNotAllowed(allowed) if allowed else NotFound()
        return _respond(request, error_answer(error, request.id))

    def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        return app.resolve(event, context)

    return lambda_handler


def _handler(app: APIGatewayHttpResolver, module: Module, route: Route) -> Callable[..., Response[str]]:
    def handle(**path: str) -> Response[str]:
        return _serve(app, module, route, **path)

    return handle


def _serve(app: APIGatewayHttpResolver, module: Module, route: Route, **path: str) -> Response[str]:
    started = time.perf_counter()
    request = Request.of(app.current_event.raw_event)
    bind(request)
    seen: dict[str, Caller] = {}
    try:
        answer = decision.answer(module, route, request, path, seen)
    except AppError as error:
        answer = error_answer(error, request.id)
    except Exception:  # noqa: BLE001 - the last resort: every failure has an answer in the envelope
        answer = error_answer(AppError(), request.id)
        logger().exception("unexpected", extra={"request_id": request.id})
    caller = seen.get("caller")
    line = {
        "request_id": request.id,
        "route": f"{route.method} {route.path}",
        "status": answer.status,
        "school": caller.school_id if caller else None,
        "user": caller.user_id if caller else None,
    }
    log_request(module.name, line, (time.perf_counter() - started) * 1000)
    return _respond(request, answer)


def _respond(request: Request, answer: Answer) -> Response[str]:
    headers: dict[str, str | list[str]] = {**SECURITY_HEADERS, "X-Request-Id": request.id, **request.response_headers, **answer.headers}
    if answer.version is not None:
        headers["ETag"] = f'"{answer.version}"'
    text = answer.media_type.startswith(("application/json", "text/")) and "Content-Encoding" not in answer.headers
    made: Response[Any] = Response(
        status_code=answer.status,
        content_type=answer.media_type,
        body=answer.body.decode() if text else answer.body,
        headers=headers,
        cookies=answer.cookies,  # type: ignore[arg-type]  # HTTP API answers take each as its text
    )
    return made

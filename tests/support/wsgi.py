"""The modules' handlers as one WSGI application, for tools that speak HTTP: each request becomes an event, each answer a response."""

import base64
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from infra.routes import lead
from shared.registry import handler_of, modules
from tests.support.client import Context, event


def _headers(environ: dict[str, Any]) -> dict[str, str]:
    made = {k[5:].replace("_", "-").lower(): v for k, v in environ.items() if k.startswith("HTTP_") and k != "HTTP_COOKIE"}
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(name):
            made[name.replace("_", "-").lower()] = environ[name]
    return made


def _catch_all() -> str:
    return next(m.name for m in modules() if m.catch_all)


def app(environ: dict[str, Any], start_response: Callable[[str, list[tuple[str, str]]], Any]) -> Iterable[bytes]:
    """Serve one request."""
    path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    cookies = [c.strip() for c in environ.get("HTTP_COOKIE", "").split(";") if c.strip()]
    query = environ.get("QUERY_STRING", "")
    made = event(environ["REQUEST_METHOD"], path, query=query, headers=_headers(environ), body=body or None, cookies=cookies)
    answer = handler_of(f"functions.{lead(path) or _catch_all()}.handler.lambda_handler")(made, Context())
    headers = [(k, str(v)) for k, v in answer["headers"].items()] + [("Set-Cookie", c) for c in answer.get("cookies", ())]
    start_response(f"{answer['statusCode']} {HTTPStatus(answer['statusCode']).phrase}", headers)
    content = answer.get("body") or ""
    return [base64.b64decode(content) if answer.get("isBase64Encoded") else content.encode()]

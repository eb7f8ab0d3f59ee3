"""Whether an answer is one that its operation tells in the OpenAPI document."""

from functools import cache
from typing import Any

import jsonschema_rs

from shared.http.router import Route
from tests.contract.plan import contract, operation_of
from tests.support.client import Reply


def _resolved(part: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in part:
        kind, name = part["$ref"].split("/")[2:4]
        found: dict[str, Any] = contract()["components"][kind][name]
        return found
    return part


@cache
def _validator(template: str, method: str, status: str, media_type: str) -> Any:
    response = _resolved(contract()["paths"][template][method]["responses"][status])
    schema = response["content"][media_type]["schema"]
    return jsonschema_rs.validator_for({**schema, "components": contract()["components"]}, validate_formats=True)


def check_envelope(reply: Reply) -> None:
    """An error in the one envelope, with nothing of the inside in it."""
    told = reply.json
    assert told["success"] is False
    assert set(told["error"]) <= {"code", "message", "requestId", "details", "currentVersion"}
    assert told["error"]["requestId"] == reply.headers["x-request-id"]
    for word in (b"Traceback", b"pydantic", b"botocore", b"SCHOOL#", b"homeroom-test", b".py"):
        assert word not in reply.body, word


def check(route: Route, reply: Reply) -> None:
    """The answer's status, type of content, headers and body are as documented; a route outside the contract answers below 500."""
    assert reply.status < 500, reply.body
    operation = operation_of(route)
    if operation is None:
        return
    assert str(reply.status) in operation["responses"], (reply.status, reply.body)
    response = _resolved(operation["responses"][str(reply.status)])
    missing = [name for name in ("X-Request-Id", "ETag") if name in response.get("headers", {}) and name.lower() not in reply.headers]
    assert not missing, missing
    media_type = reply.headers["content-type"].partition(";")[0]
    assert media_type in response["content"], media_type
    if media_type == "application/json":
        wrong = [
            f"{e.instance_path}: {e.message}"
            for e in _validator(route.template, route.method.lower(), str(reply.status), media_type).iter_errors(reply.json)
        ]
        assert not wrong, wrong[:5]

"""docs/postman_collection.json: the OpenAPI document as a Postman collection (v2.1), made without a converter's random ids."""

import json
import re
import uuid
from typing import Any

type Json = dict[str, Any]

_SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
_LOGIN = "/api/auth/login"
_KEEP_TOKEN = [
    "const told = pm.response.json();",
    "if (told.data && told.data.accessToken) {",
    '    pm.collectionVariables.set("token", told.data.accessToken);',
    "}",
]


def _id(text: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"homeroom:{text}"))


def _parameters(contract: Json, operation: Json, place: str) -> list[Json]:
    shared = contract["components"]["parameters"]
    found = [shared[p["$ref"].rpartition("/")[2]] if "$ref" in p else p for p in operation["parameters"]]
    return [p for p in found if p["in"] == place]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _example(parameter: Json) -> str:
    """The parameter's example: of its own, or of its schema."""
    return _text(parameter.get("example", parameter["schema"].get("examples", [""])[0]))


def _url(contract: Json, path: str, operation: Json) -> Json:
    segments = [re.sub(r"^\{(\w+)\}$", r":\1", s) for s in path.strip("/").split("/")]
    url: Json = {"raw": "{{baseUrl}}/" + "/".join(segments), "host": ["{{baseUrl}}"], "path": segments}
    if query := _parameters(contract, operation, "query"):
        url["query"] = [
            {"key": p["name"], "value": _example(p), "description": p["description"], "disabled": not p["required"]} for p in query
        ]
    if variables := _parameters(contract, operation, "path"):
        url["variable"] = [{"key": p["name"], "value": _example(p), "description": p["description"]} for p in variables]
    return url


def _body(operation: Json) -> tuple[Json | None, list[Json]]:
    """The body and the header that names its type."""
    content: Json = operation.get("requestBody", {}).get("content", {})
    if not content:
        return None, []
    media_type, told = next(iter(content.items()))
    if media_type == "multipart/form-data":
        fields = told["schema"].get("properties", {})
        return {"mode": "formdata", "formdata": [{"key": n, "type": "file" if n == "file" else "text"} for n in fields]}, []
    header = [{"key": "Content-Type", "value": media_type}]
    if media_type != "application/json":
        return {"mode": "file"}, header
    raw = json.dumps(told["example"], indent=2, ensure_ascii=False)
    return {"mode": "raw", "raw": raw, "options": {"raw": {"language": "json"}}}, header


def _request(contract: Json, method: str, path: str, operation: Json) -> Json:
    body, header = _body(operation)
    told = [p for p in _parameters(contract, operation, "header") if p["name"] != "X-CSRF-Token"]
    header += [{"key": p["name"], "value": _example(p), "description": p["description"], "disabled": True} for p in told]
    request: Json = {
        "method": method.upper(),
        "header": header,
        "url": _url(contract, path, operation),
        "description": operation["description"],
    }
    if body:
        request["body"] = body
    if not operation["security"]:
        request["auth"] = {"type": "noauth"}
    item: Json = {"id": _id(operation["operationId"]), "name": operation["summary"], "request": request, "response": []}
    if path == _LOGIN:
        script = {"type": "text/javascript", "exec": _KEEP_TOKEN}
        item["event"] = [{"listen": "test", "script": script}]
    return item


def collection(contract: Json) -> Json:
    """The collection: folders by tag; the sign-in keeps its token for every other request."""
    folders: dict[str, list[Json]] = {t["name"]: [] for t in contract["tags"]}
    for path, methods in contract["paths"].items():
        for method, operation in methods.items():
            folders[operation["tags"][0]].append(_request(contract, method, path, operation))
    return {
        "info": {
            "_postman_id": _id("collection"),
            "name": contract["info"]["title"],
            "description": contract["info"]["description"],
            "schema": _SCHEMA,
        },
        "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{token}}", "type": "string"}]},
        "variable": [
            {"key": "baseUrl", "value": "http://localhost:8000", "type": "string"},
            {"key": "token", "value": "", "type": "string"},
        ],
        "item": [
            {"id": _id(f"folder {t['name']}"), "name": t["name"], "description": t["description"], "item": folders[t["name"]]}
            for t in contract["tags"]
        ],
    }

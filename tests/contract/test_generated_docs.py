"""The generated documents are those of the code; every example in the contract is valid; the linter finds nothing."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from pydantic import ValidationError

from shared.errors import AppError
from shared.http.endpoint import signature_of
from shared.http.router import PUBLIC
from shared.registry import routes
from tests.contract import plan
from tools import build_docs, lint_api, vendor_explorer
from tools.docs.errors import errors_of
from tools.docs.examples import valid
from tools.docs.operations import operation_id

EVERY = pytest.mark.parametrize("route", [r for r in plan.declared() if plan.operation_of(r)], ids=plan.name_of)
SCHEMAS = plan.contract()["components"]["schemas"]


@cache
def made_documents() -> dict[str, str]:
    return build_docs.documents()


def resolved(part: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in part:
        return part
    kind, name = part["$ref"].split("/")[2:4]
    found: dict[str, Any] = plan.contract()["components"][kind][name]
    return found


def strict(value: Any) -> Any:
    """A schema in which an object has no property that it does not name: an example must not tell more than the contract."""
    if isinstance(value, list):
        return [strict(v) for v in value]
    if not isinstance(value, dict):
        return value
    made = {k: strict(v) for k, v in value.items()}
    closed = value.get("type") == "object" and "properties" in value and "additionalProperties" not in value
    return {**made, "additionalProperties": False} if closed else made


def fits(value: Any, schema: dict[str, Any]) -> bool:
    return valid(value, strict(schema), {n: strict(s) for n, s in SCHEMAS.items()})


def test_what_is_checked_in_is_what_the_code_declares():
    assert build_docs.stale(made_documents()) == []


def test_a_stale_document_is_named(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("old")
    assert build_docs.stale({"docs/a.md": "new", "docs/b.md": "new"}, tmp_path) == ["docs/a.md", "docs/b.md"]
    (tmp_path / "docs" / "a.md").write_text("new")
    assert build_docs.stale({"docs/a.md": "new"}, tmp_path) == []


def test_check_ends_with_1_and_names_the_file(monkeypatch, capsys):
    monkeypatch.setattr(build_docs, "documents", lambda: {"docs/never.md": "x"})
    monkeypatch.setattr(sys, "argv", ["build_docs", "--check"])
    assert build_docs.main() == 1
    assert capsys.readouterr().err == "docs/never.md is stale: run make docs\n"


def test_another_process_with_another_hash_seed_makes_the_same_text():
    code = (
        "import hashlib, json; from tools.build_docs import documents; print(hashlib.sha256(json.dumps(documents()).encode()).hexdigest())"
    )
    made = {
        subprocess.run(
            [sys.executable, "-c", code], cwd=build_docs.ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(made) == 1


def test_every_declared_route_below_api_is_an_operation_and_nothing_else_is():
    told = {(m.upper(), path) for path, methods in plan.contract()["paths"].items() for m in methods}
    assert told == {(r.method, r.template) for r in plan.declared() if r.path.startswith("/api/")}


def test_operation_ids_are_unique_and_the_use_cases_names():
    ids = [o["operationId"] for methods in plan.contract()["paths"].values() for o in methods.values()]
    assert len(ids) == len(set(ids))
    assert "listClasses" in ids


@EVERY
def test_the_request_example_is_valid_by_the_schema_and_by_the_model(route):
    content = plan.operation_of(route).get("requestBody", {}).get("content", {})
    for media in content.values():
        assert fits(media["example"], media["schema"]), media["example"]
    body = signature_of(route).body
    if body:
        try:
            body[1].model_validate(content["application/json"]["example"])
        except ValidationError as error:
            pytest.fail(f"the example of {body[1].__name__} is refused; give Field(examples=[…]) there: {error}")


def response_examples(route) -> Iterator[tuple[str, Any, dict[str, Any]]]:
    for status, response in plan.operation_of(route)["responses"].items():
        for media in resolved(response)["content"].values():
            listed = [e["value"] for e in media.get("examples", {}).values()] + ([media["example"]] if "example" in media else [])
            assert listed, f"{status} has no example"
            yield from ((status, example, media["schema"]) for example in listed)


@EVERY
def test_every_answers_example_is_valid(route):
    for status, example, schema in response_examples(route):
        assert fits(example, schema), (status, example)


@EVERY
def test_every_parameter_is_told_with_an_example_that_fits(route):
    for parameter in map(resolved, plan.operation_of(route)["parameters"]):
        assert parameter["description"]
        if parameter["name"] != "sort":  # which fields there are is each list's own
            told = [parameter["example"]] if parameter.get("required") else parameter["schema"]["examples"]
            assert all(valid(value, parameter["schema"], SCHEMAS) for value in told), parameter


@EVERY
def test_every_error_that_the_route_can_give_is_told(route):
    told = plan.operation_of(route)["responses"]
    kinds = [k for kinds in errors_of(route).values() for k in kinds]
    assert {str(k.status) for k in (*route.raises, AppError)} <= told.keys()
    for kind in kinds:
        codes = resolved(told[str(kind.status)])["content"]["application/json"]["schema"]["allOf"][1]
        assert kind.code in codes["properties"]["error"]["properties"]["code"]["enum"]
    assert ("401" in told) >= (route.allow != PUBLIC)
    assert ("429" in told) == (route.rate != "none" or any(k.status == 429 for k in route.raises))


@EVERY
def test_every_operation_is_described(route):
    operation = plan.operation_of(route)
    assert operation["operationId"] == operation_id(route)
    assert operation["summary"]
    assert operation["description"].startswith(route.description)
    assert operation["tags"][0] in {t["name"] for t in plan.contract()["tags"] if t["description"]}


def test_the_linter_finds_nothing():
    done = lint_api.lint()
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_linter_finds_what_is_wrong(tmp_path):
    broken = json.loads(json.dumps(plan.contract()))
    del broken["paths"]["/api/classes"]["get"]["operationId"]
    (tmp_path / "openapi.json").write_text(json.dumps(broken))
    done = lint_api.lint(str(tmp_path / "openapi.json"), "--config", str(build_docs.ROOT / "redocly.yaml"))
    assert done.returncode == 1
    assert "operation-operationId" in done.stdout + done.stderr


def test_the_explorer_is_the_pinned_package():
    lint_api.cdk.install()
    assert vendor_explorer.different() == []


def test_the_collection_signs_in_and_keeps_the_token():
    made = json.loads(made_documents()["docs/postman_collection.json"])
    assert [v["key"] for v in made["variable"]] == ["baseUrl", "token"]
    assert made["auth"]["bearer"][0]["value"] == "{{token}}"
    requests = {i["name"]: i for folder in made["item"] for i in folder["item"]}
    login = next(i for i in requests.values() if i["request"]["url"]["raw"] == "{{baseUrl}}/api/auth/login")
    assert any('collectionVariables.set("token"' in line for line in login["event"][0]["script"]["exec"])
    assert login["request"]["auth"] == {"type": "noauth"}
    assert len([i for folder in made["item"] for i in folder["item"]]) == sum(len(m) for m in plan.contract()["paths"].values())
    assert [f["name"] for f in made["item"]] == [t["name"] for t in plan.contract()["tags"]]


def test_every_stored_kind_and_every_route_stands_in_the_tables():
    made = made_documents()
    for _, route in routes():
        assert f"| {route.method} | `{route.template}` |" in made["docs/routes.md"]
        assert f"| {route.method} `{route.template}` |" in made["docs/permissions.md"]
    for name in ("Student", "Class", "Journal", "School", "Snapshot"):
        assert f"| {name} | " in made["docs/keys.md"]


def test_the_journals_table_knows_what_the_reference_module_writes():
    told = made_documents()["docs/events.md"]
    for action in ("CREATE_CLASS", "UPDATE_CLASS", "DEACTIVATE_CLASS", "DELETE_CLASS", "ASSIGN_TEACHER"):
        assert f"| Class | `{action}` | classes |" in told

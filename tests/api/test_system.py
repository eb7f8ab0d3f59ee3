"""The API's description, its health, and the explorer, over their handler."""

import gzip

import pytest

from functions.system import service
from shared.data import connection
from tests.support.client import Client
from tests.support.guard import Guard

ANYBODY = Client()


@pytest.fixture(autouse=True)
def _table(world: Guard):
    return world


def test_the_document_is_served_to_anybody_and_kept_by_its_tag():
    reply = ANYBODY.get("/api/openapi.json")
    assert (reply.status, reply.headers["content-type"]) == (200, "application/json")
    assert reply.json["openapi"] == "3.1.0"
    assert reply.headers["cache-control"] == "public, max-age=300"
    again = ANYBODY.request("GET", "/api/openapi.json", headers={"If-None-Match": f'"other", W/{reply.headers["etag"]}'})
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", reply.headers["etag"])


def test_health_tells_version_stage_time_and_that_the_table_answers():
    told = ANYBODY.get("/api/health").data
    assert told["version"] == ANYBODY.get("/api/openapi.json").json["info"]["version"]
    assert told["stage"] == "local"
    assert told["time"].endswith("Z")
    assert [(d["name"], d["state"]) for d in told["dependencies"]] == [("table", "UP"), ("userPool", "CONFIGURED"), ("files", "CONFIGURED")]


def test_health_costs_one_read():
    from shared.data import health

    health.table_answers()  # makes the client
    calls = []
    health._impatient(connection.session()).meta.events.register("before-call.dynamodb.*", lambda model, **_: calls.append(model.name))
    assert ANYBODY.get("/api/health").status == 200
    assert calls == ["GetItem"]


def test_health_is_503_where_the_table_does_not_answer(monkeypatch):
    from shared.data import health

    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:9")
    health._impatient.cache_clear()
    reply = ANYBODY.get("/api/health")
    health._impatient.cache_clear()
    assert (reply.status, reply.error["code"], reply.headers["retry-after"]) == (503, "UNAVAILABLE", "2")


def test_health_is_503_where_the_table_does_not_exist(monkeypatch):
    from shared.settings import settings

    monkeypatch.setenv("TABLE_NAME", "not-there")
    settings.cache_clear()
    reply = ANYBODY.get("/api/health")
    monkeypatch.undo()
    settings.cache_clear()
    assert reply.status == 503
    assert b"not-there" not in reply.body


def test_the_explorers_page_asks_this_host_alone():
    reply = ANYBODY.get("/docs")
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert b"://" not in reply.body
    policy = dict(p.strip().split(" ", 1) for p in reply.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == "'self'"


def test_every_file_that_the_page_names_is_served():
    page = ANYBODY.get("/docs").body.decode()
    named = [part.split('"')[0] for part in page.replace("href=", "src=").split('src="')[1:]]
    assert len(named) == 4
    for path in named:
        assert ANYBODY.get(path).status == 200, path


def test_the_explorer_can_read_openapi_3_1():
    script = ANYBODY.get("/docs/swagger-ui-bundle.js")
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert b"openapi-3-1" in script.body
    assert len(script.body) > 1_000_000


def test_a_large_file_goes_out_compressed_to_whom_can_read_it():
    packed = ANYBODY.request("GET", "/docs/swagger-ui.css", headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == "Accept-Encoding"
    assert gzip.decompress(packed.body) == ANYBODY.get("/docs/swagger-ui.css").body
    again = ANYBODY.request("GET", "/docs/swagger-ui.css", headers={"Accept-Encoding": "gzip", "If-None-Match": packed.headers["etag"]})
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize("name", ["LICENSE", "index.html", "..", "%2e%2e%2fservice.py", "unknown.js"])
def test_no_other_file_is_served(name):
    assert ANYBODY.get(f"/docs/{name}").status == 404


def test_no_answer_is_near_lambdas_limit():
    for asset in service._ASSETS:
        assert len(ANYBODY.get(f"/docs/{asset}").body) * 4 / 3 < 4_000_000
    assert len(ANYBODY.get("/api/openapi.json").body) < 4_000_000


def test_an_unknown_parameter_is_refused_also_where_a_route_takes_none():
    reply = ANYBODY.get("/api/health", verbose="1")
    assert (reply.status, [d["field"] for d in reply.error["details"]]) == (400, ["verbose"])

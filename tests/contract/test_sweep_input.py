"""Every declared route with broken bodies, unknown parameters, wrong methods; and paths that nobody declared (rule G7)."""

import pytest

from shared.auth.permissions import Role
from shared.http.router import Route
from shared.registry import handler_of, modules
from tests.contract import conforming, plan
from tests.contract.sweeping import EVERY, Two, nothing_written, send_as_first
from tests.support.client import Context, Reply, event
from tests.support.guard import Guard


@EVERY
def test_g7_a_broken_body_is_refused_in_the_envelope(two: Two, route: Route):
    with nothing_written(two):
        for name, body, right in plan.broken_bodies(route):
            reply = send_as_first(two.home, route, body)
            assert reply.status in right, (name, reply.status, reply.body[:500])
            conforming.check_envelope(reply)
            conforming.check(route, reply)
            assert reply.status != 400 or reply.error["details"], name


@EVERY
def test_g7_every_field_of_a_wrong_type_is_named(two: Two, route: Route):
    wrong = [body for name, body, _ in plan.broken_bodies(route) if name == plan.WRONG_TYPES]
    for body in wrong:
        reply = send_as_first(two.home, route, body)
        named = {d["field"].partition(".")[0].partition("[")[0] for d in reply.error["details"]}
        assert {k for k, v in plan.example_of(route).items() if not isinstance(v, (dict, list))} <= named
    assert len(wrong) == bool(plan.example_of(route))


@EVERY
def test_g7_an_unknown_query_parameter_is_refused_by_name(two: Two, route: Route):
    reply = send_as_first(two.home, route, query={"colour": "red"})
    assert reply.status == 400, reply.body
    assert [d["field"] for d in reply.error["details"]] == ["colour"]
    conforming.check(route, reply)


@EVERY
def test_g7_a_method_that_is_not_declared_is_405_and_says_what_is(two: Two, route: Route):
    path = plan.path_of(route, plan.own_ids(route, two.home))
    right = plan.methods_of(path)
    assert route.method in right
    for method in (m for m in plan.METHODS if m not in right):
        reply = two.home.people[Role.SCHOOL_ADMIN].client.request(method, path)
        assert (reply.status, reply.error["code"]) == (405, "METHOD_NOT_ALLOWED")
        assert set(reply.headers["allow"].split(", ")) == right
        conforming.check_envelope(reply)


@pytest.mark.parametrize("module", modules(), ids=lambda m: m.name)
def test_g7_an_unknown_route_is_404_in_the_envelope(ground: Guard, module):
    handler = handler_of(module.handler)
    for path in ("/", "/api", "/api/", "/api/nothing/here", f"/api/{module.name}/x/y/z/never", "/api/%00", "/API/CLASSES", "//"):
        answer = handler(event("GET", path), Context())
        reply = Reply(answer["statusCode"], {k.lower(): v for k, v in answer["headers"].items()}, [], answer["body"].encode())
        assert (reply.status, reply.error["code"]) == (404, "NOT_FOUND"), path
        conforming.check_envelope(reply)


def test_the_gateway_leads_an_unknown_path_to_one_module_for_its_envelope():
    assert [m.name for m in modules() if m.catch_all] == ["system"]

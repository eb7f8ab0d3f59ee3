"""Every declared route, as every role, with own, foreign and unknown ids, and without a token (rules G8, A1).

What is right follows from the declaration alone, so that a new route is swept without a line here.
"""

from collections.abc import Iterator

import jwt
import pytest

from shared.auth import gate
from shared.auth.permissions import Permission, Role
from shared.http.router import PUBLIC, Route
from tests.contract import conforming, plan
from tests.contract.records import FACTORIES, NoFactory, Place
from tests.contract.sweeping import ANYBODY, EVERY, Two, items_of, nothing_written, send, told
from tests.support.client import Client


@EVERY
def test_without_a_good_token_every_route_but_the_public_ones_answers_401(two: Two, route: Route):
    if route.allow == PUBLIC:
        return
    path, body = plan.path_of(route, plan.own_ids(route, two.home)), plan.good_body(route, two.home)
    forged = jwt.encode({"school": two.home.school.id, "role": "SCHOOL_ADMIN", "sv": "1", "user": "u"}, "k" * 32, algorithm="HS256")
    for client in (ANYBODY, Client("x"), Client(forged)):
        reply = client.request(route.method, path, raw=body.raw, headers=body.headers)
        assert (reply.status, reply.error["code"]) == (401, "UNAUTHORIZED")
        conforming.check_envelope(reply)
        conforming.check(route, reply)


@EVERY
def test_a_role_without_the_permission_gets_403_before_anything_is_looked_at(two: Two, route: Route):
    names = plan.parameters(route)
    bodies = (plan.good_body(route, two.home), plan.Sent(b"{", "application/json"), plan.Sent(b"x", "text/plain"))
    with nothing_written(two):
        for role in (r for r in Role if not plan.allowed(route, r)):
            for ids in (plan.own_ids(route, two.home), dict.fromkeys(names, plan.NEVER_MADE), dict.fromkeys(names, "x")):
                for body in bodies:
                    reply = send(two.home, role, route, ids, body, query={"colour": "red"})
                    assert told(reply) == (403, {"code": "FORBIDDEN", "message": "You are not allowed to do this"}), role
                    conforming.check(route, reply)


@EVERY
def test_g8_a_super_admin_names_the_school_or_is_refused(two: Two, route: Route):
    client, ids, body = two.home.people[Role.SUPER_ADMIN].client, plan.own_ids(route, two.home), plan.good_body(route, two.home)
    of_a_school = isinstance(route.allow, Permission) and route.allow not in gate.PLATFORM_PERMISSIONS | gate.HOME_PERMISSIONS
    if of_a_school:
        reply = client.request(route.method, plan.path_of(route, ids), raw=body.raw, headers=body.headers)
        assert told(reply) == (403, {"code": "FORBIDDEN", "message": "Name a school with X-School-Id"})
    if route.allow != PUBLIC:
        for unknown in (plan.NEVER_MADE, "not-an-id", ""):
            reply = client.request(
                route.method, plan.path_of(route, ids), raw=body.raw, headers={**body.headers, "X-School-Id": unknown or " "}
            )
            assert reply.status == 404, unknown


def foreign(route: Route, two: Two) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """Ids of which one, or all, are another school's; and the same with ids that never were in their place."""
    own, names = plan.own_ids(route, two.home), [n for n in plan.parameters(route) if n.endswith("_id")]
    for replaced in [[n] for n in names] + ([names] if len(names) > 1 else []):
        yield {**own, **{n: two.other.id_of(n) for n in replaced}}, {**own, **dict.fromkeys(replaced, plan.NEVER_MADE)}


@EVERY
def test_g8_another_schools_id_gets_the_404_of_an_id_that_never_was_and_nothing_is_written(two: Two, route: Route):
    with nothing_written(two):
        for role in plan.allowed_roles(route) if route.allow != PUBLIC else ():
            for theirs, unknown in foreign(route, two):
                never = send(two.home, role, route, unknown)
                assert never.status == 404, (role, unknown, never.body)
                if not plan.platform(route):
                    reply = send(two.home, role, route, theirs)
                    assert told(reply) == told(never), (role, theirs)
                    assert set(reply.headers) == set(never.headers)
                    conforming.check_envelope(reply)
                    conforming.check(route, reply)


@EVERY
def test_g8_another_schools_id_in_a_body_is_an_id_that_never_was_and_nothing_is_written(two: Two, route: Route):
    if route.allow == PUBLIC or plan.platform(route):
        return
    # An answer of 200 to a SUPER_ADMIN writes that somebody looked into the school.
    role = Role.SCHOOL_ADMIN if route.path in plan.ENTRY_BY_ENTRY else plan.allowed_roles(route)[0]
    with nothing_written(two):
        for name in dict.fromkeys(plan.id_fields(plan.example_of(route))):
            replies = []
            for value in (two.other.id_of(str(plan.parameter_of(name))), plan.NEVER_MADE):
                body = plan.good_body(route, two.home, {name: value})
                replies.append(send(two.home, role, route, plan.own_ids(route, two.home), body))
            if route.path in plan.ENTRY_BY_ENTRY:
                assert (replies[0].status, replies[0].data) == (200, replies[1].data), name
                continue
            assert told(replies[0]) == told(replies[1]), name
            assert replies[0].status in {400, 404}, (name, replies[0].body)


@EVERY
def test_a_school_that_is_named_by_its_own_users_is_not_looked_at(two: Two, route: Route):
    """Rule G8: the school comes from the verified token; only a SUPER_ADMIN names one."""
    if route.method != "GET" or route.allow == PUBLIC or plan.platform(route):
        return
    if route.name == "export_logs":  # it tells of itself: each export is a row of the next
        return
    ids, path = plan.own_ids(route, two.home), plan.path_of(route, plan.own_ids(route, two.home))
    for role in (r for r in plan.allowed_roles(route) if r != Role.SUPER_ADMIN):
        client = two.home.people[role].client
        plain, named = client.request("GET", path), client.request("GET", path, headers={"X-School-Id": two.other.school.id})
        assert (plain.status, len(plain.body)) == (named.status, len(named.body)), (role, ids)


def test_after_the_sweep_the_other_school_is_as_it_was(two: Two):
    assert items_of(two.other) == two.others_items


def test_a_new_path_parameter_without_a_record_is_told_by_its_name():
    place = Place(None, {})  # type: ignore[arg-type]  # nothing of the school is needed
    with pytest.raises(NoFactory, match="<room_id>: add a factory"):
        place.id_of("room_id")


def test_the_sweep_has_a_record_for_every_parameter():
    assert not {n for r in plan.declared() for n in plan.parameters(r)} - FACTORIES.keys()

"""Every declared route on a school's own records, as every role that may; and two schools interleaved in one warm process."""

from shared.auth.permissions import Role
from shared.http.router import PUBLIC, Route
from shared.ids import is_id
from tests.contract import conforming, plan
from tests.contract.records import make_place
from tests.contract.sweeping import EVERY, Two, send
from tests.support.guard import Guard


@EVERY
def test_own_records_are_answered_as_documented_to_every_role(ground: Guard, route: Route):
    place = make_place().make_all()
    for role in plan.allowed_roles(route):
        reply = send(place, role, route, plan.own_ids(route, place))
        conforming.check(route, reply)
        if role == Role.SCHOOL_ADMIN and route.method == "GET" and route.allow != PUBLIC:
            assert reply.status in {200, 303}, reply.body


def test_two_schools_in_one_warm_process_see_their_own_rows_a_thousand_times(two: Two):
    listed = [
        r for r in plan.declared() if r.method == "GET" and plan.is_list(r) and plan.allowed(r, Role.SCHOOL_ADMIN) and r.allow != PUBLIC
    ]
    assert listed
    seen = 0
    for turn in range(1000):
        route, place, stranger = listed[turn // 2 % len(listed)], *((two.home, two.other) if turn % 2 else (two.other, two.home))
        rows = send(place, Role.SCHOOL_ADMIN, route, plan.own_ids(route, place)).data
        text = repr(rows)
        assert not any(i in text for n, i in stranger.ids.items() if n != "asset" and is_id(i)), (route.path, turn)
        assert stranger.school.id not in text
        seen += any(i in text for i in place.ids.values())
    assert seen >= 300

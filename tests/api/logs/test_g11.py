"""Rule G11: what must be in the log is in it: refusals, also of a browser's forged request; sign-ins are proven with the auth module."""

import re

import pytest

from shared.auth import gate
from shared.auth.permissions import Role
from shared.data.unit_of_work import Actor, UnitOfWork
from shared.http.endpoint import signature_of
from shared.http.router import Route
from shared.names import PLATFORM_SCHOOL
from shared.registry import routes
from tests.contract.records import make_place
from tests.support.client import Client
from tests.support.journal import entries
from tests.support.world import make_person


def test_g11_a_refused_action_is_in_the_log_with_its_actor_and_its_address(school):
    teacher = make_person(school, "TEACHER")
    assert teacher.client.request("DELETE", f"/api/users/{teacher.id}", ip="198.51.100.7").status == 403
    (entry,) = entries(school.id, "Refusal")
    assert (entry.action, entry.status, entry.user_id, entry.ip_address) == ("REFUSED_DELETE_USER", "FAILED", teacher.id, "198.51.100.7")


def test_g11_a_forged_request_of_a_browser_is_in_the_log(school):
    admin = make_person(school)
    cookies = [f"homeroom_access={admin.client.token}", f"homeroom_csrf={gate.csrf_token(admin.client.token)}"]
    body = {"name": "Class 10", "section": "A", "grade": "10", "capacity": 3}
    reply = Client().request("POST", "/api/classes", json_body=body, cookies=cookies, headers={"origin": "https://evil.example"})
    assert reply.status == 403
    (entry,) = entries(school.id, "Refusal")
    assert (entry.action, entry.status, entry.user_id) == ("REFUSED_CREATE_CLASS", "FAILED", admin.id)
    assert "CSRF" in entry.error_message
    right = {"x-csrf-token": gate.csrf_token(admin.client.token)}
    assert Client().request("POST", "/api/classes", json_body=body, cookies=cookies, headers=right).status == 201


def test_g11_every_entry_has_a_salt_of_its_own(school):
    make_person(school)
    make_person(school)
    salts = [e.salt for e in entries(school.id)]
    assert len(set(salts)) == len(salts)
    assert all(len(s) >= 20 for s in salts)


def test_g11_an_operator_who_names_no_school_sees_the_platforms_own_log(school):
    operator = make_person(None, "SUPER_ADMIN")
    unit = UnitOfWork(PLATFORM_SCHOOL, Actor(operator.id, "SUPER_ADMIN"), "tests")
    unit.note("TEST", "PlatformTest", "record")
    unit.commit()
    (entry,) = operator.client.get("/api/logs", entityType="PlatformTest", userId=operator.id).data
    assert (entry["action"], entry["schoolId"], entry["userName"]) == ("TEST", "PLATFORM", "Test Person")
    assert operator.client.get(f"/api/logs/{entry['id']}").data == entry
    assert operator.client.get("/api/logs/export", entityType="PlatformTest").status == 200
    assert make_person(school).client.get(f"/api/logs/{entry['id']}").status == 404


def _files() -> list[Route]:
    return [r for _, r in routes() if r.method == "GET" and "text/csv" in r.produces and r.allow != "public"]


@pytest.mark.parametrize("route", _files(), ids=lambda r: r.path)
def test_g11_every_export_is_in_the_log(world, storage, route):
    """Also one that another module declares."""
    place = make_place()
    path = re.sub(r"<(\w+)>", lambda m: place.id_of(m[1]), route.path)
    query = signature_of(route).query
    asked = {"format": "csv"} if query and "format" in query[1].model_fields else {}
    reply = place.people[Role.SCHOOL_ADMIN].client.get(path, **asked)
    assert reply.status == 200, reply.body
    (entry,) = entries(place.school.id, "Export")
    assert entry.action.startswith("EXPORT_")
    assert entry.user_id == place.people[Role.SCHOOL_ADMIN].id

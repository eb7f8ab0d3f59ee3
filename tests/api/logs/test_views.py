"""Who looked at a child's record: every page of a student leaves a look, at a price of at most one write unit."""

import re

import pytest

from infra.routes import lead
from shared import views
from shared.auth.permissions import Role
from shared.data import in_place, reader
from shared.data.connection import client
from shared.entities.audit import StudentView
from shared.http.router import Route
from shared.registry import routes
from tests.contract.records import make_place
from tests.support.world import make_person


@pytest.fixture
def room(admin):
    return admin.post("/api/classes", {"name": "Class 10", "section": "A", "grade": "10", "capacity": 9}).data


@pytest.fixture
def student(admin, room):
    body = {"firstName": "Asha", "dateOfBirth": "2012-02-29", "gender": "FEMALE", "classId": room["id"]}
    return admin.post("/api/students", body).data


def looks(admin, student, **query):
    return admin.get(f"/api/logs/views/{student['id']}", **query).data


def test_a_look_tells_who_when_and_how_often(school, admin, student):
    teacher = make_person(school, "ACCOUNTANT", first_name="Ravi", last_name="Rao")
    for _ in range(2):
        assert teacher.client.get(f"/api/students/{student['id']}").status == 200
        views.forget()  # the next look is in another minute
    (row,) = looks(admin, student)
    assert (row["userId"], row["userName"], row["role"], row["looks"]) == (teacher.id, "Ravi Rao", "ACCOUNTANT", 2)
    assert row["firstAt"] <= row["lastAt"]
    assert row["firstAt"].startswith("20")


def test_a_page_and_what_it_loads_besides_is_one_look(admin, student):
    for path in ("", "/guardians", "/history"):
        assert admin.get(f"/api/students/{student['id']}{path}").status == 200
    (row,) = looks(admin, student)
    assert row["looks"] == 1


@pytest.mark.parametrize("path", ["", "/guardians", "/history"])
def test_each_page_of_a_student_leaves_a_look(admin, student, path):
    assert admin.get(f"/api/students/{student['id']}{path}").status == 200
    assert len(looks(admin, student)) == 1


def test_an_operators_look_is_kept_too_and_a_refused_one_is_not(school, admin, student):
    operator = make_person(None, "SUPER_ADMIN")
    stranger = make_person(school, "STUDENT_PARENT")
    assert operator.client.request("GET", f"/api/students/{student['id']}", headers={"X-School-Id": school.id}).status == 200
    assert stranger.client.get(f"/api/students/{student['id']}").status == 403
    (row,) = looks(admin, student)
    assert (row["userId"], row["userName"], row["role"]) == (operator.id, "Platform operator", "SUPER_ADMIN")


def test_writes_and_lists_are_no_looks(admin, student):
    assert admin.put(f"/api/students/{student['id']}", {"phone": "+91 98765 43210"}).status == 200
    assert admin.get("/api/students").status == 200
    assert looks(admin, student) == []


def test_a_look_that_cannot_be_kept_does_not_take_the_answer_away(admin, student, monkeypatch):
    def down(*_, **__):
        raise RuntimeError("the table does not answer")

    monkeypatch.setattr(in_place, "change", down)
    assert admin.get(f"/api/students/{student['id']}").status == 200


def test_a_look_costs_one_write_unit_and_no_read(admin, student):
    admin.get(f"/api/students/{student['id']}")
    views.forget()
    units = []

    def ask(params, **_):
        params["ReturnConsumedCapacity"] = "TOTAL"

    def count(parsed, **_):
        units.append(parsed["ConsumedCapacity"]["CapacityUnits"])

    events = client("dynamodb").meta.events
    events.register("provide-client-params.dynamodb.UpdateItem", ask, unique_id="ask")
    events.register("after-call.dynamodb.UpdateItem", count, unique_id="count")
    try:
        admin.get(f"/api/students/{student['id']}")
        admin.get(f"/api/students/{student['id']}/history")
    finally:
        events.unregister("provide-client-params.dynamodb.UpdateItem", ask, unique_id="ask")
        events.unregister("after-call.dynamodb.UpdateItem", count, unique_id="count")
    assert units == [1.0]


def test_looks_are_kept_as_long_as_the_audit_log(school, admin, student):
    admin.get(f"/api/students/{student['id']}")
    (raw,) = reader.query(StudentView.partition_of(school_id=school.id, student_id=student["id"]))
    assert int(raw["expiresAt"]["N"]) > 0
    assert StudentView.from_item(raw).sk == f"{raw['day']['S']}#{raw['userId']['S']}"


def test_views_are_searched_paged_and_bounded(school, admin, student):
    for name in ("Ravi", "Sita", "Uma"):
        make_person(school, "ACCOUNTANT", first_name=name).client.get(f"/api/students/{student['id']}")
    reply = admin.get(f"/api/logs/views/{student['id']}", pageSize=2, page=2).json
    assert (len(reply["data"]), reply["pagination"]["totalRecords"]) == (1, 3)
    assert [r["userName"] for r in looks(admin, student, search="sita")] == ["Sita Person"]
    assert admin.get(f"/api/logs/views/{student['id']}", **{"from": "2020-01-01"}).status == 400
    assert admin.get("/api/logs/views/0198a2b4-0000-7000-8000-00000000dead").status == 404


def _of_a_student() -> list[Route]:
    """Routes that read a student; who looked at one is no part of its record."""
    return [r for m, r in routes() if r.method == "GET" and "<student_id>" in r.path and m.name != "logs"]


@pytest.mark.parametrize("route", _of_a_student(), ids=lambda r: r.path)
def test_every_route_that_reads_a_student_leaves_a_look(world, storage, route):
    """Also one that another module declares: what it answers of a child is looked at."""
    views.forget()
    place = make_place()
    student_id = place.id_of("student_id")
    path = re.sub(r"<(\w+)>", lambda m: place.id_of(m[1]), route.path)
    assert lead(path)
    reply = place.people[Role.SCHOOL_ADMIN].client.get(path)
    assert reply.status in {200, 303}, reply.body
    found = list(reader.query(StudentView.partition_of(school_id=place.school.id, student_id=student_id)))
    assert [raw["userId"]["S"] for raw in found] == [place.people[Role.SCHOOL_ADMIN].id]

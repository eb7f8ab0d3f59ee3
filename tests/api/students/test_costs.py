"""What the operations on students cost, and what a subscription allows (rule A8)."""

import pytest

from shared.data.connection import client
from tests.api.students.conftest import ASHA
from tests.support.world import make_person, make_school
from tests.support.write_units import recorded_units


class Meter:
    """Read units and requests of what happens inside."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.read_units = 0.0

    def ask(self, params, model, **_):
        self.requests.append(model.name)
        params["ReturnConsumedCapacity"] = "TOTAL"

    def count(self, parsed, model, **_):
        consumed = parsed.get("ConsumedCapacity") or []
        if model.name in ("GetItem", "BatchGetItem", "Query"):
            self.read_units += sum(c["CapacityUnits"] for c in (consumed if isinstance(consumed, list) else [consumed]))

    def __enter__(self):
        events = client("dynamodb").meta.events
        events.register("provide-client-params.dynamodb.*", self.ask, unique_id="ask")
        events.register("after-call.dynamodb.*", self.count, unique_id="count")
        return self

    def __exit__(self, *_):
        events = client("dynamodb").meta.events
        events.unregister("provide-client-params.dynamodb.*", self.ask, unique_id="ask")
        events.unregister("after-call.dynamodb.*", self.count, unique_id="count")


def test_reading_one_student_is_one_request_of_at_most_one_unit(admin, enrol):
    path = f"/api/students/{enrol()['id']}"
    admin.get(path)
    with Meter() as meter:
        admin.get(path)
    assert (meter.requests, meter.read_units) == (["GetItem"], 1.0)


def test_a_create_is_three_requests_besides_the_check_of_its_caller(admin, room):
    with Meter() as meter, recorded_units() as units:
        assert admin.post("/api/students", {**ASHA, "classId": room["id"]}).status == 201
    assert meter.requests == ["BatchGetItem", "BatchGetItem", "UpdateItem", "TransactWriteItems"]
    assert units[0] <= 16


def test_a8_a_subscription_allows_so_many_students_at_the_school(world):
    school = make_school(subscription_tier="FREE", limits={"students": 2})
    admin = make_person(school).client
    room = admin.post("/api/classes", {"name": "Class 10", "section": "A", "grade": "10", "capacity": 9}).data["id"]
    made = [admin.post("/api/students", {**ASHA, "classId": room}).data for _ in range(2)]
    reply = admin.post("/api/students", {**ASHA, "classId": room})
    assert (reply.status, reply.error["code"], reply.error["details"][0]["field"]) == (403, "FORBIDDEN", "students")
    assert admin.put(f"/api/students/{made[0]['id']}", {"status": "INACTIVE"}).status == 200
    third = admin.post("/api/students", {**ASHA, "classId": room})
    assert third.status == 201
    assert admin.put(f"/api/students/{made[0]['id']}", {"status": "ACTIVE"}).status == 403
    assert admin.delete(f"/api/students/{third.data['id']}").data["outcome"] == "removed"
    assert admin.put(f"/api/students/{made[0]['id']}", {"status": "ACTIVE"}).status == 200


@pytest.mark.parametrize("tier", ["FREE", "BASIC"])
def test_a8_students_who_were_there_before_the_limit_are_counted(world, tier):
    school = make_school(subscription_tier="PREMIUM")
    admin = make_person(school).client
    room = admin.post("/api/classes", {"name": "Class 10", "section": "A", "grade": "10", "capacity": 9}).data["id"]
    for _ in range(2):
        admin.post("/api/students", {**ASHA, "classId": room})
    from shared.auth import gate
    from shared.data import reader
    from shared.data.unit_of_work import Actor, UnitOfWork
    from shared.entities.tenancy import School

    found = reader.load(School, consistent=True, school_id=school.id)
    found.subscription_tier, found.limits = tier, {"students": 2}
    unit = UnitOfWork(school.id, Actor(), "tests")
    unit.update(found)
    unit.commit()
    gate.forget()
    assert admin.post("/api/students", {**ASHA, "classId": room}).status == 403

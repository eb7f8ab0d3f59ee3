"""Guardians: one login, several children; both sides of the link in one transaction (rule A3)."""

from datetime import timedelta

import pytest

from shared import clock
from shared.auth.permissions import Role
from shared.data import reader
from shared.entities.people import StudentGuardian, UserChild
from shared.entities.tenancy import Access, AccountAddress, User
from shared.ids import new_id
from tests.api.students.conftest import ASHA
from tests.support.client import Client
from tests.support.keys import access_token
from tests.support.world import make_person, make_school


def mother(email: str = "", **fields) -> dict:
    return {"firstName": "Lakshmi", "email": email or f"{new_id()}@home.example", "phone": "098765 43211", "relation": "MOTHER", **fields}


@pytest.fixture
def path(enrol):
    return f"/api/students/{enrol()['id']}/guardians"


def test_a_new_guardian_gets_an_invited_login_and_sees_the_child(admin, school, path):
    reply = admin.post(path, mother("Lakshmi.N@Home.example"))
    assert reply.status == 201
    made = reply.data
    assert (made["email"], made["phone"], made["invited"], made["status"]) == ("lakshmi.n@home.example", "+919876543211", True, "ACTIVE")
    assert (made["sees"], made["until"]) == ({"academics": True, "fees": True, "pickUp": False}, None)
    user = reader.load(User, school_id=school.id, id=made["userId"])
    assert (user.role, user.invited, user.status) == (Role.STUDENT_PARENT, True, "ACTIVE")
    assert reader.load(Access, school_id=school.id, user_id=user.id).role == Role.STUDENT_PARENT
    assert reader.load(AccountAddress, email="lakshmi.n@home.example").user_id == user.id
    client = Client(access_token(user.id, school.id, user.role))
    assert [s["id"] for s in client.get("/api/students").data] == [made["studentId"]]
    assert admin.get(path).data == [made]


def test_a3_the_same_email_for_a_second_child_is_the_same_login(admin, school, enrol, path):
    person = mother()
    first = admin.post(path, person).data
    second = admin.post(f"/api/students/{enrol()['id']}/guardians", {**person, "relation": "GUARDIAN"}).data
    assert (second["userId"], second["relation"]) == (first["userId"], "GUARDIAN")
    client = Client(access_token(first["userId"], school.id, "STUDENT_PARENT"))
    assert len(client.get("/api/students").data) == 2


def test_a_teacher_of_the_school_can_be_a_guardian_by_id_or_by_email(admin, school, path, enrol):
    teacher = make_person(school, Role.TEACHER, email="Teacher@School.example")
    assert admin.post(path, {"userId": teacher.id, "relation": "FATHER"}).data["userId"] == teacher.id
    other = f"/api/students/{enrol()['id']}/guardians"
    assert admin.post(other, mother("teacher@school.example", firstName="Somebody")).data["firstName"] == "Test"


def test_g8_an_email_of_another_school_is_409_and_tells_nothing(admin, path):
    foreign = make_person(make_school(), Role.STUDENT_PARENT)
    reply = admin.post(path, mother(foreign.email))
    assert (reply.status, reply.error["details"]) == (409, [{"field": "email", "message": "This e-mail address cannot be used"}])
    assert foreign.school_id not in reply.body.decode()
    assert admin.get(path).data == []


def test_the_same_login_twice_is_409_and_leaves_one_link(admin, path):
    person = mother()
    made = admin.post(path, person).data
    assert admin.post(path, person).status == 409
    assert admin.post(path, {"userId": made["userId"], "relation": "MOTHER"}).status == 409
    assert len(admin.get(path).data) == 1


def test_a_link_whose_time_is_over_can_be_made_again(admin, school, path):
    today = clock.today(school.timezone)
    made = admin.post(path, mother(since="2025-01-01", until=(today - timedelta(days=1)).isoformat())).data
    client = Client(access_token(made["userId"], school.id, "STUDENT_PARENT"))
    assert client.get("/api/students").data == []
    again = admin.post(path, {"userId": made["userId"], "relation": "MOTHER"})
    assert again.status == 201
    assert len(client.get("/api/students").data) == 1
    assert len(admin.get(path).data) == 1


def test_removing_a_guardian_takes_both_sides_away_and_leaves_the_login(admin, school, path):
    made = admin.post(path, mother()).data
    client = Client(access_token(made["userId"], school.id, "STUDENT_PARENT"))
    assert len(client.get("/api/students").data) == 1
    assert admin.delete(f"{path}/{made['userId']}").data == {"id": made["userId"], "outcome": "removed"}
    keys = {"school_id": school.id, "student_id": made["studentId"], "user_id": made["userId"]}
    assert reader.load(StudentGuardian, consistent=True, **keys) is None
    assert reader.load(UserChild, consistent=True, **keys) is None
    assert reader.load(User, consistent=True, school_id=school.id, id=made["userId"]) is not None
    assert client.get("/api/students").data == []
    assert admin.delete(f"{path}/{made['userId']}").status == 404


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"relation": "MOTHER"}, {"firstName", "email"}),
        ({"relation": "AUNT", "userId": "x"}, {"relation", "userId"}),
        (mother(phone="12345"), {"phone"}),
        (mother(since="2026-04-02", until="2026-04-01"), {"until"}),
        (mother(role="SCHOOL_ADMIN", schoolId="x"), {"role", "schoolId"}),
        (mother(sees={"academics": "yes", "salary": True}), {"sees.academics", "sees.salary"}),
        ({"relation": "MOTHER", "userId": new_id()}, {"userId"}),
    ],
)
def test_bad_guardians_are_refused_by_field(admin, path, body, fields):
    reply = admin.post(path, body)
    assert (reply.status, {d["field"] for d in reply.error["details"]}) == (400, fields)
    assert admin.get(path).data == []


def test_a_student_with_a_guardian_is_deactivated_rather_than_removed(admin, enrol, path):
    admin.post(path, mother())
    student = path.removesuffix("/guardians")
    assert admin.delete(student).data["outcome"] == "deactivated"
    assert admin.get(student).data["status"] == "INACTIVE"


def test_guardians_are_for_staff_to_see(admin, school, path):
    made = admin.post(path, mother()).data
    assert Client(access_token(made["userId"], school.id, "STUDENT_PARENT")).get(path).status == 403
    assert make_person(school, Role.TEACHER).client.get(path).status == 403
    assert make_person(school, Role.ACCOUNTANT).client.get(path).status == 200
    assert make_person(make_school()).client.get(path).status == 404
    assert make_person(make_school()).client.post(path, mother()).status == 404


def test_a_person_who_is_invited_twice_at_once_gets_one_login(admin, school, enrol, path, monkeypatch):
    from functions.students import guardians

    person, other = mother(), f"/api/students/{enrol()['id']}/guardians"
    invite, meanwhile = guardians._invite, []

    def slow(caller, data):
        if not meanwhile:
            meanwhile.append(None)
            from shared.http import request

            mine = (request.current(), request.unit())
            meanwhile.append(admin.post(other, person).data["userId"])
            request.bind(mine[0])
            request.bind_unit(mine[1])
        return invite(caller, data)

    monkeypatch.setattr(guardians, "_invite", slow)
    assert admin.post(path, person).data["userId"] == meanwhile[1]
    assert len(admin.get(path).data) == 1


def test_a8_a_new_login_counts_against_the_subscription(world):
    school = make_school(subscription_tier="FREE", limits={"users": 2})
    admin = make_person(school).client
    room = admin.post("/api/classes", {"name": "Class 10", "section": "A", "grade": "10", "capacity": 9}).data["id"]
    paths = [f"/api/students/{admin.post('/api/students', {**ASHA, 'classId': room}).data['id']}/guardians" for _ in range(2)]
    person = mother()
    assert admin.post(paths[0], person).status == 201
    reply = admin.post(paths[0], mother())
    assert (reply.status, reply.error["details"][0]["field"]) == (403, "users")
    assert admin.post(paths[1], person).status == 201

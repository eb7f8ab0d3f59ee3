"""Who sees which student: own class, own child, itself (rules A1–A3), and the lists that later modules fill."""

from datetime import timedelta

import pytest

from shared import clock
from shared.auth.permissions import Role
from shared.data.unit_of_work import Actor, UnitOfWork
from shared.entities.people import UserChild
from shared.errors import Conflict
from shared.ids import new_id
from tests.api.students.conftest import ASHA
from tests.support.world import make_person, make_school

LISTS = ("attendance", "fees", "results")


@pytest.fixture
def day(school):
    today = clock.today(school.timezone)
    return lambda days: (today + timedelta(days=days)).isoformat()


@pytest.fixture
def link(school, day):
    """Makes somebody a guardian of a student, as the table holds it."""

    def make(person, student_id: str, *, until: str | None = None, since: str | None = None, **sees: bool) -> None:
        unit = UnitOfWork(school.id, Actor(), "tests")
        rights = {"academics": True, "fees": True, "pickUp": False, **sees}
        found = UserChild(
            school_id=school.id,
            user_id=person.id,
            student_id=student_id,
            relation="MOTHER",
            sees=rights,
            since=since or day(0),
            until=until,
        )
        unit.put(found, None, Conflict())
        unit.commit()

    return make


def test_a1_only_admins_change_students(school, room, enrol):
    made = enrol()
    path = f"/api/students/{made['id']}"
    for role in (Role.TEACHER, Role.ACCOUNTANT, Role.STUDENT_PARENT):
        client = make_person(school, role).client
        for reply in (
            client.post("/api/students", {"nonsense": 1}),
            client.put(path, {"firstName": "x"}),
            client.delete(path),
            client.post(f"{path}/transfer", {"status": "TRANSFERRED"}),
            client.post("/api/classes/promote", {}),
            client.post(f"{path}/guardians", {}),
        ):
            assert reply.status == 403


def test_a1_an_accountant_reads_every_student_and_their_fees_but_no_marks(school, enrol):
    made, client = enrol(), make_person(school, Role.ACCOUNTANT).client
    assert client.get("/api/students").json["pagination"]["totalRecords"] == 1
    assert client.get(f"/api/students/{made['id']}").status == 200
    assert client.get(f"/api/students/{made['id']}/fees").status == 200
    assert client.get(f"/api/students/{made['id']}/results").status == 403


def test_a2_a_teacher_reads_the_students_of_its_own_classes_and_no_others(admin, school, room, other_room, enrol):
    teacher = make_person(school, Role.TEACHER)
    mine, other = enrol(), enrol(classId=other_room["id"])
    assert teacher.client.get("/api/students").data == []
    assert teacher.client.get(f"/api/students/{mine['id']}").status == 403
    admin.post(f"/api/classes/{room['id']}/assign-teacher", {"teacherId": teacher.id})
    assert [s["id"] for s in teacher.client.get("/api/students").data] == [mine["id"]]
    assert teacher.client.get("/api/students", classId=other_room["id"]).data == []
    assert teacher.client.get(f"/api/students/{mine['id']}").status == 200
    assert teacher.client.get(f"/api/students/{mine['id']}/history").status == 200
    for path in ("", "/history", "/attendance", "/results", "/guardians"):
        assert teacher.client.get(f"/api/students/{other['id']}{path}").status == 403


def test_a2_last_years_class_is_no_own_class(admin, school, enrol):
    teacher = make_person(school, Role.TEACHER)
    old = {"name": "Class 9", "section": "A", "grade": "9", "capacity": 5, "academicYear": "2025-2026", "classTeacherId": teacher.id}
    made = enrol(classId=admin.post("/api/classes", old).data["id"])
    assert teacher.client.get(f"/api/students/{made['id']}").status == 403
    assert teacher.client.get("/api/students").data == []


def test_a3_a_parent_sees_exactly_its_children_of_today(school, other_room, enrol, link, day):
    parent = make_person(school, Role.STUDENT_PARENT)
    child, sibling, former, later, stranger = (
        enrol(),
        enrol(),
        enrol(),
        enrol(classId=other_room["id"]),
        make_person(school, "STUDENT_PARENT"),
    )
    link(parent, child["id"])
    link(parent, sibling["id"], until=day(0))
    link(parent, former["id"], since=day(-9), until=day(-1))
    link(parent, later["id"], since=day(1))
    assert {s["id"] for s in parent.client.get("/api/students").data} == {child["id"], sibling["id"]}
    assert parent.client.get("/api/students", search="Asha").json["pagination"]["totalRecords"] == 2
    assert parent.client.get(f"/api/students/{child['id']}").status == 200
    for hidden in (former, later):
        for path in ("", "/history", *(f"/{name}" for name in LISTS)):
            assert parent.client.get(f"/api/students/{hidden['id']}{path}").status == 403
    assert stranger.client.get("/api/students").data == []
    assert stranger.client.get(f"/api/students/{child['id']}").status == 403


def test_a3_a_guardian_sees_academics_and_fees_only_where_its_link_says_so(school, enrol, link):
    parent, child = make_person(school, Role.STUDENT_PARENT), enrol()
    link(parent, child["id"], academics=False)
    path = f"/api/students/{child['id']}"
    assert parent.client.get(path).status == 200
    assert [parent.client.get(f"{path}/{name}").status for name in LISTS] == [403, 200, 403]


def test_a_teacher_who_is_a_parent_sees_its_child_besides_its_classes(admin, school, room, other_room, enrol, link):
    teacher = make_person(school, Role.TEACHER)
    pupil, child = enrol(), enrol(classId=other_room["id"])
    admin.post(f"/api/classes/{room['id']}/assign-teacher", {"teacherId": teacher.id})
    link(teacher, child["id"])
    assert {s["id"] for s in teacher.client.get("/api/students").data} == {pupil["id"], child["id"]}
    assert teacher.client.get(f"/api/students/{child['id']}/results").status == 200


def test_a3_a_student_with_a_login_sees_itself_and_nobody_else(admin, school, enrol):
    login = make_person(school, Role.STUDENT_PARENT)
    made, other = enrol(), enrol()
    path = f"/api/students/{made['id']}"
    assert admin.put(path, {"userId": login.id}).data["userId"] == login.id
    assert [s["id"] for s in login.client.get("/api/students").data] == [made["id"]]
    assert login.client.get(path).status == 200
    assert login.client.get(f"/api/students/{other['id']}").status == 403
    reply = admin.put(f"/api/students/{other['id']}", {"userId": login.id})
    assert (reply.status, reply.error["details"][0]["field"]) == (409, "userId")
    assert admin.delete(path).data["outcome"] == "deactivated"
    assert admin.put(path, {"userId": None}).data["userId"] is None
    assert login.client.get(path).status == 403
    assert admin.put(f"/api/students/{other['id']}", {"userId": login.id}).status == 200


@pytest.mark.parametrize("who", ["teacher", "foreign", "nobody"])
def test_only_a_student_or_parent_of_the_school_can_be_a_students_login(admin, school, room, who):
    person = {"teacher": lambda: make_person(school, Role.TEACHER).id, "foreign": lambda: make_person(make_school()).id, "nobody": new_id}[
        who
    ]()
    reply = admin.post("/api/students", {**ASHA, "classId": room["id"], "userId": person})
    assert (reply.status, reply.error["details"][0]["field"]) == (400, "userId")


@pytest.mark.parametrize("name", LISTS)
def test_the_lists_of_later_modules_are_empty_pages_and_404_where_there_is_no_such_student(admin, enrol, name):
    path = f"/api/students/{enrol()['id']}/{name}"
    assert admin.get(path).json == {
        "success": True,
        "data": [],
        "pagination": {"page": 1, "pageSize": 20, "totalPages": 0, "totalRecords": 0},
    }
    assert admin.get(path, page=3, pageSize=7).json["pagination"] == {"page": 3, "pageSize": 7, "totalPages": 0, "totalRecords": 0}
    assert admin.get(path, sort="nonsense").status == 400
    assert admin.get(path, colour="red").status == 400
    assert admin.get(f"/api/students/{new_id()}/{name}").status == 404
    assert admin.get(f"/api/students/nonsense/{name}").status == 404
    assert make_person(make_school()).client.get(path).status == 404

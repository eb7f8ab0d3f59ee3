"""Classes and subjects over their handler, on DynamoDB Local."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.auth.permissions import Role
from tests.support.guard import Guard
from tests.support.world import make_person, make_school

TEN = {"name": "Class 10", "section": "A", "grade": "10", "capacity": 40}


@pytest.fixture
def school(world: Guard):
    return make_school()


@pytest.fixture
def admin(school):
    return make_person(school).client


def test_a_class_is_created_read_changed_and_removed(admin, school):
    made = admin.post("/api/classes", TEN)
    assert made.status == 201
    assert made.data["academicYear"] == "2026-2027"
    assert made.headers["etag"] == '"1"'
    class_id = made.data["id"]
    assert admin.get(f"/api/classes/{class_id}").data == made.data
    changed = admin.put(f"/api/classes/{class_id}", {"roomNumber": "12"}, headers={"If-Match": '"1"'})
    assert (changed.data["roomNumber"], changed.data["version"]) == ("12", 2)
    assert admin.get("/api/classes").data[0]["roomNumber"] == "12"
    assert admin.delete(f"/api/classes/{class_id}").data["outcome"] == "removed"
    assert admin.get(f"/api/classes/{class_id}").status == 404
    assert admin.get("/api/classes").data == []


def test_s2_a_class_is_unique_by_name_section_and_year_also_when_many_ask_at_once(admin):
    with ThreadPoolExecutor(1) as pool:
        replies = list(pool.map(lambda _: admin.post("/api/classes", TEN).status, range(5)))
    assert sorted(replies) == [201, 409, 409, 409, 409]
    assert admin.post("/api/classes", {**TEN, "section": "B"}).status == 201


def test_g5_a_stale_if_match_gets_409_with_the_current_version(admin):
    made = admin.post("/api/classes", TEN).data
    admin.put(f"/api/classes/{made['id']}", {"capacity": 41})
    reply = admin.put(f"/api/classes/{made['id']}", {"capacity": 42}, headers={"If-Match": '"1"'})
    assert reply.status == 409
    assert reply.error["currentVersion"] == 2


def test_g7_every_bad_field_is_listed_with_its_path(admin):
    reply = admin.post("/api/classes", {"name": "", "section": 5, "capacity": "40", "colour": "red"})
    assert reply.status == 400
    assert {d["field"] for d in reply.error["details"]} == {"name", "section", "grade", "capacity", "colour"}


def test_g8_a_class_of_another_school_does_not_exist(admin, school):
    foreign = make_person(make_school()).client
    made = admin.post("/api/classes", TEN).data
    for reply in (
        foreign.get(f"/api/classes/{made['id']}"),
        foreign.put(f"/api/classes/{made['id']}", {"name": "x"}),
        foreign.delete(f"/api/classes/{made['id']}"),
    ):
        assert reply.status == 404
    assert foreign.get("/api/classes").data == []


def test_g9_the_same_key_and_body_gets_the_first_answer_again_and_another_body_a_409(admin):
    first = admin.post("/api/classes", TEN, headers={"Idempotency-Key": "k1"})
    again = admin.post("/api/classes", TEN, headers={"Idempotency-Key": "k1"})
    assert (again.status, again.data) == (201, first.data)
    assert again.headers["idempotency-replayed"] == "true"
    other = admin.post("/api/classes", {**TEN, "section": "Z"}, headers={"Idempotency-Key": "k1"})
    assert other.status == 409


def test_a1_teachers_and_parents_may_not_make_classes(school):
    for role in (Role.TEACHER, Role.ACCOUNTANT, Role.STUDENT_PARENT):
        reply = make_person(school, role).client.post("/api/classes", {"nonsense": 1})
        assert reply.status == 403


def test_a2_a_teacher_sees_the_classes_that_it_leads_or_teaches_in(admin, school):
    teacher = make_person(school, Role.TEACHER)
    led = admin.post("/api/classes", {**TEN, "classTeacherId": teacher.id}).data
    taught = admin.post("/api/classes", {**TEN, "section": "B"}).data
    admin.post("/api/classes", {**TEN, "section": "C"})
    subject = admin.post("/api/subjects", {"name": "Mathematics", "code": "MATH101"}).data
    admin.post(f"/api/classes/{taught['id']}/subjects", {"subjectId": subject["id"], "teacherId": teacher.id, "weeklyHours": 5})
    assert {c["id"] for c in teacher.client.get("/api/classes").data} == {led["id"], taught["id"]}
    rows = admin.get(f"/api/classes/{taught['id']}/subjects").data
    assert (rows[0]["subjectName"], rows[0]["teacherName"]) == ("Mathematics", "Test Person")


def test_a_subject_that_is_taught_is_deactivated_and_one_that_is_not_is_removed(admin):
    taught = admin.post("/api/subjects", {"name": "Art"}).data
    spare = admin.post("/api/subjects", {"name": "Music"}).data
    room = admin.post("/api/classes", TEN).data
    admin.post(f"/api/classes/{room['id']}/subjects", {"subjectId": taught["id"]})
    assert admin.delete(f"/api/subjects/{taught['id']}").data["outcome"] == "deactivated"
    assert admin.delete(f"/api/subjects/{spare['id']}").data["outcome"] == "removed"
    assert [s["name"] for s in admin.get("/api/subjects").data] == []
    assert [s["name"] for s in admin.get("/api/subjects", includeInactive="true").data] == ["Art"]
    assert admin.post("/api/subjects", {"name": "music"}).status == 201


def test_the_list_of_classes_pages_sorts_and_searches(admin):
    for number in (2, 10, 9):
        admin.post("/api/classes", {**TEN, "name": f"Class {number}", "grade": str(number)})
    assert [c["grade"] for c in admin.get("/api/classes").data] == ["2", "9", "10"]
    reply = admin.get("/api/classes", page=2, pageSize=2, sort="-name")
    assert [c["grade"] for c in reply.data] == ["2"]
    assert reply.json["pagination"] == {"page": 2, "pageSize": 2, "totalPages": 2, "totalRecords": 3}
    assert [c["grade"] for c in admin.get("/api/classes", search="CLASS 9").data] == ["9"]
    assert admin.get("/api/classes", sort="nonsense").status == 400
    assert admin.get("/api/classes", page=99).data == []

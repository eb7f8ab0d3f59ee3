"""The list of teachers, and who sees what of whom."""

import pytest

from shared.auth.permissions import Role
from tests.support.world import make_person


def ids(reply):
    return [t["id"] for t in reply.data]


def test_g6_a_teacher_is_in_the_list_at_once_with_filters_search_sort_and_pages(admin, hire):
    assert admin.get("/api/teachers").data == []
    first = hire(firstName="Élise", department="Arts", employeeId="E-9")
    second = hire(firstName="Bo", department="Science", employeeId="E-10")
    third = hire(firstName="Cem", department=None, employeeId="E-2", specialization=None)
    assert ids(admin.get("/api/teachers")) == [second["id"], third["id"], first["id"]]
    assert ids(admin.get("/api/teachers", sort="employeeId")) == [third["id"], first["id"], second["id"]]
    assert ids(admin.get("/api/teachers", sort="-department")) == [second["id"], first["id"], third["id"]]
    assert ids(admin.get("/api/teachers", department="ARTS")) == [first["id"]]
    for text, found in (("elise", first), ("E-10", second), ("science", second), (third["email"].upper(), third)):
        assert ids(admin.get("/api/teachers", search=text)) == [found["id"]], text
    assert len(ids(admin.get("/api/teachers", search="9876543210"))) == 3
    reply = admin.get("/api/teachers", page=2, pageSize=2)
    assert (ids(reply), reply.json["pagination"]) == ([first["id"]], {"page": 2, "pageSize": 2, "totalPages": 2, "totalRecords": 3})
    assert admin.get("/api/teachers", page=9).data == []
    assert admin.get("/api/teachers", sort="salary").status == 400


def test_the_list_follows_the_account_as_soon_as_it_is_changed(admin, hire):
    made = hire()
    admin.get("/api/teachers")
    assert admin.put(f"/api/users/{made['id']}", {"firstName": "Usha"}).status == 200
    assert [t["firstName"] for t in admin.get("/api/teachers").data] == ["Usha"]


def test_g10_who_has_left_is_shown_when_asked_for(admin, hire):
    left, stays = hire(firstName="Leo"), hire()
    assert admin.put(f"/api/teachers/{left['id']}", {"status": "INACTIVE"}).data["exitDate"]
    assert ids(admin.get("/api/teachers")) == [stays["id"]]
    assert ids(admin.get("/api/teachers", status="INACTIVE")) == [left["id"]]
    assert len(ids(admin.get("/api/teachers", includeInactive="true"))) == 2


def test_the_list_shows_no_salary_to_anybody(admin, hire):
    hire()
    assert b"salary" not in admin.get("/api/teachers").body
    assert b"leaves" not in admin.get("/api/teachers").body


def test_a_teacher_sees_itself_whole_and_colleagues_without_what_is_private(admin, hire, signed_in):
    me, colleague = hire(firstName="Me"), hire(firstName="Other")
    admin.post(f"/api/teachers/{colleague['id']}/leaves", {"from": "2020-05-04", "reason": "Surgery"})
    client = signed_in(me)
    assert client.get(f"/api/teachers/{me['id']}").data == admin.get(f"/api/teachers/{me['id']}").data
    seen = client.get(f"/api/teachers/{colleague['id']}").data
    private = ("phone", "joinDate", "exitDate", "accountStatus", "invited", "salary", "leaves")
    assert {n: seen[n] for n in private} == dict.fromkeys(private)
    assert (seen["firstName"], seen["department"], seen["status"]) == ("Other", "Science", "ON_LEAVE")
    rows = {t["id"]: t for t in client.get("/api/teachers").data}
    assert (rows[me["id"]]["phone"], rows[colleague["id"]]["phone"], rows[colleague["id"]]["joinDate"]) == ("+919876543210", None, None)
    assert client.get("/api/teachers", search="9876543210").data == []
    assert client.get("/api/teachers", sort="joinDate").status == 400


def test_a1_a_teacher_changes_nothing_of_a_profile_and_others_see_none(admin, hire, school, signed_in):
    made = hire()
    path = f"/api/teachers/{made['id']}"
    for method, where, told in (
        ("PUT", path, {"salary": 1}),
        ("DELETE", path, None),
        ("POST", "/api/teachers", {}),
        ("GET", f"{path}/handover", None),
        ("POST", f"{path}/handover", {}),
        ("POST", f"{path}/leaves", {}),
    ):
        assert signed_in(made).request(method, where, json_body=told).status == 403, (method, where)
    for role in (Role.ACCOUNTANT, Role.STUDENT_PARENT):
        person = make_person(school, role).client
        for where in ("/api/teachers", path, f"{path}/classes", f"{path}/schedule"):
            assert person.get(where).status == 403, (role, where)


@pytest.mark.parametrize("field", ["salary", "employeeId", "status", "department"])
def test_nobody_reaches_the_profile_by_their_own_account(hire, signed_in, field):
    made = hire()
    assert signed_in(made).put(f"/api/users/{made['id']}", {field: "1"}).error["details"][0]["field"] == field


def test_people_a_parent_of_two_children_who_is_also_a_teacher_sees_both_children_and_the_own_class(admin, hire, room, signed_in):
    teacher, own, others = hire(), room(), room(section="B")
    admin.post(f"/api/classes/{own['id']}/assign-teacher", {"teacherId": teacher["id"]})
    child = {"lastName": "Iyer", "dateOfBirth": "2012-02-29", "gender": "FEMALE", "parentPhone": "098765 43210"}
    twins = [admin.post("/api/students", {**child, "firstName": name, "classId": others["id"]}).data for name in ("Asha", "Usha")]
    pupil = admin.post("/api/students", {**child, "firstName": "Rohan", "classId": own["id"]}).data
    admin.post("/api/students", {**child, "firstName": "Nobody", "classId": others["id"]})
    for twin in twins:
        assert admin.post(f"/api/students/{twin['id']}/guardians", {"userId": teacher["id"], "relation": "MOTHER"}).status == 201
    client = signed_in(teacher)
    assert {s["firstName"] for s in client.get("/api/students").data} == {"Asha", "Usha", "Rohan"}
    assert [c["id"] for c in client.get(f"/api/teachers/{teacher['id']}/classes").data] == [own["id"]]
    assert client.get(f"/api/students/{twins[0]['id']}").status == client.get(f"/api/students/{pupil['id']}").status == 200
    assert (
        admin.delete(
            f"/api/teachers/{teacher['id']}",
        ).status
        == 409
    )

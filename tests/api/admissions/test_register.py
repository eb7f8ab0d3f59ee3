"""The admissions register over its handler, on DynamoDB Local."""

import pytest

from shared.auth.permissions import Role
from shared.entities.admissions import PENDING
from shared.ids import new_id
from shared.lists import ADMISSIONS
from tests.api.admissions.conftest import ROHAN
from tests.support.journal import actions, entries
from tests.support.world import make_person, make_school


def test_an_applicant_is_noted_read_and_changed(admin, school, room):
    reply = admin.post("/api/admissions", {**ROHAN, "classId": room["id"]})
    assert (reply.status, reply.headers["etag"]) == (201, '"1"')
    made = reply.data
    assert (made["status"], made["academicYear"], made["studentId"]) == ("ENQUIRY", "2026-2027", None)
    assert (made["parentPhone"], made["parentEmail"], made["notes"]) == ("+919876543210", "lata@home.example", ROHAN["notes"])
    assert [(s["status"], s["reason"]) for s in made["states"]] == [("ENQUIRY", None)]
    path = f"/api/admissions/{made['id']}"
    assert admin.get(path).data == made
    changed = admin.put(path, {"lastName": None, "grade": "9", "classId": None}, headers={"If-Match": '"1"'}).data
    assert (changed["lastName"], changed["grade"], changed["classId"], changed["firstName"], changed["version"]) == (
        None,
        "9",
        None,
        "Rohan",
        2,
    )
    stale = admin.put(path, {"grade": "8"}, headers={"If-Match": '"1"'})
    assert (stale.status, stale.error["currentVersion"]) == (409, 2)
    assert ("CREATE_ADMISSION", "SUCCESS") in actions(school.id, "Admission")


def test_the_year_is_the_wished_classs_where_none_is_named(admin, ask):
    later = admin.post("/api/classes", {"name": "K", "section": "A", "grade": "1", "academicYear": "2027-2028", "capacity": 2}).data
    assert ask(classId=later["id"])["academicYear"] == "2027-2028"
    assert ask(academicYear="2028-2029")["academicYear"] == "2028-2029"


def test_an_applicant_goes_step_by_step_and_each_is_kept_with_who_and_when(admin, school, ask):
    path = f"/api/admissions/{ask()['id']}"
    assert admin.put(path, {"status": "ENQUIRY"}).status == 200
    for status in ("OFFERED", "ENROLLED"):
        reply = admin.put(path, {"status": status})
        assert (reply.status, reply.error["details"][0]["field"]) == (409, "status")
    for status in ("APPLIED", "OFFERED", "APPLIED", "OFFERED"):
        assert admin.put(path, {"status": status}).data["status"] == status
    unsaid = admin.put(path, {"status": "DECLINED"})
    assert (unsaid.status, unsaid.error["details"][0]["field"]) == (400, "reason")
    declined = admin.put(path, {"status": "DECLINED", "reason": "No seat"}).data
    assert (declined["reason"], declined["states"][-1]["reason"]) == ("No seat", "No seat")
    assert admin.put(path, {"reason": "No seat this year"}).data["reason"] == "No seat this year"
    again = admin.put(path, {"status": "APPLIED"}).data
    assert (again["status"], again["reason"]) == ("APPLIED", None)
    gone = admin.put(path, {"status": "WITHDRAWN", "reason": "Moved away"}).data
    assert [s["status"] for s in gone["states"]] == [
        "ENQUIRY",
        "APPLIED",
        "OFFERED",
        "APPLIED",
        "OFFERED",
        "DECLINED",
        "APPLIED",
        "WITHDRAWN",
    ]
    assert all(s["by"] and s["at"].endswith("Z") for s in gone["states"])
    assert admin.put(path, {"status": "OFFERED", "reason": "x"}).status == 409
    told = [e.action for e in entries(school.id, "Admission")]
    assert told[2:] == ["APPLY_ADMISSION", "OFFER_ADMISSION"] * 2 + [
        "DECLINE_ADMISSION",
        "UPDATE_ADMISSION",
        "APPLY_ADMISSION",
        "WITHDRAW_ADMISSION",
    ]


def test_g6_g10_the_list_shows_who_waits_with_filters_search_sort_and_pages(admin, ask, room):
    first = ask(firstName="Élise", grade="9", source="Web")
    ask(firstName="Bo", classId=room["id"])
    third = ask(firstName="Cem", parentPhone="098111 22333", parentEmail=None)
    admin.put(f"/api/admissions/{third['id']}", {"status": "WITHDRAWN", "reason": "Too far"})

    def shown(**query):
        return [a["firstName"] for a in admin.get("/api/admissions", **query).data]

    assert shown() == ["Bo", "Élise"]
    assert shown(sort="firstName", includeInactive="true") == ["Bo", "Cem", "Élise"]
    assert shown(status="WITHDRAWN") == ["Cem"]
    assert shown(search="elise", status="WITHDRAWN") == []
    assert shown(grade="9") == shown(source="Web") == shown(search="ELISE") == ["Élise"]
    assert shown(classId=room["id"]) == ["Bo"]
    assert shown(search="lata@home") == ["Bo", "Élise"]
    assert shown(academicYear="2025-2026") == []
    assert admin.get("/api/admissions", sort="notes").status == 400
    reply = admin.get("/api/admissions", page=2, pageSize=1)
    assert ([a["id"] for a in reply.data], reply.json["pagination"]["totalRecords"]) == ([first["id"]], 2)


def test_pending_are_those_who_wait_for_the_school_or_the_school_for_them(admin, school, ask, offered):
    ask()
    offered()
    admin.put(f"/api/admissions/{ask()['id']}", {"status": "WITHDRAWN", "reason": "x"})
    assert sum(row["status"] in PENDING for row in ADMISSIONS.all(school.id).values()) == 2


def test_g7_every_bad_field_is_listed_with_its_path(admin):
    bad = {
        "firstName": " ",
        "grade": "",
        "dateOfBirth": "29/02/2012",
        "gender": "X",
        "parentEmail": "no",
        "status": "ENROLLED",
        "studentId": "x",
    }
    reply = admin.post("/api/admissions", bad)
    assert (reply.status, {d["field"] for d in reply.error["details"]}) == (400, set(bad))
    reply = admin.post("/api/admissions", {"firstName": "Rohan", "grade": "1", "classId": new_id(), "dateOfBirth": "2090-01-01"})
    assert {d["field"] for d in reply.error["details"]} == {"classId", "dateOfBirth", "parentPhone"}
    reply = admin.post("/api/admissions", {"firstName": "Rohan", "grade": "1", "parentPhone": "1.0E+11"})
    assert [d["field"] for d in reply.error["details"]] == ["parentPhone"]


def test_a_family_can_be_reached_always(admin, ask):
    path = f"/api/admissions/{ask(parentEmail=None)['id']}"
    reply = admin.put(path, {"parentPhone": None})
    assert (reply.status, reply.error["details"][0]["field"]) == (400, "parentPhone")
    assert admin.put(path, {"parentPhone": None, "parentEmail": "a@b.example"}).status == 200


def test_what_is_the_students_is_not_the_applicants(admin, ask):
    reply = admin.put(f"/api/admissions/{ask()['id']}", {"rollNumber": "1", "admissionDate": "2026-04-01"})
    assert (reply.status, {d["field"] for d in reply.error["details"]}) == (400, {"rollNumber", "admissionDate"})
    reply = admin.put(f"/api/admissions/{ask()['id']}", {"status": "APPLIED", "reason": "x"})
    assert (reply.status, reply.error["details"][0]["field"]) == (400, "reason")


def test_g8_an_applicant_and_a_class_of_another_school_do_not_exist(admin, ask, room):
    mine, never = ask(), new_id()
    foreign = make_person(make_school()).client
    for method, told in (("GET", None), ("PUT", {"grade": "1"}), ("PUT", {"status": "APPLIED"})):
        replies = [foreign.request(method, f"/api/admissions/{i}", json_body=told) for i in (mine["id"], never)]
        assert [r.status for r in replies] == [404, 404]
        assert {**replies[0].error, "requestId": ""} == {**replies[1].error, "requestId": ""}
    assert foreign.get("/api/admissions").data == []
    reply = foreign.post("/api/admissions", {**ROHAN, "classId": room["id"]})
    assert (reply.status, reply.error["details"][0]["field"]) == (400, "classId")


@pytest.mark.parametrize("role", [Role.TEACHER, Role.ACCOUNTANT, Role.STUDENT_PARENT])
def test_a1_the_register_is_the_admins_alone(school, ask, role):
    made, person = ask(), make_person(school, role).client
    for method, path, told in (
        ("GET", "/api/admissions", None),
        ("POST", "/api/admissions", ROHAN),
        ("GET", f"/api/admissions/{made['id']}", None),
        ("PUT", f"/api/admissions/{made['id']}", {"status": "APPLIED"}),
    ):
        assert person.request(method, path, json_body=told).status == 403, (method, path)


def test_g9_the_same_key_notes_one_applicant(admin):
    first = admin.post("/api/admissions", ROHAN, headers={"Idempotency-Key": "a"})
    again = admin.post("/api/admissions", ROHAN, headers={"Idempotency-Key": "a"})
    assert (again.status, again.data) == (201, first.data)
    assert len(admin.get("/api/admissions").data) == 1


@pytest.mark.parametrize("names", [("Sukarno", None), ("D’Angelo", "O'Neill"), ("王芳", "李"), ("محمد", "عبد الله"), ("लक्ष्मी", "अय्यर")])
def test_g4_names_of_any_script_are_noted_and_found(admin, ask, names):
    made = ask(firstName=names[0], lastName=names[1])
    assert (made["firstName"], made["lastName"]) == names
    assert [a["id"] for a in admin.get("/api/admissions", search=names[0].upper()).data] == [made["id"]]


def test_people_twins_of_one_family_with_one_phone_are_two_applicants(ask):
    first, second = ask(), ask()
    assert first["id"] != second["id"]
    assert first["parentPhone"] == second["parentPhone"]

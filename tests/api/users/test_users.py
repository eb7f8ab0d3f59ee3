"""Users over their handler, on DynamoDB Local: create, read, list, change."""

import pytest

from shared.auth.permissions import Role
from shared.data.reader import load
from shared.entities.tenancy import Access, AccountAddress
from tests.api.users.conftest import new_user
from tests.support.journal import actions, entries
from tests.support.world import make_person, make_school


def test_a_user_is_created_with_an_invitation_and_read_back(admin, school):
    reply = admin.client.post("/api/users", new_user(phone="020 2553 1234"))
    assert reply.status == 201
    made = reply.data
    assert (made["invited"], made["mustChangePassword"], made["status"], made["schoolId"]) == (True, False, "ACTIVE", school.id)
    assert made["phone"] == "+912025531234"
    assert reply.headers["etag"] == '"1"'
    assert admin.client.get(f"/api/users/{made['id']}").data == made
    access = load(Access, consistent=True, school_id=school.id, user_id=made["id"])
    assert (access.role, access.status, access.session_version) == ("TEACHER", "ACTIVE", 1)
    assert load(AccountAddress, email=made["email"]).user_id == made["id"]
    assert ("CREATE_USER", "SUCCESS") in actions(school.id, "User")


def test_g6_a_user_is_in_the_list_as_soon_as_created_with_filters_search_and_pages(admin):
    admin.client.get("/api/users")
    for name, role in (("Élise", "TEACHER"), ("Bo", "ACCOUNTANT"), ("चंद्र", "TEACHER")):
        assert admin.client.post("/api/users", new_user(role=role, firstName=name)).status == 201
    assert {u["firstName"] for u in admin.client.get("/api/users", role="TEACHER").data} == {"Élise", "चंद्र"}
    assert [u["firstName"] for u in admin.client.get("/api/users", search="ELISE").data] == ["Élise"]
    reply = admin.client.get("/api/users", page=2, pageSize=3, sort="-createdAt")
    assert reply.json["pagination"] == {"page": 2, "pageSize": 3, "totalPages": 2, "totalRecords": 4}
    assert len(reply.data) == 1
    assert admin.client.get("/api/users", sort="password").status == 400


def test_g10_inactive_users_are_left_out_of_the_list_unless_asked_for(admin):
    made = admin.client.post("/api/users", new_user()).data
    admin.client.put(f"/api/users/{made['id']}", {"status": "INACTIVE"})
    assert made["id"] not in [u["id"] for u in admin.client.get("/api/users").data]
    assert made["id"] in [u["id"] for u in admin.client.get("/api/users", includeInactive="true").data]
    assert [u["id"] for u in admin.client.get("/api/users", status="INACTIVE").data] == [made["id"]]


def test_an_email_address_is_unique_over_all_schools_ignoring_case(admin):
    body = new_user()
    assert admin.client.post("/api/users", body).status == 201
    elsewhere = make_person(make_school()).client
    reply = elsewhere.post("/api/users", {**body, "email": body["email"].upper()})
    assert reply.status == 409
    assert reply.error["details"][0]["field"] == "email"


def test_changing_the_email_frees_the_old_address_and_holds_the_new_one(admin):
    body, other = new_user(), new_user("other")
    made = admin.client.post("/api/users", body).data
    admin.client.post("/api/users", other)
    assert admin.client.put(f"/api/users/{made['id']}", {"email": other["email"]}).status == 409
    moved = admin.client.put(f"/api/users/{made['id']}", {"email": "Moved." + body["email"]})
    assert moved.data["email"] == "moved." + body["email"]
    assert admin.client.post("/api/users", body).status == 201
    assert admin.client.post("/api/users", {**body, "email": "moved." + body["email"]}).status == 409


def test_a_moved_address_of_an_invited_user_gets_the_invitation_and_the_old_one_is_worth_nothing(admin, school):
    from shared.data.unit_of_work import Actor, UnitOfWork
    from shared.entities.tenancy import PasswordCode
    from shared.errors import Conflict

    made = admin.client.post("/api/users", new_user()).data
    unit = UnitOfWork(school.id, Actor(), "tests")
    fields = {"purpose": "INVITATION", "code_hash": "x", "made_at": 1, "claim": "c"}
    unit.put(PasswordCode(school_id=school.id, user_id=made["id"], **fields), None, Conflict())
    unit.commit()
    assert admin.client.put(f"/api/users/{made['id']}", {"email": "new-" + made["email"]}).status == 200
    assert load(PasswordCode, consistent=True, school_id=school.id, user_id=made["id"], purpose="INVITATION") is None
    assert [(e.action, e.entity_id) for e in entries(school.id, "Invitation")] == [("INVITE_USER", made["id"])]


def test_g5_put_changes_what_is_sent_null_clears_and_a_stale_if_match_is_refused(admin):
    made = admin.client.post("/api/users", new_user(phone="+912025531234", avatar="https://school.example/a.png")).data
    changed = admin.client.put(f"/api/users/{made['id']}", {"phone": None, "firstName": "Usha"}, headers={"If-Match": '"1"'}).data
    assert (changed["phone"], changed["firstName"], changed["lastName"], changed["version"]) == (None, "Usha", "Rao", 2)
    stale = admin.client.put(f"/api/users/{made['id']}", {"firstName": "x"}, headers={"If-Match": '"1"'})
    assert (stale.status, stale.error["currentVersion"]) == (409, 2)
    assert admin.client.put(f"/api/users/{made['id']}", {"firstName": None}).error["details"][0]["field"] == "firstName"


def test_g7_every_bad_field_is_listed_with_its_path(admin):
    reply = admin.client.post("/api/users", {"email": "no", "role": "KING", "firstName": "", "avatar": "javascript:1", "pets": 1})
    assert reply.status == 400
    assert {d["field"] for d in reply.error["details"]} == {"email", "role", "firstName", "avatar", "pets"}
    reply = admin.client.post("/api/users", new_user(phone="hello", password="weak"))
    assert {d["field"] for d in reply.error["details"]} == {"phone", "password"}


def test_g8_a_user_of_another_school_does_not_exist(admin):
    stranger = make_person(make_school())
    never = "01890000-0000-7000-8000-000000000000"
    for method, path, body in (
        ("GET", "", None),
        ("PUT", "", {"firstName": "x"}),
        ("DELETE", "", None),
        ("PATCH", "/toggle-status", {}),
        ("PATCH", "/change-password", {"newPassword": "Blue-Kite-42"}),
        ("POST", "/reset-mfa", {}),
        ("POST", "/resend-invitation", {}),
    ):
        replies = [admin.client.request(method, f"/api/users/{user_id}{path}", json_body=body) for user_id in (stranger.id, never)]
        assert [r.status for r in replies] == [404, 404], (method, path)
        assert {**replies[0].error, "requestId": ""} == {**replies[1].error, "requestId": ""}
    assert stranger.id not in [u["id"] for u in admin.client.get("/api/users").data]


@pytest.mark.parametrize("role", [Role.TEACHER, Role.ACCOUNTANT, Role.STUDENT_PARENT])
def test_a1_who_is_no_admin_neither_lists_makes_nor_touches_users(school, admin, role):
    person = make_person(school, role).client
    for method, path, body in (
        ("GET", "/api/users", None),
        ("POST", "/api/users", new_user()),
        ("GET", f"/api/users/{admin.id}", None),
        ("PUT", f"/api/users/{admin.id}", {"firstName": "x"}),
        ("DELETE", f"/api/users/{admin.id}", None),
        ("PATCH", f"/api/users/{admin.id}/toggle-status", {}),
        ("PATCH", f"/api/users/{admin.id}/change-password", {"newPassword": "Blue-Kite-42"}),
        ("POST", f"/api/users/{admin.id}/reset-mfa", {}),
    ):
        assert person.request(method, path, json_body=body).status == 403, (method, path)


def test_everybody_reads_and_changes_their_own_profile(school):
    teacher = make_person(school, Role.TEACHER)
    path = f"/api/users/{teacher.id}"
    assert teacher.client.get(path).data["email"] == teacher.email
    changed = teacher.client.put(path, {"firstName": "Ünal", "phone": "98765 43210", "avatar": "https://x.example/me.jpg"})
    assert (changed.data["firstName"], changed.data["phone"]) == ("Ünal", "+919876543210")


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [
        ("role", "SCHOOL_ADMIN", 403),
        ("status", "ACTIVE", 403),
        ("email", "mine@school.example", 403),
        ("schoolId", "01890000-0000-7000-8000-000000000000", 400),
        ("version", 9, 400),
        ("invited", True, 400),
        ("mustChangePassword", False, 400),
        ("password", "Blue-Kite-42", 400),
    ],
)
def test_nobody_assigns_to_themselves_what_is_an_admins_to_give(school, field, value, status):
    teacher = make_person(school, Role.TEACHER)
    reply = teacher.client.put(f"/api/users/{teacher.id}", {field: value})
    assert reply.status == status
    assert reply.error["details"][0]["field"] == field
    assert teacher.client.get(f"/api/users/{teacher.id}").data["version"] == 1


def test_a_school_id_in_the_body_of_a_new_user_is_refused_by_name(admin):
    reply = admin.client.post("/api/users", new_user(schoolId=make_school().id))
    assert (reply.status, reply.error["details"][0]["field"]) == (400, "schoolId")


def test_a_school_admin_makes_no_operator(admin):
    assert admin.client.post("/api/users", new_user(role="SUPER_ADMIN")).status == 403
    made = admin.client.post("/api/users", new_user()).data
    assert admin.client.put(f"/api/users/{made['id']}", {"role": "SUPER_ADMIN"}).status == 403


def test_an_operator_manages_the_platforms_staff_and_with_a_named_school_its_users(operator, school, admin):
    colleague = operator.client.post("/api/users", new_user(role="SUPER_ADMIN", phone="+4915112345678"))
    assert (colleague.status, colleague.data["schoolId"]) == (201, "PLATFORM")
    assert operator.client.post("/api/users", new_user(role="TEACHER")).status == 403
    ids = [u["id"] for u in operator.client.get("/api/users", pageSize=100, search=colleague.data["email"]).data]
    assert ids == [colleague.data["id"]]
    inside = {"X-School-Id": school.id}
    made = operator.client.post("/api/users", new_user(), headers=inside)
    assert (made.status, made.data["schoolId"]) == (201, school.id)
    assert operator.client.request("GET", f"/api/users/{admin.id}", headers=inside).status == 200
    assert operator.client.get(f"/api/users/{admin.id}").status == 404
    assert ("LOOK_INTO_SCHOOL", "SUCCESS") in actions(school.id)


def test_g9_the_same_key_makes_one_user_and_another_body_is_refused(admin):
    body = new_user()
    first = admin.client.post("/api/users", body, headers={"Idempotency-Key": "a"})
    again = admin.client.post("/api/users", body, headers={"Idempotency-Key": "a"})
    assert (again.status, again.data) == (201, first.data)
    assert admin.client.post("/api/users", {**body, "firstName": "x"}, headers={"Idempotency-Key": "a"}).status == 409


def test_g11_a_change_is_audited_with_before_and_after_and_a_refusal_too(admin, school):
    made = admin.client.post("/api/users", new_user()).data
    admin.client.put(f"/api/users/{made['id']}", {"role": "ACCOUNTANT"})
    told = [e for e in entries(school.id, "User") if e.action == "UPDATE_USER"]
    assert '"role":["TEACHER","ACCOUNTANT"]' in told[-1].changes
    teacher = make_person(school, Role.TEACHER)
    teacher.client.put(f"/api/users/{teacher.id}", {"role": "SCHOOL_ADMIN"})
    assert ("REFUSED_UPDATE_USER", "FAILED") in actions(school.id, "Refusal")


def test_an_invitation_is_sent_again_to_who_waits_for_one_alone(admin, school):
    made = admin.client.post("/api/users", new_user()).data
    reply = admin.client.post(f"/api/users/{made['id']}/resend-invitation")
    assert (reply.status, reply.data) == (202, {"id": made["id"], "email": made["email"]})
    assert actions(school.id, "Invitation") == [("INVITE_USER", "SUCCESS")]
    assert admin.client.post(f"/api/users/{admin.id}/resend-invitation").status == 409

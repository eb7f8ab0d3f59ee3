"""Teachers over their handler, on DynamoDB Local: profile and account made, read and changed together."""

import pytest

from shared.auth.permissions import Role
from shared.data.reader import load
from shared.entities.teaching import Teacher
from shared.entities.tenancy import Access, AccountAddress, CurrencyHold, User
from shared.ids import new_id
from tests.api.teachers.conftest import MEERA, body
from tests.support.at_once import Asked, all_at_once
from tests.support.journal import actions, entries
from tests.support.world import make_person, make_school


def test_a_profile_and_an_account_are_made_together_with_an_invitation(admin, school):
    told = body()
    reply = admin.post("/api/teachers", told)
    assert (reply.status, reply.headers["etag"]) == (201, '"1"')
    made = reply.data
    assert made["id"] == made["userId"]
    assert {n: made[n] for n in MEERA if n != "phone"} == {n: v for n, v in MEERA.items() if n != "phone"}
    assert (made["phone"], made["employeeId"], made["status"], made["accountStatus"]) == ("+919876543210", "E-0001", "ACTIVE", "ACTIVE")
    assert (made["profileComplete"], made["invited"], made["leaves"]) == (True, True, [])
    assert admin.get(f"/api/teachers/{made['id']}").data == made
    user = admin.get(f"/api/users/{made['id']}").data
    assert (user["role"], user["email"], user["invited"]) == ("TEACHER", told["email"], True)
    assert load(Access, consistent=True, school_id=school.id, user_id=made["id"]).role == "TEACHER"
    assert load(AccountAddress, email=told["email"]).user_id == made["id"]
    assert ("CREATE_TEACHER", "SUCCESS") in actions(school.id, "Teacher")
    assert ("CREATE_USER", "SUCCESS") in actions(school.id, "User")  # which the sender of invitations follows


def test_g3_the_salary_is_exact_in_the_schools_currency_which_is_held_from_then_on(admin, school, hire):
    reply = admin.post("/api/teachers", body(salary=54000.1))
    assert b'"salary":54000.10' in reply.body
    assert load(CurrencyHold, consistent=True, school_id=school.id).currency == "INR"
    for wrong in (54000.105, -1, "54000"):
        refused = admin.post("/api/teachers", body(salary=wrong))
        assert (refused.status, [d["field"] for d in refused.error["details"]]) == (400, ["salary"]), wrong
    assert hire(salary=0)["salary"] == 0


def test_a_profile_is_given_to_a_teacher_who_has_an_account(admin, school):
    teacher, clerk = make_person(school, Role.TEACHER, first_name="Sukarno", last_name=None), make_person(school, Role.ACCOUNTANT)
    told = {"userId": teacher.id, "qualification": "B.Ed."}
    made = admin.post("/api/teachers", told)
    assert made.status == 201
    assert (made.data["id"], made.data["firstName"], made.data["lastName"], made.data["experience"]) == (teacher.id, "Sukarno", None, 0)
    assert made.data["joinDate"]
    again = admin.post("/api/teachers", told)
    assert (again.status, again.error["details"][0]["field"]) == (409, "userId")
    for user_id in (clerk.id, new_id(), make_person(make_school(), Role.TEACHER).id):
        refused = admin.post("/api/teachers", {**told, "userId": user_id})
        assert (refused.status, refused.error["details"][0]["field"]) == (400, "userId")
    both = admin.post("/api/teachers", {**told, "firstName": "x", "email": "x@y.example"})
    assert (both.status, {d["field"] for d in both.error["details"]}) == (400, {"firstName", "email"})


def test_a_teacher_who_has_an_account_alone_is_listed_and_read_and_completed_by_put(admin, school):
    teacher = make_person(school, Role.TEACHER)
    row = next(t for t in admin.get("/api/teachers").data if t["id"] == teacher.id)
    assert (row["profileComplete"], row["version"], row["employeeId"], row["status"]) == (False, 0, None, "ACTIVE")
    path = f"/api/teachers/{teacher.id}"
    assert admin.get(path).data["profileComplete"] is False
    renamed = admin.put(path, {"firstName": "Asha"}).data
    assert (renamed["firstName"], renamed["profileComplete"]) == ("Asha", False)
    lacking = admin.put(path, {"department": "Art"})
    assert (lacking.status, [d["field"] for d in lacking.error["details"]]) == (400, ["qualification"])
    assert admin.put(path, {"status": "ON_LEAVE"}).status == 409
    done = admin.put(path, {"department": "Art", "qualification": "B.F.A."}, headers={"If-Match": '"0"'}).data
    assert (done["profileComplete"], done["version"], done["employeeId"], done["department"]) == (True, 1, "E-0001", "Art")
    assert admin.get(f"/api/users/{teacher.id}").data["firstName"] == "Asha"


def test_a_profile_that_is_completed_and_changes_its_status_at_once_keeps_both(admin, school):
    away, gone = (f"/api/teachers/{make_person(school, Role.TEACHER).id}" for _ in range(2))
    told = admin.put(away, {"qualification": "B.Ed.", "status": "ON_LEAVE"}).data
    assert (told["status"], len(told["leaves"])) == ("ON_LEAVE", 1)
    assert admin.get(away).data == told
    told = admin.put(gone, {"qualification": "B.Ed.", "status": "INACTIVE"}).data
    assert (told["status"], told["exitDate"] is None) == ("INACTIVE", False)
    assert admin.get(gone).data == told


@pytest.mark.parametrize(("method", "status"), [("PUT", 404), ("POST", 400)])
def test_no_profile_is_left_of_a_user_who_is_removed_at_the_same_moment(admin, school, overtake, method, status):
    teacher = make_person(school, Role.TEACHER)
    rival = overtake("Teacher", lambda: admin.delete(f"/api/users/{teacher.id}"))
    path, more = (f"/api/teachers/{teacher.id}", {}) if method == "PUT" else ("/api/teachers", {"userId": teacher.id})
    reply = admin.request(method, path, json_body={"qualification": "B.Ed.", **more})
    assert (rival.reply.data["outcome"], reply.status) == ("removed", status)
    assert load(Teacher, consistent=True, school_id=school.id, id=teacher.id) is None


def test_the_profile_of_a_teacher_who_is_suspended_or_has_left_is_completed_too(admin, school):
    for account in ("SUSPENDED", "INACTIVE"):
        teacher = make_person(school, Role.TEACHER)
        assert admin.put(f"/api/users/{teacher.id}", {"status": account}).status == 200
        told = admin.put(f"/api/teachers/{teacher.id}", {"qualification": "B.Ed."}).data
        assert (told["profileComplete"], told["accountStatus"]) == (True, account)


def test_people_who_are_no_teachers_are_none(admin, school):
    clerk = make_person(school, Role.ACCOUNTANT)
    assert admin.get(f"/api/teachers/{clerk.id}").status == 404
    assert admin.put(f"/api/teachers/{clerk.id}", {"qualification": "x"}).status == 404
    assert admin.delete(f"/api/teachers/{clerk.id}").status == 404
    assert admin.get("/api/teachers", includeInactive="true").data == []


def test_the_employee_id_is_made_in_the_schools_format_past_those_that_were_given(world):
    admin = make_person(make_school(settings={"numbering": {"employeeId": "T{YY}/{SEQ:3}"}})).client
    year = admin.post("/api/teachers", body()).data["employeeId"][1:3]
    for given in range(2, 5):
        assert admin.post("/api/teachers", body(employeeId=f"t{year}/00{given}")).status == 201
    assert [admin.post("/api/teachers", body()).data["employeeId"] for _ in range(2)] == [f"T{year}/005", f"T{year}/006"]


def test_an_employee_id_is_unique_ignoring_case_on_create_and_update_and_free_after_a_change(admin, hire):
    holder, other = hire(employeeId="Abc-1"), hire()
    for reply in (
        admin.post("/api/teachers", body(employeeId="aBC-1")),
        admin.put(f"/api/teachers/{other['id']}", {"employeeId": "ABC-1"}),
    ):
        assert (reply.status, reply.error["details"][0]["field"]) == (409, "employeeId")
    assert admin.put(f"/api/teachers/{holder['id']}", {"employeeId": "ABC-1"}).data["employeeId"] == "ABC-1"
    assert admin.put(f"/api/teachers/{holder['id']}", {"employeeId": "Z-9"}).status == 200
    assert admin.put(f"/api/teachers/{other['id']}", {"employeeId": "abc-1"}).data["employeeId"] == "abc-1"
    foreign = make_person(make_school()).client
    assert foreign.post("/api/teachers", body(employeeId="abc-1")).status == 201


def test_of_two_creates_with_one_employee_id_one_is_made_and_nothing_of_the_other(admin, school, overtake):
    rival = overtake("Teacher", lambda: admin.post("/api/teachers", body(employeeId="E-7")))
    late = admin.post("/api/teachers", body(employeeId="E-7"))
    assert (rival.reply.status, late.status, late.error["details"][0]["field"]) == (201, 409, "employeeId")
    assert len(admin.get("/api/teachers").data) == len(admin.get("/api/users", role="TEACHER").data) == 1


def test_many_creates_of_one_employee_id_at_once_give_one_201(admin, school):
    replies = all_at_once(Asked(admin, "create_teacher", body(employeeId="E-7")) for _ in range(12))
    assert sorted(r.status for r in replies) == [201] + [409] * 11
    assert {r.body["error"]["details"][0]["field"] for r in replies if r.status == 409} == {"employeeId"}
    assert len(admin.get("/api/teachers").data) == len(admin.get("/api/users", role="TEACHER").data) == 1


def test_many_creates_at_once_without_an_employee_id_get_one_each(admin):
    replies = all_at_once(Asked(admin, "create_teacher", body()) for _ in range(12))
    assert [r.status for r in replies] == [201] * 12
    assert {r.data["employeeId"] for r in replies} == {f"E-{n:04d}" for n in range(1, 13)}


def test_a_drawn_employee_id_that_is_taken_meanwhile_is_drawn_again(admin, overtake):
    rival = overtake("Teacher", lambda: admin.post("/api/teachers", body(employeeId="E-0001")))
    made = admin.post("/api/teachers", body())
    assert (rival.reply.status, made.status, made.data["employeeId"]) == (201, 201, "E-0002")
    assert len(admin.get("/api/teachers").data) == 2


def test_an_address_that_is_somebodys_is_refused_and_nothing_is_made(admin, hire, school):
    held = hire()["email"]
    for client in (admin, make_person(make_school()).client):
        reply = client.post("/api/teachers", body(email=held.upper()))
        assert (reply.status, reply.error["details"][0]["field"]) == (409, "email")
    assert len(admin.get("/api/teachers").data) == 1


def test_put_changes_both_sides_and_a_new_address_takes_the_invitation_along(admin, school, hire):
    made = hire()
    path = f"/api/teachers/{made['id']}"
    changed = admin.put(path, {"lastName": None, "email": "New." + made["email"], "department": None, "salary": 60000}).data
    assert (changed["lastName"], changed["email"], changed["department"], changed["version"]) == (None, "new." + made["email"], None, 2)
    assert admin.get(f"/api/users/{made['id']}").data["email"] == "new." + made["email"]
    assert load(AccountAddress, email=made["email"]) is None
    assert [(e.action, e.entity_id) for e in entries(school.id, "Invitation")] == [("INVITE_USER", made["id"])]
    other = hire()
    assert admin.put(path, {"email": other["email"]}).error["details"][0]["field"] == "email"
    assert admin.get(path).data == changed


def test_g5_a_stale_if_match_is_refused_also_where_the_account_alone_was_changed(admin, hire):
    made = hire()
    path = f"/api/teachers/{made['id']}"
    assert admin.put(path, {"firstName": "Usha"}, headers={"If-Match": '"1"'}).data["version"] == 2
    stale = admin.put(path, {"experience": 8}, headers={"If-Match": '"1"'})
    assert (stale.status, stale.error["currentVersion"]) == (409, 2)
    assert admin.put(path, {"qualification": None}).error["details"][0]["field"] == "qualification"
    for field in ("schoolId", "userId", "role", "version", "leaves", "password"):
        reply = admin.put(path, {field: "x"})
        assert (reply.status, reply.error["details"][0]["field"]) == (400, field)


def test_g5_two_writers_at_once_lose_nothing(admin, hire, overtake):
    path = f"/api/teachers/{hire()['id']}"
    rival = overtake("Teacher", lambda: admin.put(path, {"department": "Art"}))
    assert admin.put(path, {"specialization": "Optics"}).status == rival.reply.status == 200
    found = admin.get(path).data
    assert (found["department"], found["specialization"], found["version"]) == ("Art", "Optics", 3)


def test_g7_every_bad_field_is_listed_with_its_path(admin):
    reply = admin.post("/api/teachers", {"qualification": "", "experience": -1, "joinDate": "01/02/2024", "email": "no", "pets": 1})
    assert (reply.status, {d["field"] for d in reply.error["details"]}) == (
        400,
        {"qualification", "experience", "joinDate", "email", "pets"},
    )
    reply = admin.post("/api/teachers", body(phone="123", salary=0.001, joinDate="2036-01-01", firstName=None))
    assert {d["field"] for d in reply.error["details"]} == {"phone", "salary", "joinDate", "firstName"}


def test_g8_a_teacher_of_another_school_does_not_exist(admin, hire):
    foreign, mine = make_person(make_school()).client, hire()
    never = new_id()
    for method, path, told in (
        ("GET", "", None),
        ("PUT", "", {"firstName": "x"}),
        ("DELETE", "", None),
        ("GET", "/classes", None),
        ("GET", "/subjects", None),
        ("GET", "/schedule", None),
        ("GET", "/handover", None),
        ("POST", "/handover", {"teacherId": never}),
        ("POST", "/leaves", {"from": "2026-05-04"}),
    ):
        replies = [foreign.request(method, f"/api/teachers/{i}{path}", json_body=told) for i in (mine["id"], never)]
        assert [r.status for r in replies] == [404, 404], (method, path)
        assert {**replies[0].error, "requestId": ""} == {**replies[1].error, "requestId": ""}
    assert foreign.get("/api/teachers", includeInactive="true").data == []


def test_g9_the_same_key_makes_one_teacher(admin):
    told = body()
    first = admin.post("/api/teachers", told, headers={"Idempotency-Key": "a"})
    again = admin.post("/api/teachers", told, headers={"Idempotency-Key": "a"})
    assert (again.status, again.data) == (201, first.data)
    assert admin.post("/api/teachers", {**told, "experience": 1}, headers={"Idempotency-Key": "a"}).status == 409


def test_a8_a_subscription_allows_so_many_users_teachers_among_them(world):
    admin = make_person(make_school(subscription_tier="FREE", limits={"users": 3})).client
    made = [admin.post("/api/teachers", body()).data for _ in range(2)]
    reply = admin.post("/api/teachers", body())
    assert (reply.status, reply.error["details"][0]["field"]) == (403, "users")
    assert admin.put(f"/api/teachers/{made[0]['id']}", {"status": "INACTIVE"}).status == 200
    assert admin.post("/api/teachers", body()).status == 201
    assert admin.put(f"/api/teachers/{made[0]['id']}", {"status": "ACTIVE"}).status == 403
    assert admin.delete(f"/api/teachers/{made[1]['id']}").data["outcome"] == "removed"
    assert admin.put(f"/api/teachers/{made[0]['id']}", {"status": "ACTIVE"}).status == 200


def test_g10_a_user_with_a_profile_is_deactivated_by_the_users_routes_not_removed(admin, hire):
    made = hire()
    assert admin.delete(f"/api/users/{made['id']}").data["outcome"] == "deactivated"
    assert admin.get(f"/api/teachers/{made['id']}").data["status"] == "INACTIVE"


def test_g11_a_change_is_audited_with_before_and_after_but_not_the_reason_of_a_leave(admin, school, hire):
    made = hire()
    admin.put(f"/api/teachers/{made['id']}", {"salary": 60000})
    admin.post(f"/api/teachers/{made['id']}/leaves", {"from": "2026-05-04", "reason": "Operation of the heart"})
    told = [e.changes for e in entries(school.id, "Teacher")]
    assert '"salary":["54000.50","60000.00"]' in told[1]
    assert '"leaves"' in told[2]
    assert "heart" not in "".join(told)


@pytest.mark.parametrize("names", [("Sukarno", None), ("D’Angelo", "O'Neill"), ("王芳", "李"), ("محمد", "عبد الله"), ("लक्ष्मी", "अय्यर")])
def test_g4_names_of_any_script_and_one_word_names_are_stored_and_found(admin, hire, names):
    made = hire(firstName=names[0], lastName=names[1])
    assert (made["firstName"], made["lastName"]) == names
    for name in filter(None, names):
        assert [t["id"] for t in admin.get("/api/teachers", search=name.upper()).data] == [made["id"]]


def test_the_profile_of_a_user_who_is_no_teacher_any_more_is_inactive_and_keeps_its_account(admin, hire, school):
    made = hire()
    assert admin.put(f"/api/users/{made['id']}", {"role": "ACCOUNTANT"}).status == 200
    assert admin.get("/api/teachers").data == []
    assert [t["status"] for t in admin.get("/api/teachers", includeInactive="true").data] == ["INACTIVE"]
    assert admin.put(f"/api/teachers/{made['id']}", {"status": "ACTIVE"}).status == 409
    assert admin.delete(f"/api/teachers/{made['id']}").data["outcome"] == "deactivated"
    assert load(User, consistent=True, school_id=school.id, id=made["id"]).status == "ACTIVE"

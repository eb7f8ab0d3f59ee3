"""Students over their handler, on DynamoDB Local."""

import pytest

from shared.ids import new_id
from tests.api.students.conftest import ASHA
from tests.support.world import make_person, make_school


def test_a_student_is_enrolled_read_changed_and_removed(admin, room, taken, enrol):
    reply = admin.post("/api/students", {**ASHA, "classId": room["id"]})
    assert (reply.status, reply.headers["etag"]) == (201, '"1"')
    made = reply.data
    assert (made["phone"], made["parentPhone"], made["parentEmail"]) == ("+919876543210", "+919876543211", "lakshmi@home.example")
    assert (made["section"], made["status"], made["exitDate"]) == ("A", "ACTIVE", None)
    assert taken(room["id"]) == 1
    path = f"/api/students/{made['id']}"
    assert admin.get(path).data == made
    changed = admin.put(path, {"lastName": None, "addressCity": "Mumbai"}, headers={"If-Match": '"1"'}).data
    assert (changed["lastName"], changed["addressCity"], changed["firstName"], changed["version"]) == (None, "Mumbai", "Asha", 2)
    assert [s["id"] for s in admin.get("/api/students").data] == [made["id"]]
    assert admin.delete(path).data == {"id": made["id"], "outcome": "removed"}
    assert admin.get(path).status == 404
    assert admin.get("/api/students").data == []
    assert taken(room["id"]) == 0
    again = enrol(rollNumber=made["rollNumber"], admissionNumber=made["admissionNumber"])
    assert again["id"] != made["id"]


def test_s1_numbers_are_made_in_sequence_when_absent_and_kept_when_given(enrol):
    first, second = enrol(), enrol()
    given = enrol(rollNumber="X-7", admissionNumber="Y-7")
    assert second["rollNumber"] > first["rollNumber"]
    assert second["admissionNumber"] > first["admissionNumber"]
    assert int(second["rollNumber"].rpartition("-")[2]) == int(first["rollNumber"].rpartition("-")[2]) + 1
    assert (given["rollNumber"], given["admissionNumber"]) == ("X-7", "Y-7")


@pytest.mark.parametrize("field", ["rollNumber", "admissionNumber"])
def test_s1_a_number_is_unique_ignoring_case_on_create_and_update_and_free_after_a_change(admin, enrol, room, field):
    holder, other = enrol(**{field: "Abc-1"}), enrol()
    reply = admin.post("/api/students", {**ASHA, "classId": room["id"], field: "aBC-1"})
    assert (reply.status, reply.error["details"][0]["field"]) == (409, field)
    reply = admin.put(f"/api/students/{other['id']}", {field: "ABC-1"})
    assert (reply.status, reply.error["details"][0]["field"]) == (409, field)
    assert admin.put(f"/api/students/{holder['id']}", {field: "ABC-1"}).data[field] == "ABC-1"
    assert admin.put(f"/api/students/{holder['id']}", {field: "Z-9"}).status == 200
    assert admin.put(f"/api/students/{other['id']}", {field: "abc-1"}).data[field] == "abc-1"


def test_s1_a_number_of_another_school_is_no_obstacle(enrol):
    enrol(rollNumber="R1", admissionNumber="A1")
    school = make_school()
    foreign = make_person(school).client
    room = foreign.post("/api/classes", {"name": "Class 10", "section": "A", "grade": "10", "capacity": 3}).data
    assert foreign.post("/api/students", {**ASHA, "classId": room["id"], "rollNumber": "R1", "admissionNumber": "A1"}).status == 201


def test_s2_a_full_class_is_409_unless_an_admin_says_over_capacity(admin, other_room, enrol, taken):
    enrol(classId=other_room["id"])
    body = {**ASHA, "classId": other_room["id"]}
    reply = admin.post("/api/students", body)
    assert (reply.status, reply.error["details"][0]["field"]) == (409, "capacity")
    assert admin.request("POST", "/api/students", json_body=body, query={"overCapacity": "true"}).status == 201
    assert taken(other_room["id"]) == 2


def test_g7_every_bad_field_is_listed_with_its_path(admin):
    bad = {"firstName": " ", "dateOfBirth": "29/02/2012", "gender": "X", "bloodGroup": "C+", "section": "A", "schoolId": "x", "email": "no"}
    reply = admin.post("/api/students", bad)
    assert reply.status == 400
    named = {d["field"] for d in reply.error["details"]}
    assert named == {"firstName", "dateOfBirth", "gender", "bloodGroup", "section", "schoolId", "email", "classId"}


def test_g7_what_only_the_school_can_tell_is_listed_at_once_too(admin):
    bad = {"classId": new_id(), "phone": "123", "parentPhone": "1.0E+11", "dateOfBirth": "2030-01-01"}
    reply = admin.post("/api/students", {**ASHA, **bad})
    assert (reply.status, {d["field"] for d in reply.error["details"]}) == (400, set(bad))


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"dateOfBirth": "1899-12-31"}, "dateOfBirth"),
        ({"dateOfBirth": "2026-04-02", "admissionDate": "2026-04-01"}, "admissionDate"),
        ({"admissionDate": "2036-04-01"}, "admissionDate"),
        ({"dateOfBirth": "2013-02-29"}, "dateOfBirth"),
        ({"parentRelation": "UNCLE"}, "parentRelation"),
        ({"status": "GRADUATED"}, "status"),
    ],
)
def test_dates_and_enums_are_checked(admin, room, fields, field):
    reply = admin.post("/api/students", {**ASHA, "classId": room["id"], **fields})
    assert (reply.status, [d["field"] for d in reply.error["details"]]) == (400, [field])


@pytest.mark.parametrize(
    "names",
    [
        {"firstName": "Sukarno", "lastName": None},
        {"firstName": "D’Angelo", "lastName": "O'Neill"},
        {"firstName": "王芳", "lastName": "李"},
        {"firstName": "محمد", "lastName": "عبد الله"},
        {"firstName": "लक्ष्मी", "lastName": "अय्यर"},
        {"firstName": "Nguyễn", "lastName": "Thị Ánh"},
    ],
)
def test_g4_names_of_any_script_are_stored_and_found(admin, enrol, names):
    made = enrol(**names)
    assert {k: made[k] for k in names} == names
    for name in filter(None, names.values()):
        assert [s["id"] for s in admin.get("/api/students", search=name.upper()).data] == [made["id"]]


def test_g4_names_are_composed_so_that_twin_spellings_are_one(admin, enrol):
    made = enrol(firstName="Ame\u0301lie", lastName="Nun\u0303ez")
    assert (made["firstName"], made["lastName"]) == ("Amélie", "Nuñez")
    assert [s["id"] for s in admin.get("/api/students", search="amelie nunez").data] == [made["id"]]


def test_twins_of_one_name_and_birth_are_two_students(admin, enrol):
    assert enrol()["id"] != enrol()["id"]
    assert admin.get("/api/students").json["pagination"]["totalRecords"] == 2


def test_g5_unknown_and_read_only_fields_are_named_and_null_clears_only_optional_ones(admin, enrol):
    path = f"/api/students/{enrol()['id']}"
    reply = admin.put(path, {"id": "x", "section": "B", "version": 9, "hairColour": "red"})
    assert {d["field"] for d in reply.error["details"]} == {"id", "section", "version", "hairColour"}
    reply = admin.put(path, {"firstName": None, "classId": None, "rollNumber": None, "status": None})
    assert (reply.status, len(reply.error["details"])) == (400, 4)
    assert admin.put(path, {"parentName": None, "bloodGroup": None}).data["parentName"] is None


def test_g5_a_stale_if_match_gets_409_with_the_current_version(admin, enrol):
    path = f"/api/students/{enrol()['id']}"
    admin.put(path, {"addressCity": "Delhi"})
    reply = admin.put(path, {"addressCity": "Goa"}, headers={"If-Match": '"1"'})
    assert (reply.status, reply.error["currentVersion"]) == (409, 2)


def test_g8_a_student_and_a_class_of_another_school_do_not_exist(admin, enrol):
    made = enrol()
    school = make_school()
    foreign = make_person(school).client
    never = foreign.get(f"/api/students/{new_id()}")
    for reply in (
        foreign.get(f"/api/students/{made['id']}"),
        foreign.put(f"/api/students/{made['id']}", {"firstName": "x"}),
        foreign.delete(f"/api/students/{made['id']}"),
        foreign.get(f"/api/students/{made['id']}/history"),
        foreign.post(f"/api/students/{made['id']}/transfer", {"status": "TRANSFERRED"}),
    ):
        assert (reply.status, {**reply.error, "requestId": ""}) == (404, {**never.error, "requestId": ""})
    reply = foreign.post("/api/students", {**ASHA, "classId": made["classId"]})
    assert (reply.status, reply.error["details"][0]["field"]) == (400, "classId")
    assert foreign.get("/api/students").data == []


def test_g9_a_repeated_create_with_its_key_makes_one_student(admin, room):
    body = {**ASHA, "classId": room["id"]}
    first, again = (admin.post("/api/students", body, headers={"Idempotency-Key": "k"}) for _ in range(2))
    assert (again.status, again.data) == (201, first.data)
    assert admin.get("/api/students").json["pagination"]["totalRecords"] == 1


def test_g10_a_student_who_is_referred_to_is_deactivated_and_leaves_the_default_list(admin, enrol, other_room, taken):
    made = enrol()
    path = f"/api/students/{made['id']}"
    assert admin.post(f"{path}/transfer", {"classId": other_room["id"], "effectiveDate": "2026-06-01"}).status == 200
    assert admin.delete(path).data == {"id": made["id"], "outcome": "deactivated"}
    assert admin.get(path).data["status"] == "INACTIVE"
    assert taken(other_room["id"]) == 0
    assert admin.get("/api/students").data == []
    assert [s["id"] for s in admin.get("/api/students", includeInactive="true").data] == [made["id"]]
    assert admin.delete(path).data["outcome"] == "deactivated"
    assert taken(other_room["id"]) == 0
    assert admin.put(path, {"status": "ACTIVE"}).data["status"] == "ACTIVE"
    assert taken(other_room["id"]) == 1


def test_a_change_and_its_journal_entry_tell_before_and_after(admin, enrol, school):
    import orjson

    from shared.data import reader
    from shared.entities.ground import Journal

    made = enrol(addressCity="Pune")
    admin.put(f"/api/students/{made['id']}", {"addressCity": "Goa"})
    entries = [reader.plain(r) for r in reader.query(Journal.partition_of(school_id=school.id, kind="Student"), consistent=True)]
    assert [(e["action"], e["module"]) for e in entries] == [("CREATE_STUDENT", "STUDENTS"), ("UPDATE_STUDENT", "STUDENTS")]
    assert orjson.loads(entries[1]["changes"])[0]["fields"] == {"addressCity": ["Pune", "Goa"]}


def test_s1_a_create_that_is_decided_again_draws_no_second_number(admin, enrol, monkeypatch):
    from shared.data.unit_of_work import RetryWrite, UnitOfWork

    first = enrol()
    commit, times = UnitOfWork.commit, []

    def overtaken(self):
        if len(times) < 3 and any(c.action == "CREATE_STUDENT" for c in self.changes):
            times.append(None)
            raise RetryWrite
        commit(self)

    monkeypatch.setattr(UnitOfWork, "commit", overtaken)
    second = enrol()
    assert len(times) == 3
    assert [int(s["rollNumber"].removeprefix("R-")) for s in (first, second)] == [1, 2]
    assert second["admissionNumber"].endswith("-00002")


def test_s1_the_schools_own_formats_are_used(world):
    school = make_school(settings={"numbering": {"rollNumber": "{SEQ:3}/{YY}", "admissionNumber": "ADM-{YYYY}-{SEQ}"}})
    client = make_person(school).client
    room = client.post("/api/classes", {"name": "Class 10", "section": "A", "grade": "10", "capacity": 3}).data["id"]
    made = client.post("/api/students", {**ASHA, "classId": room}).data
    assert made["rollNumber"].startswith("001/")
    assert made["admissionNumber"].startswith("ADM-20")
    assert made["admissionNumber"].endswith("-1")

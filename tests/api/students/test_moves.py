"""Transfers, states, history and seats over the handler, on DynamoDB Local (rules S2, S3)."""

import pytest

from shared.ids import new_id
from tests.support.world import make_person, make_school


@pytest.fixture
def student(enrol):
    return enrol()


@pytest.fixture
def path(student):
    return f"/api/students/{student['id']}"


def fields_of(reply) -> tuple[int, list[str]]:
    return reply.status, [d["field"] for d in reply.error.get("details", [])]


def test_s3_a_transfer_moves_seat_section_and_history(admin, path, room, other_room, taken):
    reply = admin.post(
        f"{path}/transfer", {"classId": other_room["id"], "effectiveDate": "2026-06-15", "reason": "Asked for by its parents"}
    )
    assert (reply.status, reply.data["classId"], reply.data["section"], reply.data["version"]) == (200, other_room["id"], "B", 2)
    assert (taken(room["id"]), taken(other_room["id"])) == (0, 1)
    told = admin.get(f"{path}/history").data
    assert told["stays"] == [
        {
            "classId": room["id"], "className": "Class 10", "section": "A", "grade": "10", "academicYear": "2026-2027",
            "since": "2026-04-01", "until": "2026-06-14", "reason": "ADMITTED", "note": None,
        },
        {
            "classId": other_room["id"], "className": "Class 9", "section": "B", "grade": "9", "academicYear": "2026-2027",
            "since": "2026-06-15", "until": None, "reason": "TRANSFERRED", "note": "Asked for by its parents",
        },
    ]  # fmt: skip
    assert told["statuses"] == [{"status": "ACTIVE", "since": "2026-04-01", "note": None}]


@pytest.mark.parametrize("status", ["TRANSFERRED", "GRADUATED"])
def test_s3_who_leaves_the_school_frees_its_seat_and_leaves_the_list(admin, path, room, taken, status):
    reply = admin.post(f"{path}/transfer", {"status": status, "exitDate": "2026-10-31", "reason": "Moves to Goa"})
    assert (reply.data["status"], reply.data["exitDate"]) == (status, "2026-10-31")
    assert taken(room["id"]) == 0
    assert admin.get("/api/students").data == []
    assert len(admin.get("/api/students", status=status).data) == 1
    told = admin.get(f"{path}/history").data
    assert told["stays"][-1]["until"] == "2026-10-31"
    assert told["statuses"][-1] == {"status": status, "since": "2026-10-31", "note": "Moves to Goa"}
    assert admin.post(f"{path}/transfer", {"status": status}).status == 409


def test_who_comes_back_takes_a_seat_again_and_has_no_exit_date(admin, path, room, taken):
    admin.post(f"{path}/transfer", {"status": "TRANSFERRED", "exitDate": "2026-05-31"})
    assert fields_of(admin.put(path, {"status": "GRADUATED"})) == (409, ["status"])
    back = admin.put(path, {"status": "ACTIVE"}).data
    assert (back["status"], back["exitDate"]) == ("ACTIVE", None)
    assert taken(room["id"]) == 1
    assert [s["reason"] for s in admin.get(f"{path}/history").data["stays"]] == ["ADMITTED", "READMITTED"]


def test_who_comes_back_into_another_class_has_one_seat_there(admin, path, room, other_room, taken):
    admin.put(path, {"status": "INACTIVE"})
    assert taken(room["id"]) == 0
    assert fields_of(admin.put(path, {"classId": other_room["id"]})) == (409, ["classId"])
    back = admin.put(path, {"status": "ACTIVE", "classId": other_room["id"]}).data
    assert (back["classId"], back["section"]) == (other_room["id"], "B")
    assert (taken(room["id"]), taken(other_room["id"])) == (0, 1)


def test_s2_a_full_class_refuses_transfers_changes_and_returns_unless_over_capacity(admin, path, other_room, enrol, taken):
    enrol(classId=other_room["id"])
    full = (409, ["capacity"])
    assert fields_of(admin.post(f"{path}/transfer", {"classId": other_room["id"]})) == full
    assert fields_of(admin.put(path, {"classId": other_room["id"]})) == full
    admin.put(path, {"status": "SUSPENDED"})
    assert fields_of(admin.put(path, {"classId": other_room["id"]})) == full
    over = {"query": {"overCapacity": "true"}}
    assert admin.request("POST", f"{path}/transfer", json_body={"classId": other_room["id"]}, **over).status == 200
    assert taken(other_room["id"]) == 2


def test_a_suspended_student_keeps_its_seat_and_stays_in_the_list(admin, path, room, taken):
    assert admin.put(path, {"status": "SUSPENDED"}).data["status"] == "SUSPENDED"
    assert taken(room["id"]) == 1
    assert len(admin.get("/api/students").data) == 1
    assert admin.get("/api/students", status="ACTIVE").data == []


def test_another_class_by_put_is_a_transfer_from_today_on(admin, school, path, other_room):
    from shared import clock

    changed = admin.put(path, {"classId": other_room["id"], "phone": None}).data
    assert (changed["section"], changed["phone"]) == ("B", None)
    assert admin.get(f"{path}/history").data["stays"][-1]["since"] == clock.today(school.timezone).isoformat()


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["classId"]),
        ({"classId": "x"}, ["classId"]),
        ({"classId": new_id(), "status": "TRANSFERRED"}, ["classId"]),
        ({"classId": new_id(), "exitDate": "2026-10-31"}, ["exitDate"]),
        ({"status": "SUSPENDED"}, ["status"]),
        ({"status": "TRANSFERRED", "exitDate": "2026-03-31"}, ["exitDate"]),
        ({"status": "TRANSFERRED", "exitDate": "2030-03-31"}, ["exitDate"]),
        ({"status": "TRANSFERRED", "effectiveDate": "2026-06-01"}, ["effectiveDate"]),
    ],
)
def test_a_transfer_says_what_is_wrong_with_it(admin, path, body, fields):
    assert fields_of(admin.post(f"{path}/transfer", body)) == (400, fields)


def test_a_transfer_to_the_same_class_to_another_schools_or_before_the_present_stay_is_refused(admin, path, room, other_room):
    foreign = make_person(make_school()).client
    theirs = foreign.post("/api/classes", {"name": "Class 9", "section": "A", "grade": "9", "capacity": 3}).data["id"]
    assert fields_of(admin.post(f"{path}/transfer", {"classId": room["id"]})) == (409, ["classId"])
    assert fields_of(admin.post(f"{path}/transfer", {"classId": theirs})) == (400, ["classId"])
    early = {"classId": other_room["id"], "effectiveDate": "2026-03-31"}
    assert fields_of(admin.post(f"{path}/transfer", early)) == (400, ["effectiveDate"])
    assert fields_of(admin.post(f"{path}/transfer", {**early, "effectiveDate": "2036-03-31"})) == (400, ["effectiveDate"])


def test_an_exit_date_belongs_to_who_has_left_and_can_be_corrected(admin, path):
    assert fields_of(admin.put(path, {"exitDate": "2026-10-31"})) == (400, ["exitDate"])
    assert admin.put(path, {"status": "GRADUATED", "exitDate": "2026-10-31"}).data["exitDate"] == "2026-10-31"
    assert admin.put(path, {"exitDate": "2026-09-30"}).data["exitDate"] == "2026-09-30"
    told = admin.get(f"{path}/history").data
    assert (told["stays"][-1]["until"], told["statuses"][-1]["since"]) == ("2026-09-30", "2026-09-30")
    assert fields_of(admin.put(path, {"exitDate": "2026-03-01"}))[0] == 400


def test_another_day_of_admission_moves_the_first_stay(admin, path, other_room):
    assert admin.put(path, {"admissionDate": "2026-04-15"}).status == 200
    assert admin.get(f"{path}/history").data["stays"][0]["since"] == "2026-04-15"
    admin.post(f"{path}/transfer", {"classId": other_room["id"], "effectiveDate": "2026-06-15"})
    assert fields_of(admin.put(path, {"admissionDate": "2026-07-01"})) == (400, ["admissionDate"])


def test_a_teacher_of_the_old_class_no_longer_sees_who_has_moved(admin, school, student, path, room, other_room):
    teacher = make_person(school, "TEACHER")
    admin.post(f"/api/classes/{room['id']}/assign-teacher", {"teacherId": teacher.id})
    assert teacher.client.get(path).status == 200
    admin.post(f"{path}/transfer", {"classId": other_room["id"]})
    assert teacher.client.get(path).status == 403
    assert teacher.client.get("/api/students").data == []


def test_who_is_to_enter_a_class_later_can_still_be_deactivated_or_leave_then(admin, path, other_room, taken):
    from datetime import timedelta

    from shared import clock

    later = (clock.now().date() + timedelta(days=60)).isoformat()
    assert admin.post(f"{path}/transfer", {"classId": other_room["id"], "effectiveDate": later}).status == 200
    assert fields_of(admin.post(f"{path}/transfer", {"status": "TRANSFERRED"})) == (400, ["exitDate"])
    assert admin.put(path, {"status": "INACTIVE"}).data["status"] == "INACTIVE"
    assert admin.get(f"{path}/history").data["stays"][-1]["until"] == later
    assert taken(other_room["id"]) == 0

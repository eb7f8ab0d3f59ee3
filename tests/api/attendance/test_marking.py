"""Marking a class and correcting a mark (rules T1, T2, A2, G5, G9)."""

from datetime import date

import orjson
import pytest

from shared.auth.permissions import Role
from shared.entities.attendance import Register
from shared.http import request
from tests.api.attendance.conftest import TODAY, at, mark
from tests.support.journal import actions, entries
from tests.support.world import make_person, make_school


def register(client, room: str, day: str = TODAY):
    return client.get(f"/api/attendance/class/{room}/date/{day}").data


def statuses(client, room: str, day: str = TODAY) -> dict[str, str]:
    return {r["studentId"]: r["status"] for r in register(client, room, day)["records"]}


def test_a_class_is_marked_read_and_corrected(admin, school, room, pupils, teacher):
    a, b, c = pupils
    reply = mark(teacher.client, room, {a: "PRESENT", b: "ABSENT", c: "HALF_DAY"})
    assert (reply.status, reply.data["version"], reply.data["changed"]) == (201, 1, 3)
    assert (reply.data["totalDays"], reply.data["present"], reply.data["absent"], reply.data["halfDay"]) == (3, 1, 1, 1)
    assert (reply.data["percentage"], reply.data["explain"]) == (50.00, None)
    found = register(teacher.client, room)
    assert [r["studentName"] for r in found["records"]] == ["Asha", "Bilal", "Chen"]
    row = found["records"][1]
    assert (row["schoolId"], row["classId"], row["date"], row["markedBy"], row["remarks"]) == (school.id, room, TODAY, teacher.id, None)
    again = mark(teacher.client, room, {b: "LATE"})
    records = [{"studentId": b, "status": "LATE"}]
    same = admin.request(
        "POST", "/api/attendance/mark", json_body={"classId": room, "date": TODAY, "records": records}, query={"explain": "true"}
    )
    assert same.data["explain"]["reckoning"] == "(1 + 1 + 0.5 × 1) / 3 × 100 = 83.33"
    assert (again.status, again.data["changed"], again.data["version"]) == (200, 1, 2)
    corrected = admin.put(f"/api/attendance/{row['id']}", {"status": "EXCUSED", "remarks": "Called in"})
    assert (corrected.status, corrected.data["id"], corrected.data["status"]) == (200, row["id"], "EXCUSED")
    assert (corrected.data["remarks"], corrected.data["version"], corrected.headers["etag"]) == ("Called in", 3, '"3"')
    assert statuses(admin, room) == {a: "PRESENT", b: "EXCUSED", c: "HALF_DAY"}
    cleared = admin.put(f"/api/attendance/{row['id']}", {"remarks": None})
    assert (cleared.data["remarks"], cleared.data["status"]) == (None, "EXCUSED")


def test_the_register_shows_who_is_not_marked_yet_and_whether_the_day_can_be_marked(admin, room, pupils):
    found = register(admin, room)
    assert (found["version"], found["marked"], found["markable"], found["records"], found["percentage"]) == (0, False, True, [], None)
    assert [u["studentId"] for u in found["unmarked"]] == pupils
    mark(admin, room, {pupils[0]: "PRESENT"})
    assert [u["studentId"] for u in register(admin, room)["unmarked"]] == pupils[1:]
    told = admin.get(f"/api/attendance/class/{room}/date/{TODAY}", explain="true").data["explain"]
    assert told["reckoning"] == "(1 + 0 + 0.5 × 0) / 1 × 100 = 100.00"
    assert register(admin, room, "2026-11-22")["notMarkableBecause"] == "2026-11-22 is a Sunday, on which there is no school"
    assert admin.get(f"/api/attendance/class/{room}/date/2026-02-30").status == 400


def test_t1_a_student_who_is_not_in_the_class_on_that_date_is_refused_by_name_and_nothing_is_written(
    admin, school, room, other_room, pupils, enrol
):
    stranger, later = enrol(other_room, "Dara"), enrol(room, "Eno", admissionDate="2026-11-23")
    reply = mark(admin, room, {pupils[0]: "PRESENT", stranger: "PRESENT"})
    assert reply.status == 400
    detail = reply.error["details"][0]
    assert detail["field"] == "records[1].studentId"
    assert detail["message"].startswith("Dara (R-")
    assert detail["message"].endswith("is not in this class on 2026-11-24")
    early = mark(admin, room, {later: "PRESENT"}, "2026-11-20")
    assert "Eno" in early.error["details"][0]["message"], "before the admission"
    assert mark(admin, room, {later: "PRESENT"}, "2026-11-23").status == 201
    assert statuses(admin, room) == {}
    assert [a for a, _ in actions(school.id, "Register")] == ["MARK_ATTENDANCE"]


def test_t1_a_student_who_stands_in_a_call_twice_is_refused(admin, room, pupils):
    records = [{"studentId": pupils[0], "status": s} for s in ("PRESENT", "ABSENT")]
    reply = admin.post("/api/attendance/mark", {"classId": room, "date": TODAY, "records": records})
    assert (reply.status, reply.error["details"][0]["field"]) == (400, "records[1].studentId")
    assert "twice" in reply.error["details"][0]["message"]


def test_t1_the_class_that_a_student_left_today_and_the_one_of_its_time(admin, room, other_room, pupils):
    """Defect of the field: the class a student left today."""
    mark(admin, room, {pupils[0]: "ABSENT"}, "2026-11-23")
    assert admin.put(f"/api/students/{pupils[0]}", {"classId": other_room}).status == 200
    assert mark(admin, room, {pupils[0]: "PRESENT"}).status == 400
    assert mark(admin, other_room, {pupils[0]: "PRESENT"}).status == 201
    assert mark(admin, other_room, {pupils[0]: "PRESENT"}, "2026-11-23").status == 400
    assert mark(admin, room, {pupils[0]: "LATE"}, "2026-11-23").status == 200
    left = admin.put(f"/api/students/{pupils[1]}", {"status": "TRANSFERRED", "exitDate": "2026-11-23"})
    assert left.status == 200
    assert mark(admin, room, {pupils[1]: "PRESENT"}).status == 400
    assert mark(admin, room, {pupils[1]: "PRESENT"}, "2026-11-23").status == 200


def test_t1_both_versions_are_in_the_audit_log(admin, school, room, pupils):
    a, b, c = pupils
    mark(admin, room, {a: "PRESENT", b: "ABSENT", c: "PRESENT"})
    mark(admin, room, {a: "PRESENT", b: "LATE", c: "PRESENT"})
    first, second = entries(school.id, "Register")
    assert orjson.loads(first.changes)[0]["fields"] == {"statuses": [None, "PAP"]}
    assert orjson.loads(second.changes)[0]["fields"] == {b: ["ABSENT", "LATE"]}
    assert (first.action, second.action, first.entity_id) == ("MARK_ATTENDANCE", "CORRECT_ATTENDANCE", f"{room}#{TODAY}")


def test_t1_marking_the_same_again_writes_nothing(admin, school, room, pupils):
    marks = dict.fromkeys(pupils, "PRESENT")
    mark(admin, room, marks)
    again = mark(admin, room, marks)
    assert (again.status, again.data["changed"], again.data["version"]) == (200, 0, 1)
    assert len(entries(school.id, "Register")) == 1


def test_the_field_a_daily_row_never_doubles_however_often_a_day_is_marked(admin, room, pupils):
    """Defect of the field: unique on a nullable period, so that daily rows double."""
    for status in ("PRESENT", "ABSENT", "LATE"):
        mark(admin, room, {pupils[0]: status})
    listed = admin.get("/api/attendance", studentId=pupils[0])
    assert (listed.json["pagination"]["totalRecords"], listed.data[0]["status"]) == (1, "LATE")


def test_a_records_id_is_stable_and_belongs_to_its_school_alone(admin, room, pupils, world):
    mark(admin, room, dict.fromkeys(pupils, "PRESENT"))
    ids = [r["id"] for r in register(admin, room)["records"]]
    mark(admin, room, dict.fromkeys(reversed(pupils), "ABSENT"))
    assert [r["id"] for r in register(admin, room)["records"]] == ids
    assert len(set(ids)) == 3
    stranger = make_person(make_school()).client
    assert stranger.put(f"/api/attendance/{ids[0]}", {"status": "LATE"}).status == 404
    for unknown in (ids[0][:-1] + "0", "0198a2b4-0000-7000-8000-00000000dead", room):
        if unknown not in ids:
            assert admin.put(f"/api/attendance/{unknown}", {"status": "LATE"}).status == 404


def test_g5_a_stale_if_match_gets_409_with_the_current_version(admin, room, pupils):
    mark(admin, room, {pupils[0]: "PRESENT"})
    mark(admin, room, {pupils[0]: "ABSENT"})
    stale = mark(admin, room, {pupils[0]: "LATE"}, headers={"If-Match": '"1"'})
    assert (stale.status, stale.error["currentVersion"]) == (409, 2)
    row = register(admin, room)["records"][0]
    assert admin.put(f"/api/attendance/{row['id']}", {"status": "LATE"}, headers={"If-Match": '"1"'}).status == 409
    assert admin.put(f"/api/attendance/{row['id']}", {"status": "LATE"}, headers={"If-Match": '"2"'}).status == 200


def test_g9_a_double_click_marks_once(admin, school, room, pupils):
    first = mark(admin, room, {pupils[0]: "PRESENT"}, headers={"Idempotency-Key": "k"})
    again = mark(admin, room, {pupils[0]: "PRESENT"}, headers={"Idempotency-Key": "k"})
    assert (first.body, again.status, again.headers["idempotency-replayed"]) == (again.body, 201, "true")
    assert len(entries(school.id, "Register")) == 1


def test_one_class_marked_by_two_teachers_at_once_is_one_register(admin, school, room, pupils, monkeypatch):
    """The second has read before the first wrote: it decides again on what stands there now."""
    from functions.attendance.repository import Registers

    reading, turns = Registers.get_for_change, []

    def overtaken(self, places):
        found = reading(self, places)
        if not turns:
            turns.append(None)
            ours = request.unit(), request.current()
            assert mark(admin, room, {pupils[0]: "ABSENT", pupils[1]: "PRESENT"}).status == 201
            request.bind_unit(ours[0])
            request.bind(ours[1])
        return found

    monkeypatch.setattr(Registers, "get_for_change", overtaken)
    second = make_person(school).client
    reply = mark(second, room, {pupils[1]: "LATE", pupils[2]: "PRESENT"})
    assert (reply.status, reply.data["version"], reply.data["changed"]) == (200, 2, 2)
    assert statuses(admin, room) == {pupils[0]: "ABSENT", pupils[1]: "LATE", pupils[2]: "PRESENT"}
    assert sum(1 for _ in Register.query(f"SCHOOL#{school.id}#ATTENDANCE#{room}")) == 1


def test_a2_a_teacher_marks_its_own_classes_of_this_year_only(admin, room, other_room, pupils, enrol, teacher, school):
    stranger = enrol(other_room)
    assert mark(teacher.client, other_room, {stranger: "PRESENT"}).status == 403
    assert teacher.client.get(f"/api/attendance/class/{other_room}/date/{TODAY}").status == 403
    assert teacher.client.get(f"/api/attendance/class/{other_room}/summary").status == 403
    mark(admin, other_room, {stranger: "PRESENT"})
    theirs = admin.get("/api/attendance", classId=other_room).data[0]["id"]
    assert teacher.client.put(f"/api/attendance/{theirs}", {"status": "LATE"}).status == 403
    assert teacher.client.get("/api/attendance").data == []
    assert teacher.client.get("/api/attendance", classId=other_room).status == 403
    body = {"name": "Old", "section": "A", "grade": "10", "capacity": 9, "academicYear": "2025-2026", "classTeacherId": teacher.id}
    last_year = admin.post("/api/classes", body).data["id"]
    assert mark(teacher.client, last_year, {pupils[0]: "PRESENT"}).status == 403
    assert mark(admin, last_year, {pupils[0]: "PRESENT"}).error["details"][0]["field"] == "classId"


def test_a_parent_and_an_accountant_mark_nothing(school, room, pupils):
    for role in (Role.STUDENT_PARENT, Role.ACCOUNTANT):
        assert mark(make_person(school, role).client, room, {pupils[0]: "PRESENT"}).status == 403


def test_g8_another_schools_class_and_students_are_ids_that_never_were(admin, room, pupils, world):
    other = make_school()
    stranger = make_person(other).client
    never = "0198a2b4-0000-7000-8000-00000000dead"
    theirs, unknown = (mark(stranger, c, {pupils[0]: "PRESENT"}) for c in (room, never))
    assert (theirs.status, theirs.error["details"]) == (400, unknown.error["details"])
    own = stranger.post("/api/classes", {"name": "C", "section": "A", "grade": "1", "capacity": 9}).data["id"]
    theirs, unknown = (mark(stranger, own, {s: "PRESENT"}) for s in (pupils[0], never))
    assert (theirs.status, theirs.error["details"]) == (400, unknown.error["details"])
    assert stranger.get(f"/api/attendance/class/{room}/date/{TODAY}").status == 404


# Rule T2


def test_t2_future_dates_are_refused_on_every_path(admin, room, pupils):
    """Defect of the field: the future-date check commented out on one path."""
    marked = mark(admin, room, {pupils[0]: "PRESENT"}, "2026-11-25", reason="Because")
    entry = {"clientId": "1", "classId": room, "date": "2026-11-25", "studentId": pupils[0], "status": "PRESENT"}
    synced = admin.post("/api/attendance/sync", {"entries": [{**entry, "markedAt": "2026-11-24T04:00:00Z"}]})
    assert (marked.status, marked.error["details"][0]["field"]) == (400, "date")
    assert synced.data["results"][0]["outcome"] == "REFUSED"
    assert "has not come yet" in marked.error["details"][0]["message"]
    assert "has not come yet" in synced.data["results"][0]["reason"]
    mark(admin, room, {pupils[0]: "PRESENT"})
    row = register(admin, room)["records"][0]["id"]
    at("2026-11-23T10:00:00+05:30")
    assert admin.put(f"/api/attendance/{row}", {"status": "ABSENT"}).status == 400, "the clock went back"


@pytest.mark.parametrize(
    ("day", "told"),
    [("2026-11-22", "Sunday"), ("2026-03-31", "outside the academic year"), ("2026-11-09", "holiday: Diwali")],
)
def test_t2_days_without_school_are_refused(admin, room, pupils, day, told):
    admin.post("/api/holidays", {"name": "Diwali", "startDate": "2026-11-09", "endDate": "2026-11-10"})
    reply = mark(admin, room, {pupils[0]: "PRESENT"}, day, reason="Because")
    assert reply.status == 400
    assert told in reply.error["details"][0]["message"]


def test_t2_seven_school_days_back_are_open_and_an_admin_goes_further_with_a_reason(admin, teacher, room, pupils):
    """Tuesday the 24th: the seventh school day before it is Friday the 13th."""
    marks = {pupils[0]: "PRESENT"}
    assert mark(teacher.client, room, marks, "2026-11-13").status == 201
    refused = mark(teacher.client, room, marks, "2026-11-12", reason="Because")
    assert refused.status == 400
    assert "admin" in refused.error["details"][0]["message"]
    without = mark(admin, room, marks, "2026-11-12")
    assert (without.status, without.error["details"][0]["field"]) == (400, "reason")
    assert mark(admin, room, marks, "2026-11-12", reason="Paper register").status == 201
    admin.post("/api/holidays", {"name": "Strike", "startDate": "2026-11-16", "endDate": "2026-11-17"})
    assert mark(teacher.client, room, marks, "2026-11-11").status == 201, "holidays do not use the days up"


def test_t2_the_reason_is_in_the_audit_log_and_the_school_sets_the_days(school, admin, teacher, room, pupils):
    assert admin.put("/api/schools/current", {"settings": {"attendance": {"correctionDays": 1}}}).status == 200
    assert mark(teacher.client, room, {pupils[0]: "PRESENT"}, "2026-11-20").status == 400
    assert mark(admin, room, {pupils[0]: "PRESENT"}, "2026-11-20", reason="Paper register").status == 201
    assert orjson.loads(entries(school.id, "Register")[0].changes)[0]["fields"]["reason"] == [None, "Paper register"]
    row = admin.get("/api/attendance", date="2026-11-20").data[0]["id"]
    assert teacher.client.put(f"/api/attendance/{row}", {"status": "LATE"}).status == 400
    assert admin.put(f"/api/attendance/{row}", {"status": "LATE"}).status == 400
    assert admin.put(f"/api/attendance/{row}", {"status": "LATE", "reason": "Came at ten"}).status == 200


@pytest.mark.parametrize(
    ("timezone", "now", "today", "tomorrow"),
    [
        ("Asia/Kolkata", "2026-12-31T18:29:00Z", "2026-12-31", "2027-01-01"),
        ("Asia/Kolkata", "2026-12-31T18:31:00Z", "2027-01-01", "2027-01-04"),
        ("Pacific/Honolulu", "2027-01-01T09:59:00Z", "2026-12-31", "2027-01-01"),
        ("Pacific/Kiritimati", "2026-12-31T10:01:00Z", "2027-01-01", "2027-01-04"),
        ("Europe/Berlin", "2026-10-25T23:30:00Z", "2026-10-26", "2026-10-27"),  # the clock went back in the night before
        ("America/New_York", "2027-03-15T03:30:00Z", "2027-03-14", "2027-03-15"),  # a Sunday, on which the clock went ahead
    ],
)
def test_t2_today_is_the_schools_own_date(world, timezone, now, today, tomorrow):
    """Defect of the field: the date taken from the server's UTC clock."""
    at(now)
    days = ["MON", "TUE", "WED", "THU", "FRI", "SUN"]
    client = make_person(make_school(timezone=timezone, settings={"schoolDays": days})).client
    room = client.post("/api/classes", {"name": "C", "section": "A", "grade": "1", "capacity": 9}).data["id"]
    born = {"firstName": "A", "dateOfBirth": "2012-01-01", "gender": "MALE", "admissionDate": "2026-04-01", "classId": room}
    pupil = client.post("/api/students", born).data["id"]
    assert mark(client, room, {pupil: "PRESENT"}, tomorrow).status == 400
    assert mark(client, room, {pupil: "PRESENT"}, today).status == 201
    assert client.get("/api/attendance").data[0]["date"] == today


def test_g7_every_bad_field_is_listed(admin, room, pupils):
    records = [{"studentId": "x", "status": "PRESENT"}, {"studentId": pupils[0], "status": "HERE", "late": True}]
    reply = admin.post("/api/attendance/mark", {"classId": room, "date": "24.11.2026", "records": records, "markedBy": "me"})
    fields = {d["field"] for d in reply.error["details"]}
    assert (reply.status, fields) == (400, {"date", "records[0].studentId", "records[1].status", "records[1].late", "markedBy"})


def test_the_process_dies_before_the_transaction_and_nothing_is_half_there(admin, school, room, pupils, monkeypatch):
    from shared.data.unit_of_work import UnitOfWork

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(UnitOfWork, "commit", lambda self: (_ for _ in ()).throw(KeyboardInterrupt))
        mark(admin, room, {pupils[0]: "PRESENT"})
    assert (statuses(admin, room), admin.get("/api/attendance").data) == ({}, [])


def test_eight_hands_at_once_make_one_register_that_holds_all_their_marks(school, room, pupils, admin, enrol):
    """Straight on the table, from threads: each decides again where another was quicker."""
    from concurrent.futures import ThreadPoolExecutor

    from functions.attendance import rules
    from functions.attendance.repository import Registers
    from shared.attendance_codes import Counts
    from shared.attendance_totals import daily_counts
    from shared.data.unit_of_work import Actor, RetryWrite, UnitOfWork

    students = [*pupils, *(enrol(room, name) for name in "DEFGH")]
    place = (room, TODAY)

    def write(student: str) -> None:
        for _ in range(60):
            registers, unit = Registers(school.id), UnitOfWork(school.id, Actor(student), "attendance")
            before = registers.get_for_change([place])[place]
            after = rules.merged(before.marks, [rules.Wish(student, "A", None)], student, "2026-11-24T04:30:00.000Z")
            registers.put(unit, before, after)
            registers.put_counts(unit, before.counts, room, {TODAY: Counts.of(m.letter for m in after)})
            try:
                unit.commit()
            except RetryWrite:
                continue
            return
        raise AssertionError("never quick enough")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, students))
    assert statuses(admin, room) == dict.fromkeys(students, "ABSENT")
    assert register(admin, room)["version"] == 8
    day = date.fromisoformat(TODAY)
    assert daily_counts(school.id, day, day, day) == {room: {TODAY: Counts(absent=8)}}

"""Leaves, leaving, and handing over what was theirs."""

from datetime import UTC, datetime

import pytest

from shared import clock
from shared.auth.permissions import Role
from shared.data.reader import load
from shared.data.unit_of_work import Actor, RetryWrite, UnitOfWork
from shared.entities.academics import ClassSubject
from shared.entities.tenancy import Access
from shared.ids import new_id
from tests.api.teachers.conftest import body
from tests.support.client import Client
from tests.support.journal import actions, entries
from tests.support.keys import access_token
from tests.support.world import make_person, make_school


def status_of(admin, teacher):
    return admin.get(f"/api/teachers/{teacher['id']}").data["status"]


def at(moment: str, person):
    """Move the clock; the person signs in anew."""
    clock.use(lambda: datetime.fromisoformat(moment).astimezone(UTC))
    return Client(access_token(person.id, person.school_id, person.role, iat=clock.epoch(), exp=clock.epoch() + 60))


@pytest.mark.parametrize(
    ("zone", "before", "first", "last", "after"),
    [
        ("Asia/Kolkata", "2026-12-30T18:29Z", "2026-12-30T18:30Z", "2026-12-31T18:29Z", "2026-12-31T18:30Z"),
        ("Pacific/Kiritimati", "2026-12-30T09:59Z", "2026-12-30T10:00Z", "2026-12-31T09:59Z", "2026-12-31T10:00Z"),
        ("Pacific/Honolulu", "2026-12-31T09:59Z", "2026-12-31T10:00Z", "2027-01-01T09:59Z", "2027-01-01T10:00Z"),
    ],
)
def test_g2_a_teacher_is_on_leave_on_the_days_of_the_schools_calendar(world, zone, before, first, last, after):
    person = make_person(make_school(timezone=zone))
    admin = at("2026-12-01T12:00Z", person)
    made = admin.post("/api/teachers", body()).data
    assert admin.post(f"/api/teachers/{made['id']}/leaves", {"from": "2026-12-31", "until": "2026-12-31"}).status == 201
    for moment, status in ((before, "ACTIVE"), (first, "ON_LEAVE"), (last, "ON_LEAVE"), (after, "ACTIVE")):
        admin = at(moment, person)
        assert (status_of(admin, made), admin.get("/api/teachers").data[0]["status"]) == (status, status), moment


def test_a_leave_is_added_changed_and_taken_out_and_two_share_no_day(admin, hire):
    made = hire()
    path = f"/api/teachers/{made['id']}/leaves"
    first = admin.post(path, {"from": "2026-05-04", "until": "2026-05-08", "reason": "Training"}).data
    assert {n: first[n] for n in ("from", "until", "reason")} == {"from": "2026-05-04", "until": "2026-05-08", "reason": "Training"}
    for told in ({"from": "2026-05-08"}, {"from": "2026-01-01"}, {"from": "2026-05-05", "until": "2026-05-05"}):
        reply = admin.post(path, told)
        assert (reply.status, reply.error["details"][0]["field"]) == (409, "from"), told
    assert admin.post(path, {"from": "2026-05-03", "until": "2026-05-01"}).error["details"][0]["field"] == "until"
    second = admin.post(path, {"from": "2026-05-09"}).data
    assert (second["until"], second["reason"]) == (None, None)
    changed = admin.put(f"{path}/{first['id']}", {"until": None, "from": "2026-05-05"})
    assert changed.status == 409
    changed = admin.put(f"{path}/{first['id']}", {"from": "2026-05-05", "reason": None})
    assert (changed.data["from"], changed.data["until"], changed.data["reason"]) == ("2026-05-05", "2026-05-08", None)
    assert admin.put(f"{path}/{first['id']}", {"from": None}).status == 400
    assert [x["id"] for x in admin.get(f"/api/teachers/{made['id']}").data["leaves"]] == [first["id"], second["id"]]
    assert admin.delete(f"{path}/{second['id']}").data == {"id": second["id"], "outcome": "removed"}
    assert admin.delete(f"{path}/{second['id']}").status == 404
    assert admin.put(f"{path}/{new_id()}", {"reason": "x"}).status == 404


def test_put_of_a_status_begins_and_ends_a_leave_today(school, hire):
    person, path = make_person(school), f"/api/teachers/{hire()['id']}"
    admin = at("2026-06-10T06:00Z", person)
    assert admin.put(path, {"status": "ACTIVE"}).data["leaves"] == []
    away = admin.put(path, {"status": "ON_LEAVE"}).data
    assert (away["status"], away["leaves"][0]["from"], away["leaves"][0]["until"]) == ("ON_LEAVE", "2026-06-10", None)
    admin = at("2026-06-15T06:00Z", person)
    back = admin.put(path, {"status": "ACTIVE"}).data
    assert (back["status"], back["leaves"][0]["until"]) == ("ACTIVE", "2026-06-14")
    assert admin.put(path, {"status": "ON_LEAVE"}).data["status"] == "ON_LEAVE"
    assert len(admin.put(path, {"status": "ACTIVE"}).data["leaves"]) == 1  # a leave of no day never was


def test_classes_and_subjects_of_the_present_year_or_of_one_that_is_named(admin, hire, room, teach, signed_in):
    meera, other = hire(), hire()
    led, taught, last_year = room(classTeacherId=meera["id"]), room(section="B"), room(name="Old", academicYear="2025-2026")
    teach(led, "Physics", meera, 5)
    teach(taught, "Physics", meera, 3)
    teach(taught, "Chemistry", meera, 2)
    teach(taught, "Biology", other)
    teach(last_year, "Physics", meera)
    path, client = f"/api/teachers/{meera['id']}", signed_in(meera)
    classes = client.get(f"{path}/classes").data
    told = [(c["section"], c["isClassTeacher"], [s["subjectName"] for s in c["subjects"]]) for c in classes]
    assert told == [("A", True, ["Physics"]), ("B", False, ["Chemistry", "Physics"])]
    assert [c["name"] for c in client.get(f"{path}/classes", academicYear="2025-2026").data] == ["Old"]
    subjects = client.get(f"{path}/subjects").data
    assert [(s["name"], s["weeklyHours"], [c["section"] for c in s["classes"]]) for s in subjects] == [
        ("Chemistry", 2, ["B"]),
        ("Physics", 8, ["A", "B"]),
    ]
    for what in ("classes", "subjects", "schedule"):
        assert admin.get(f"{path}/{what}").status == 200
        assert signed_in(other).get(f"{path}/{what}").status == 403
    assert {c["id"] for c in client.get("/api/classes").data} == {c["id"] for c in classes}  # rule A2 says the same


def test_the_schedule_is_empty_while_there_is_no_timetable_and_asks_by_day(admin, hire):
    path = f"/api/teachers/{hire()['id']}/schedule"
    assert admin.get(path).data == []
    assert admin.get(path, dayOfWeek="MONDAY", academicYear="2026-2027").data == []
    assert admin.get(path, dayOfWeek="SOMEDAY").error["details"][0]["field"] == "dayOfWeek"


def test_a_leaving_teacher_hands_everything_over_and_then_leaves_and_the_sessions_end(admin, school, hire, room, teach, signed_in):
    leaving, heir, deputy = hire(), hire(), hire()
    led, second, old = room(classTeacherId=leaving["id"]), room(section="B"), room(name="Old", academicYear="2025-2026")
    next_year = room(name="Next", academicYear="2027-2028", classTeacherId=leaving["id"])
    physics, chemistry = teach(led, "Physics", leaving), teach(second, "Chemistry", leaving)
    history = teach(old, "Physics", leaving)
    path = f"/api/teachers/{leaving['id']}"
    left = admin.get(f"{path}/handover").data
    assert [c["id"] for c in left["classes"]] == [led["id"], next_year["id"]]
    assert {s["id"] for s in left["classSubjects"]} == {physics["id"], chemistry["id"]}
    assert [c["id"] for c in admin.get(f"{path}/handover", academicYear="2027-2028").data["classes"]] == [next_year["id"]]
    for refused in (admin.delete(path), admin.put(path, {"status": "INACTIVE"})):
        assert refused.status == 409
        assert "Class teacher of Class 10 A, 2026-2027" in [d["message"] for d in refused.error["details"]]
        assert len(refused.error["details"]) == 4
    told = {"teacherId": heir["id"], "classSubjects": [{"classSubjectId": chemistry["id"], "teacherId": deputy["id"]}]}
    given = admin.post(f"{path}/handover", told).data
    assert (given["classesGiven"], given["classSubjectsGiven"], given["passedOver"]) == (2, 2, [])
    assert given["left"] == {"teacherId": leaving["id"], "classes": [], "classSubjects": []}
    assert admin.get(f"/api/classes/{led['id']}").data["classTeacherId"] == heir["id"]
    assert admin.get(f"/api/classes/{second['id']}/subjects").data[0]["teacherId"] == deputy["id"]
    assert load(ClassSubject, consistent=True, school_id=school.id, id=history["id"]).teacher_id == leaving["id"]  # as it was
    again = admin.post(f"{path}/handover", told).data
    assert (again["classesGiven"], again["classSubjectsGiven"], again["passedOver"]) == (0, 0, [chemistry["id"]])
    told = [e for e in entries(school.id, "Class") if e.action == "ASSIGN_TEACHER"]
    assert len(told) == 1  # one entry for both classes
    assert signed_in(leaving).get("/api/classes").status == 200
    gone = admin.delete(path)
    assert (gone.status, gone.data["outcome"], gone.data["left"]["classes"]) == (200, "deactivated", [])
    assert signed_in(leaving).get("/api/classes").status == 401
    access = load(Access, consistent=True, school_id=school.id, user_id=leaving["id"])
    assert (access.status, access.session_version) == ("INACTIVE", 2)
    assert admin.get(f"/api/users/{leaving['id']}").data["status"] == "INACTIVE"
    assert (status_of(admin, leaving), admin.get(path).data["exitDate"] is not None) == ("INACTIVE", True)
    assert ("DEACTIVATE_TEACHER", "SUCCESS") in actions(school.id, "Teacher")
    assert admin.delete(path).data["outcome"] == "deactivated"  # asked for again, nothing more is done
    back = admin.put(path, {"status": "ACTIVE"}).data
    assert (back["status"], back["exitDate"], back["accountStatus"]) == ("ACTIVE", None, "ACTIVE")


def test_force_lets_a_teacher_leave_and_tells_what_bears_the_name_still(admin, hire, room):
    made = hire()
    led = room(classTeacherId=made["id"])
    gone = admin.request("DELETE", f"/api/teachers/{made['id']}", query={"force": "true"})
    assert (gone.status, gone.data["outcome"]) == (200, "deactivated")
    assert [c["id"] for c in gone.data["left"]["classes"]] == [led["id"]]
    heir = hire()
    assert admin.post(f"/api/teachers/{made['id']}/handover", {"teacherId": heir["id"]}).data["classesGiven"] == 1
    assert admin.post(f"/api/classes/{led['id']}/assign-teacher", {"teacherId": made["id"]}).status == 400


def test_g10_a_teacher_who_never_signed_in_and_has_nothing_is_removed_with_the_account(admin, school, hire):
    made = hire(employeeId="E-5")
    gone = admin.delete(f"/api/teachers/{made['id']}")
    assert gone.data["outcome"] == "removed"
    assert admin.get(f"/api/teachers/{made['id']}").status == admin.get(f"/api/users/{made['id']}").status == 404
    assert load(Access, consistent=True, school_id=school.id, user_id=made["id"]) is None
    assert ("DELETE_USER", "SUCCESS") in actions(school.id, "User")  # which the pool's follower waits for
    assert hire(employeeId="e-5", email=made["email"])["id"] != made["id"]


def test_g10_a_teacher_who_has_signed_in_is_deactivated(admin, school):
    teacher = make_person(school, Role.TEACHER, last_login="2026-05-01T08:00:00.000Z")
    admin.put(f"/api/teachers/{teacher.id}", {"qualification": "B.Ed."})
    assert admin.delete(f"/api/teachers/{teacher.id}").data["outcome"] == "deactivated"


def test_a_handover_goes_to_other_active_teachers_of_the_school_alone(admin, school, hire, room, teach):
    leaving, gone = hire(), hire()
    led, taught = room(classTeacherId=leaving["id"]), None
    taught = teach(led, "Physics", leaving)
    admin.request("DELETE", f"/api/teachers/{gone['id']}", query={"force": "true"})
    suspended = hire()
    admin.patch(f"/api/users/{suspended['id']}/toggle-status")
    clerk, foreign = make_person(school, Role.ACCOUNTANT), make_person(make_school(), Role.TEACHER)
    path = f"/api/teachers/{leaving['id']}/handover"
    for to in (gone["id"], suspended["id"], clerk.id, foreign.id, leaving["id"], new_id()):
        reply = admin.post(path, {"teacherId": to})
        assert (reply.status, [d["field"] for d in reply.error["details"]]) == (400, ["teacherId"])
        reply = admin.post(path, {"classes": [{"classId": led["id"], "teacherId": to}]})
        assert (reply.status, [d["field"] for d in reply.error["details"]]) == (400, ["classes[0].teacherId"])
    heir = hire()
    wrong = {
        "classes": [{"classId": new_id(), "teacherId": heir["id"]}],
        "classSubjects": [{"classSubjectId": taught["id"], "teacherId": heir["id"]}] * 2,
    }
    reply = admin.post(path, wrong)
    assert {d["field"] for d in reply.error["details"]} == {"classes[0].classId", "classSubjects[1].classSubjectId"}
    assert admin.post(path, {}).error["details"][0]["field"] == "teacherId"
    assert len(admin.get(path).data["classes"]) == 1


def test_what_somebody_else_has_got_meanwhile_is_passed_over(admin, hire, room, overtake):
    leaving, heir, quicker = hire(), hire(), hire()
    first, second = room(classTeacherId=leaving["id"]), room(section="B", classTeacherId=leaving["id"])
    rival = overtake("Class", lambda: admin.post(f"/api/classes/{first['id']}/assign-teacher", {"teacherId": quicker["id"]}))
    given = admin.post(f"/api/teachers/{leaving['id']}/handover", {"teacherId": heir["id"]}).data
    assert (rival.reply.status, given["classesGiven"], given["passedOver"]) == (200, 1, [first["id"]])
    holders = [admin.get(f"/api/classes/{c['id']}").data["classTeacherId"] for c in (first, second)]
    assert holders == [quicker["id"], heir["id"]]


def test_nobody_gets_anything_who_leaves_at_the_same_moment(admin, hire, room, overtake):
    leaving, heir = hire(), hire()
    led = room(classTeacherId=leaving["id"])
    rival = overtake("Class", lambda: admin.delete(f"/api/teachers/{heir['id']}"))
    reply = admin.post(f"/api/teachers/{leaving['id']}/handover", {"teacherId": heir["id"]})
    assert (rival.reply.status, reply.status) == (200, 400)
    assert admin.get(f"/api/classes/{led['id']}").data["classTeacherId"] == leaving["id"]


def test_a_large_handover_that_breaks_off_is_finished_by_asking_again(admin, school, hire, room, monkeypatch):
    leaving, heir = hire(), hire()
    classroom = room()
    unit, total = UnitOfWork(school.id, Actor(), "tests"), 230
    for number in range(total):
        if unit.room < 2:
            unit.commit()
            unit = UnitOfWork(school.id, Actor(), "tests")
        unit.create(
            ClassSubject(school_id=school.id, id=new_id(), class_id=classroom["id"], subject_id=f"s{number}", teacher_id=leaving["id"])
        )
    unit.commit()
    path, sizes, commit = f"/api/teachers/{leaving['id']}/handover", [], UnitOfWork.commit

    def counted(self):
        moved = sum(c.kind == "ClassSubject" for c in self.changes)
        if moved:
            sizes.append(moved)
            if len(sizes) == 2:
                raise ConnectionError
        commit(self)

    monkeypatch.setattr(UnitOfWork, "commit", counted)
    assert admin.post(path, {"teacherId": heir["id"]}, headers={"Idempotency-Key": "h"}).status == 500
    assert len(admin.get(path).data["classSubjects"]) == total - 90
    done = admin.post(path, {"teacherId": heir["id"]}, headers={"Idempotency-Key": "h"}).data
    assert (done["classSubjectsGiven"], done["left"]["classSubjects"], sizes) == (total - 90, [], [90, 90, 90, 50])
    again = admin.post(path, {"teacherId": heir["id"]}, headers={"Idempotency-Key": "h"})
    assert (again.data, again.headers["idempotency-replayed"]) == (done, "true")


def test_a_handover_that_is_never_let_through_says_so(admin, hire, room, monkeypatch):
    leaving, heir = hire(), hire()
    room(classTeacherId=leaving["id"])
    commit = UnitOfWork.commit

    def refused(self):
        if any(c.kind == "Class" for c in self.changes):
            raise RetryWrite
        commit(self)

    monkeypatch.setattr(UnitOfWork, "commit", refused)
    monkeypatch.setattr("functions.teachers.handover.time.sleep", lambda _: None)
    assert admin.post(f"/api/teachers/{leaving['id']}/handover", {"teacherId": heir["id"]}).status == 503

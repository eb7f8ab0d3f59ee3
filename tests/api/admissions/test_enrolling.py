"""Enrolling an applicant makes the student, once."""

import pytest

from shared.data.reader import load
from shared.entities.people import Student
from shared.ids import new_id
from tests.api.admissions.conftest import ROHAN
from tests.support.at_once import Asked, all_at_once
from tests.support.journal import entries
from tests.support.world import make_person, make_school
from tests.support.write_units import recorded_units


def enrol(admin, applicant, room, *, query=None, **fields):
    told = {"status": "ENROLLED", "classId": room["id"], **fields}
    return admin.request("PUT", f"/api/admissions/{applicant['id']}", json_body=told, query=query)


def seats(school, room) -> int:
    from shared.enrolment import seats_of

    return seats_of(school.id, [room["id"]])[room["id"]].taken


def test_enrolling_makes_the_student_with_numbers_seat_and_history_in_one_transaction(admin, school, offered, room):
    applicant = offered()
    with recorded_units() as units:
        reply = enrol(admin, applicant, room, admissionDate="2026-06-01", rollNumber="R-77")
    assert (reply.status, len(units)) == (200, 1)
    done = reply.data
    assert (done["status"], done["classId"], [s["status"] for s in done["states"]][-1]) == ("ENROLLED", room["id"], "ENROLLED")
    student = admin.get(f"/api/students/{done['studentId']}").data
    same = ("firstName", "lastName", "dateOfBirth", "gender", "parentName", "parentRelation", "addressCity")
    assert {n: student[n] for n in same} == {n: ROHAN[n] for n in same}
    assert (student["parentPhone"], student["parentEmail"]) == ("+919876543210", "lata@home.example")
    assert (student["rollNumber"], student["admissionDate"], student["section"], student["status"]) == ("R-77", "2026-06-01", "A", "ACTIVE")
    assert student["admissionNumber"]
    assert [s["reason"] for s in admin.get(f"/api/students/{student['id']}/history").data["stays"]] == ["ADMITTED"]
    assert seats(school, room) == 1
    assert [s["id"] for s in admin.get("/api/students", classId=room["id"]).data] == [student["id"]]
    assert admin.get("/api/admissions").data == []
    told = [e.action for kind in ("Admission", "Student") for e in entries(school.id, kind)]
    assert told[-2:] == ["ENROL_ADMISSION", "CREATE_STUDENT"]


def test_the_wished_class_is_entered_where_no_other_is_named(admin, offered, room):
    applicant = offered(classId=room["id"])
    done = admin.put(f"/api/admissions/{applicant['id']}", {"status": "ENROLLED"})
    assert (done.status, done.data["classId"]) == (200, room["id"])


def test_of_two_admins_at_once_both_see_the_one_student(admin, school, offered, room, overtake):
    other, applicant = make_person(school).client, offered()
    rival = overtake("Admission", lambda: enrol(other, applicant, room))
    reply = enrol(admin, applicant, room)
    assert reply.status == rival.reply.status == 200
    assert reply.data["studentId"] == rival.reply.data["studentId"]
    assert len(admin.get("/api/students").data) == seats(school, room) == 1
    assert [s["status"] for s in reply.data["states"]].count("ENROLLED") == 1


def test_however_many_admins_enrol_one_applicant_at_once_there_is_one_student(admin, school, offered, room):
    applicant = offered()
    told = {"status": "ENROLLED", "classId": room["id"]}
    asked = [Asked(make_person(school).client, "update_admission", told, (("admission_id", applicant["id"]),)) for _ in range(8)]
    replies = all_at_once(asked)
    assert [r.status for r in replies] == [200] * 8
    assert len({r.data["studentId"] for r in replies}) == len(admin.get("/api/students").data) == seats(school, room) == 1


def test_applicants_who_are_enrolled_at_once_fill_the_class_and_no_more(admin, school, offered, room):
    told = {"status": "ENROLLED", "classId": room["id"]}
    applicants = [offered() for _ in range(6)]
    replies = all_at_once(Asked(admin, "update_admission", told, (("admission_id", a["id"]),)) for a in applicants)
    assert sorted(r.status for r in replies) == [200, 200, 409, 409, 409, 409]
    assert len(admin.get("/api/students").data) == seats(school, room) == 2
    assert len({r.data["studentId"] for r in replies if r.status == 200}) == 2
    assert [a["status"] for a in admin.get("/api/admissions").data] == ["OFFERED"] * 4


def test_of_two_admins_with_the_last_seat_two_classes_or_another_decision_one_is_told(admin, school, offered, room, overtake):
    other = make_person(school).client
    elsewhere = admin.post("/api/classes", {"name": "Class 10", "section": "B", "grade": "10", "capacity": 1}).data
    first = offered()
    rival = overtake("Admission", lambda: enrol(other, first, elsewhere))
    assert (enrol(admin, first, room).status, rival.reply.status) == (409, 200)
    second = offered()
    rival = overtake("Admission", lambda: other.put(f"/api/admissions/{second['id']}", {"status": "DECLINED", "reason": "x"}))
    assert (enrol(admin, second, room).status, rival.reply.status) == (409, 200)
    third, fourth = offered(), offered()
    enrol(admin, offered(), room)
    rival = overtake("Admission", lambda: enrol(other, third, room))
    late = enrol(admin, fourth, room)
    assert (late.status, late.error["details"][0]["field"], rival.reply.status) == (409, "capacity", 200)
    assert (len(admin.get("/api/students").data), seats(school, room), seats(school, elsewhere)) == (3, 2, 1)


def test_asked_for_again_nothing_is_done_and_with_another_wish_it_is_refused(admin, school, offered, room):
    applicant = offered()
    done = enrol(admin, applicant, room, rollNumber="R-1").data
    again = enrol(admin, applicant, room, rollNumber="R-1")
    assert (again.status, again.data) == (200, done)
    for change in ({"status": "ENROLLED", "rollNumber": "R-2"}, {"firstName": "Other"}, {"status": "DECLINED", "reason": "x"}):
        assert admin.put(f"/api/admissions/{applicant['id']}", change).status == 409, change
    assert admin.put(f"/api/admissions/{applicant['id']}", {"notes": "Came on the first day"}).data["notes"] == "Came on the first day"
    assert seats(school, room) == 1


def test_what_is_needed_to_enrol_is_told_at_once(admin, offered, room):
    reply = admin.put(f"/api/admissions/{offered(dateOfBirth=None, gender=None)['id']}", {"status": "ENROLLED"})
    assert (reply.status, {d["field"] for d in reply.error["details"]}) == (400, {"classId", "dateOfBirth", "gender"})
    applicant = offered(dateOfBirth=None, gender=None)
    assert enrol(admin, applicant, room, dateOfBirth="2012-02-29", gender="OTHER").status == 200


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"admissionDate": "2012-02-28"}, "admissionDate"),
        ({"admissionDate": "2036-01-01"}, "admissionDate"),
        ({"classId": new_id()}, "classId"),
    ],
)
def test_what_is_wrong_with_the_student_makes_none_and_the_applicant_stays_as_it_is(admin, school, offered, room, fields, field):
    applicant = offered()
    reply = enrol(admin, applicant, room, **fields)
    assert (reply.status, [d["field"] for d in reply.error["details"]]) == (400, [field])
    assert admin.get(f"/api/admissions/{applicant['id']}").data == applicant
    assert (admin.get("/api/students").data, seats(school, room)) == ([], 0)


def test_s1_a_roll_number_that_is_taken_is_refused(admin, offered, room):
    enrol(admin, offered(), room, rollNumber="R-5")
    late = offered()
    reply = enrol(admin, late, room, rollNumber="r-5")
    assert (reply.status, reply.error["details"][0]["field"]) == (409, "rollNumber")
    assert admin.get(f"/api/admissions/{late['id']}").data["status"] == "OFFERED"


def test_s2_a_full_class_is_refused_unless_over_capacity(admin, school, offered, room):
    for _ in range(2):
        assert enrol(admin, offered(), room).status == 200
    late = offered()
    reply = enrol(admin, late, room)
    assert (reply.status, reply.error["details"][0]["field"]) == (409, "capacity")
    assert enrol(admin, late, room, query={"overCapacity": "true"}).status == 200
    assert seats(school, room) == 3


def test_a8_a_subscription_allows_so_many_students(world):
    admin = make_person(make_school(subscription_tier="FREE", limits={"students": 1})).client
    room = admin.post("/api/classes", {"name": "Class 10", "section": "A", "grade": "10", "capacity": 9}).data
    replies = []
    for _ in range(2):
        path = f"/api/admissions/{admin.post('/api/admissions', {**ROHAN, 'status': 'APPLIED'}).data['id']}"
        admin.put(path, {"status": "OFFERED"})
        replies.append(admin.put(path, {"status": "ENROLLED", "classId": room["id"]}))
    assert [r.status for r in replies] == [200, 403]
    assert replies[1].error["details"][0]["field"] == "students"


def test_g10_a_student_from_the_register_is_deactivated_not_removed(admin, school, offered, room):
    done = enrol(admin, offered(), room).data
    assert load(Student, consistent=True, school_id=school.id, id=done["studentId"]).admission_id == done["id"]
    assert admin.delete(f"/api/students/{done['studentId']}").data["outcome"] == "deactivated"


def test_enrolling_costs_no_more_than_a_new_student_and_the_register(admin, offered, room):
    applicant = offered()
    with recorded_units() as units:
        assert enrol(admin, applicant, room).status == 200
    assert units[0] <= 22, units

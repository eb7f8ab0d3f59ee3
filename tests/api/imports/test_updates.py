"""What an import may change of students who are there already, and what it leaves to others."""

from functions.imports import service
from shared.data import reader
from shared.entities.people import Student
from tests.support.background import work
from tests.support.csv_bodies import HEADERS, csv, send, students
from tests.support.storage import messages

DATED = [*HEADERS, "Admission date"]


def one(school, number="A-00001"):
    found = map(reader.plain, reader.query(Student.partition_of(school_id=school.id), consistent=True))
    return next(s for s in found if s["admissionNumber"] == number)


def errors(reply):
    return [(e["field"], e["message"]) for e in reply.json["data"]["errors"]]


def test_dates_are_judged_with_those_that_are_stored_and_with_the_class_history(admin, school, rooms):
    row = students(1)[0]
    send(admin, csv([[*row, "2026-04-01"]], DATED))
    assert errors(send(admin, csv([[*row[:3], "2026-05-01", *row[4:]]]))) == [("admissionDate", "The admission is not before the birth")]
    assert errors(send(admin, csv([[*row[:3], "2999-01-01", *row[4:]]]))) == [("dateOfBirth", "A date of birth lies in the past")]
    assert errors(send(admin, csv([[*row, "2999-01-01"]], DATED))) == [("admissionDate", "This date lies more than a year ahead")]
    assert send(admin, csv([[*row, "2026-06-01"]], DATED)).data["updated"] == 1
    assert (one(school)["admissionDate"], one(school)["stays"][0]["since"]) == ("2026-06-01", "2026-06-01")
    moved = [*row[:6], "B", "2026-06-01"]
    assert send(admin, csv([moved], DATED)).data["updated"] == 1
    late = send(admin, csv([[*moved[:7], "2027-01-01"]], DATED))
    assert errors(late) == [("admissionDate", "The student left its first class before this date")]


def test_a_status_is_not_changed_by_an_import_and_one_that_is_the_same_is_no_change(admin, school, rooms):
    headers = [*HEADERS, "Status"]
    row = students(1)[0]
    assert send(admin, csv([[*row, "active"]], headers)).data["created"] == 1
    assert send(admin, csv([[*row, "enrolled"]], headers)).data["unchanged"] == 1
    assert "does not change the status, which is ACTIVE" in errors(send(admin, csv([[*row, "graduated"]], headers)))[0][1]
    assert "ACTIVE" in errors(send(admin, csv([[*students(1, first=2)[0], "suspended"]], headers)))[0][1]


def test_one_who_has_left_stays_in_the_last_class(admin, school, rooms):
    row = students(1)[0]
    send(admin, csv([row]))
    admin.post(f"/api/students/{one(school)['id']}/transfer", {"status": "GRADUATED"})
    assert send(admin, csv([row])).data["unchanged"] == 1
    assert errors(send(admin, csv([[*row[:6], "B"]]))) == [("className", "A student who has left is not moved to another class")]


def test_nobody_is_put_into_a_class_that_is_no_longer_in_use(admin, school, rooms):
    send(admin, csv(students(1)))
    assert admin.delete(f"/api/classes/{rooms['A']}").data["outcome"] == "deactivated"
    assert errors(send(admin, csv(students(1, first=2)))) == [("className", "This class is no longer in use")]
    assert send(admin, csv(students(1))).data["unchanged"] == 1


def test_a_student_who_is_changed_between_check_and_write_stops_the_import_and_keeps_the_newer_change(admin, school, rooms, monkeypatch):
    send(admin, csv(students(1)))
    monkeypatch.setattr(service, "write_at_once", lambda *_: False)
    monkeypatch.setattr(service, "INLINE_ROWS", 0)
    row = students(1)[0]
    import_id = send(admin, csv([[*row[:2], "Imported", *row[3:]]])).data["importId"]
    admin.put(f"/api/students/{one(school)['id']}", {"lastName": "Newer"})
    work()
    job = admin.get(f"/api/imports/{import_id}").data
    assert (job["state"], job["stoppedBy"]) == ("STOPPED", "row 2: this student was changed after the file was checked")
    assert one(school)["lastName"] == "Newer"


def test_an_import_under_way_can_be_started_again_and_one_without_a_file_cannot(admin, school, rooms, monkeypatch):
    monkeypatch.setattr(service, "INLINE_ROWS", 0)
    import_id = send(admin, csv(students(40))).data["importId"]
    messages()
    assert admin.post(f"/api/imports/{import_id}/start").status == 202
    assert work() == 1
    assert admin.get(f"/api/imports/{import_id}").data["state"] == "DONE"

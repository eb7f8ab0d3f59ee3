"""Larger files: uploaded to storage, imported in the background, watched, cancelled and undone."""

import httpx
import pytest

from functions.imports import service
from shared.auth.permissions import Role
from shared.data import reader
from shared.data.unit_of_work import Actor, UnitOfWork
from shared.entities.academics import Seats
from shared.entities.people import Student, StudentGuardian
from shared.ids import new_id
from tests.support.background import Context, work
from tests.support.csv_bodies import csv, send, students
from tests.support.storage import messages
from tests.support.world import make_person, make_school

FILE = {"filename": "students.csv", "size": 1000, "contentType": "text/csv"}


def stored(school):
    return [reader.plain(r) for r in reader.query(Student.partition_of(school_id=school.id), consistent=True)]


def upload(job, content, **over):
    form = job["upload"]
    return httpx.post(form["url"], data={**form["fields"], **over}, files={"file": ("students.csv", content, "text/csv")})


@pytest.fixture
def wide(admin, rooms):
    admin.put(f"/api/classes/{rooms['A']}", {"capacity": 500})
    return rooms


def started(admin, content, **options):
    job = admin.post("/api/imports", {**FILE, **options}).data
    assert upload(job, content).status_code < 300
    reply = admin.post(f"/api/imports/{job['id']}/start")
    assert (reply.status, reply.data["state"]) == (202, "QUEUED")
    return job["id"]


def test_a_file_is_uploaded_started_and_imported_in_the_background(admin, school, wide):
    import_id = started(admin, csv(students(120)))
    assert stored(school) == []
    assert work() >= 1
    job = admin.get(f"/api/imports/{import_id}").data
    assert (job["state"], job["total"], job["planned"], job["position"], job["created"]) == ("DONE", 120, 120, 120, 120)
    assert job["mapping"]["Class"] == "className"
    assert job["finishedAt"]
    assert len(stored(school)) == 120
    assert reader.load(Seats, consistent=True, school_id=school.id, class_id=wide["A"]).taken == 120
    assert admin.post(f"/api/imports/{import_id}/start").status == 409


def test_an_upload_of_another_key_type_or_size_is_refused_by_storage(admin, school):
    job = admin.post("/api/imports", FILE).data
    assert upload(job, b"x" * 50_000_001).status_code >= 400
    assert upload(job, b"x", **{"Content-Type": "text/html"}).status_code >= 400
    assert upload(job, b"x", key=f"schools/{new_id()}/imports/x/source").status_code >= 400
    reply = admin.post(f"/api/imports/{job['id']}/start")
    assert (reply.status, "not uploaded yet" in reply.error["message"]) == (409, True)


def test_s4_bad_rows_reject_the_whole_file_and_are_told_with_a_file_to_mend(admin, school, wide):
    rows = students(60)
    rows[41][4] = "sometimes"
    import_id = started(admin, csv(rows))
    work()
    job = admin.get(f"/api/imports/{import_id}").data
    assert (job["state"], job["failed"], job["created"], stored(school)) == ("REJECTED", 1, 0, [])
    assert [(e["row"], e["column"], e["value"]) for e in job["errors"]] == [(43, "Gender", "sometimes")]
    assert "sometimes" in httpx.get(job["badRowsUrl"]).text
    assert admin.post(f"/api/imports/{import_id}/undo").status == 409


def test_s4_valid_rows_and_dry_runs_in_the_background(admin, school, wide):
    rows = students(60)
    rows[41][4] = "sometimes"
    dry = started(admin, csv(rows), dryRun=True)
    work()
    assert (admin.get(f"/api/imports/{dry}").data["state"], stored(school)) == ("CHECKED", [])
    import_id = started(admin, csv(rows), mode="valid-rows")
    work()
    job = admin.get(f"/api/imports/{import_id}").data
    assert (job["state"], job["created"], job["failed"], len(stored(school))) == ("DONE", 59, 1, 59)


@pytest.mark.parametrize(("content", "reason"), [(b"%PDF-1.4", "looks like a PDF document"), (b'A,B\r\n"open', "never closed")])
def test_a_file_that_is_no_table_ends_the_import_in_words(admin, school, content, reason):
    import_id = started(admin, content)
    work()
    job = admin.get(f"/api/imports/{import_id}").data
    assert (job["state"], reason in job["stoppedBy"]) == ("REJECTED", True)


def test_a_mapping_that_does_not_fit_the_file_ends_the_import_in_words(admin, school):
    import_id = started(admin, csv(students(1)), mapping={"No such column": "firstName"})
    work()
    job = admin.get(f"/api/imports/{import_id}").data
    assert (job["state"], job["stoppedBy"]) == ("REJECTED", "mapping.No such column: The file has no such column")


def test_many_rows_of_one_request_go_on_in_the_background(admin, school, wide, monkeypatch):
    monkeypatch.setattr(service, "INLINE_ROWS", 50)
    reply = send(admin, csv(students(90)))
    assert (reply.status, reply.data["state"], stored(school)) == (202, "WRITING", [])
    work()
    job = admin.get(f"/api/imports/{reply.data['importId']}").data
    assert (job["state"], job["created"], len(stored(school))) == ("DONE", 90, 90)


def test_a_request_that_runs_out_of_time_goes_on_in_the_background(admin, school, wide, monkeypatch):
    monkeypatch.setattr(service, "_INLINE_SECONDS", -1.0)
    reply = send(admin, csv(students(90)))
    assert (reply.status, reply.data["state"]) == (202, "WRITING")
    work()
    assert admin.get(f"/api/imports/{reply.data['importId']}").data["state"] == "DONE"
    assert len(stored(school)) == 90


def test_a_cancelled_import_stops_and_what_is_written_can_be_undone(admin, school, wide):
    import_id = started(admin, csv(students(100)))
    turns = iter([300_000, 300_000, 0])
    work_once(Context(lambda: next(turns, 0)))
    assert 0 < len(stored(school)) < 100
    assert admin.post(f"/api/imports/{import_id}/cancel").data["state"] == "CANCELLED"
    work()
    job = admin.get(f"/api/imports/{import_id}").data
    assert job["created"] == len(stored(school)) == job["position"]
    assert admin.post(f"/api/imports/{import_id}/undo").data["state"] == "UNDONE"
    assert stored(school) == []
    assert admin.post(f"/api/imports/{import_id}/cancel").status == 409


def work_once(context):
    from functions.imports.worker import lambda_handler
    from tests.support.background import event

    (body, *_) = messages()
    return lambda_handler(event(body), context)


def test_an_undo_takes_out_what_came_in_and_frees_numbers_and_seats(admin, school, wide):
    send(admin, csv(students(2, first=900)))
    told = send(admin, csv(students(70))).data
    reply = admin.post(f"/api/imports/{told['importId']}/undo")
    assert (reply.status, reply.data["state"], reply.data["removed"]) == (202, "UNDONE", 70)
    assert {s["admissionNumber"] for s in stored(school)} == {"A-00900", "A-00901"}
    assert reader.load(Seats, consistent=True, school_id=school.id, class_id=wide["A"]).taken == 2
    assert send(admin, csv(students(70))).data["created"] == 70
    assert admin.post(f"/api/imports/{told['importId']}/undo").status == 409


def test_an_undo_is_refused_by_name_when_a_student_was_changed_or_referred_to(admin, school, wide):
    told = send(admin, csv(students(40))).data
    send(admin, csv([[*students(1)[0][:2], "Renamed", *students(1)[0][3:]]]))
    reply = admin.post(f"/api/imports/{told['importId']}/undo")
    assert (reply.status, [d["message"] for d in reply.error["details"]]) == (409, ["A-00001"])
    other = send(admin, csv(students(3, first=500))).data
    child = next(s for s in stored(school) if s["admissionNumber"] == "A-00501")
    unit = UnitOfWork(school.id, Actor(), "tests")
    link = StudentGuardian(
        school_id=school.id, id=new_id(), student_id=child["id"], user_id=new_id(), relation="MOTHER", sees={}, since="2026-04-01"
    )
    unit.create(link)
    unit.commit()
    reply = admin.post(f"/api/imports/{other['importId']}/undo")
    assert (reply.status, [d["message"] for d in reply.error["details"]]) == (409, ["A-00501"])
    assert len(stored(school)) == 43


def test_an_undo_is_refused_by_name_when_fees_were_made_for_a_student_by_hand_or_by_assigning_a_structure(admin, school, wide):
    told = send(admin, csv(students(3))).data
    child = next(s for s in stored(school) if s["admissionNumber"] == "A-00002")
    admin.post("/api/fees", {"studentId": child["id"], "name": "Excursion", "totalAmount": 10, "dueDate": "2027-01-01"})
    reply = admin.post(f"/api/imports/{told['importId']}/undo")
    assert (reply.status, [d["message"] for d in reply.error["details"]]) == (409, ["A-00002"])
    other = send(admin, csv(students(2, first=500))).data
    structure = admin.post("/api/fee-structures", {"name": "Tuition", "amount": 10, "frequency": "MONTHLY"}).data
    assert admin.post(f"/api/fee-structures/{structure['id']}/assign", {}).data["made"] > 0
    reply = admin.post(f"/api/imports/{other['importId']}/undo")
    assert (reply.status, sorted(d["message"] for d in reply.error["details"])) == (409, ["A-00500", "A-00501"])
    assert len(stored(school)) == 5


def test_g8_imports_of_another_school_do_not_exist(admin, school, wide):
    told = send(admin, csv(students(3))).data
    foreign = make_person(make_school()).client
    assert foreign.get("/api/imports").data == []
    for call in (foreign.get, foreign.post):
        for action in ("", "/start", "/cancel", "/undo")[: 1 if call == foreign.get else 4][0 if call == foreign.get else 1 :]:
            assert call(f"/api/imports/{told['importId']}{action}").status == 404


def test_a1_only_admins_see_imports(school):
    for role in (Role.TEACHER, Role.ACCOUNTANT, Role.STUDENT_PARENT):
        assert make_person(school, role).client.get("/api/imports").status == 403
        assert make_person(school, role).client.post("/api/imports", FILE).status == 403


def test_what_is_announced_is_checked(admin, school):
    reply = admin.post("/api/imports", {"filename": "", "size": 50_000_001, "contentType": "nonsense", "colour": 1})
    assert {d["field"] for d in reply.error["details"]} == {"filename", "size", "contentType", "colour"}


def test_the_list_of_imports_is_paged_newest_first(admin, school, wide):
    ids = [admin.post("/api/imports", FILE).data["id"] for _ in range(3)]
    reply = admin.get("/api/imports", page=2, pageSize=2)
    assert [j["id"] for j in reply.data] == [ids[0]]
    assert reply.json["pagination"] == {"page": 2, "pageSize": 2, "totalPages": 2, "totalRecords": 3}

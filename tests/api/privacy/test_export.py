"""POST …/data-export: everything that is held, no secret of anybody, for whom it is about."""

import csv
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta

import httpx

from functions.privacy import service
from shared import clock
from shared.data.unit_of_work import Actor, UnitOfWork
from shared.entities.tenancy import Session
from shared.errors import Conflict
from shared.ids import new_id
from tests.api.privacy.conftest import PERSONAL
from tests.support.journal import actions
from tests.support.world import make_person, make_school


def exported(client, path, work):
    reply = client.post(path)
    assert reply.status == 202, reply.body
    work()
    told = client.get(f"/api/privacy/requests/{reply.data['id']}").data
    assert told["state"] == "DONE", told
    return told, zipfile.ZipFile(io.BytesIO(httpx.get(told["url"]).raise_for_status().content))


def test_a_students_archive_holds_everything_as_data_tables_and_a_page(school, admin, student, work):
    admin.post(
        f"/api/students/{student['id']}/guardians", {"firstName": "Mother", "email": f"{new_id()}@home.example", "relation": "MOTHER"}
    )
    admin.get(f"/api/students/{student['id']}")
    told, archive = exported(admin, f"/api/students/{student['id']}/data-export", work)
    data = json.loads(archive.read("data.json"))
    (profile,) = data["data"]["Profile and way through the school"]
    assert (profile["firstName"], profile["addressStreet"], profile["stays"][0]["classId"]) == (
        "Ashalata",
        "14 Tilak Road",
        student["classId"],
    )
    assert [g["relation"] for g in data["data"]["Guardians"]] == ["MOTHER"]
    assert data["data"]["Who looked at the record"][0]["looks"] == 1
    assert {"CREATE_STUDENT", "UPDATE_STUDENT"} <= {e["action"] for e in data["data"]["Audit log"]}
    page = archive.read("index.html").decode()
    assert all(word in page for word in PERSONAL[:4])
    rows = list(csv.DictReader(io.StringIO(archive.read("tables/profile-and-way-through-the-school.csv").decode("utf-8-sig"))))
    assert rows[0]["firstName"] == "Ashalata"
    assert told["done"]["Guardians"] == 1
    assert told["size"] > 500


def test_a_page_runs_no_script_of_a_name(school, admin, room, work):
    body = {
        "firstName": "<script>alert(1)</script>",
        "lastName": "=1+1",
        "dateOfBirth": "2012-02-29",
        "gender": "FEMALE",
        "classId": room["id"],
    }
    made = admin.post("/api/students", body).data
    _, archive = exported(admin, f"/api/students/{made['id']}/data-export", work)
    assert b"<script>" not in archive.read("index.html")
    assert b"'=1+1" in archive.read("tables/profile-and-way-through-the-school.csv")


def test_a_users_archive_has_no_secret_in_it_and_nobody_elses_data(school, admin, work):
    who = make_person(school, "TEACHER", first_name="Ravi")
    other = make_person(school, "TEACHER", first_name="Somebody", last_name="Elsewhere")
    other.client.put(f"/api/users/{other.id}", {"firstName": "Unrelated"})
    unit = UnitOfWork(school.id, Actor(), "tests")
    session = Session(
        school_id=school.id, user_id=who.id, id="s-1", session_version=1, secret_hash="SECRET-1", last_secret_hash="SECRET-2", step="SECRET-3",
        pool_token="SECRET-4", tokens=[["SECRET-5", 1]], csrf=["SECRET-6"], started_at=clock.stamp(), user_agent="Firefox", ip_address="192.0.2.7",
    )  # fmt: skip
    unit.put(session, None, Conflict())
    unit.commit()
    _, archive = exported(who.client, f"/api/users/{who.id}/data-export", work)
    text = "".join(archive.read(name).decode() for name in archive.namelist())
    assert "SECRET" not in text
    assert "Firefox" in text
    assert "192.0.2.7" in text
    assert "Elsewhere" not in text
    assert "Unrelated" not in text
    assert "Ravi" in text


def test_everybody_may_have_their_own_and_nobody_elses(school, admin, student, queue):
    parent, teacher = make_person(school, "STUDENT_PARENT"), make_person(school, "TEACHER")
    assert parent.client.post(f"/api/users/{parent.id}/data-export").status == 202
    assert parent.client.post(f"/api/users/{teacher.id}/data-export").status == 403
    assert teacher.client.post(f"/api/students/{student['id']}/data-export").status == 403
    made = admin.post(f"/api/users/{teacher.id}/data-export").data
    assert parent.client.get(f"/api/privacy/requests/{made['id']}").status == 404
    assert teacher.client.get(f"/api/privacy/requests/{made['id']}").data["id"] == made["id"]
    assert parent.client.get("/api/privacy/requests").status == 403


def test_g8_another_schools_person_and_request_are_not_there(school, admin, student):
    other = make_person(make_school()).client
    made = admin.post(f"/api/students/{student['id']}/data-export").data
    assert other.post(f"/api/students/{student['id']}/data-export").status == 404
    assert other.get(f"/api/privacy/requests/{made['id']}").status == 404
    assert other.get("/api/privacy/requests").data == []


def test_an_archive_is_kept_for_a_day(school, admin, student, work, monkeypatch):
    told, _ = exported(admin, f"/api/students/{student['id']}/data-export", work)
    kept = datetime.fromisoformat(told["availableUntil"]) - datetime.fromisoformat(told["finishedAt"])
    assert timedelta(hours=23, minutes=59) < kept <= timedelta(days=1)
    monkeypatch.setattr(service, "_DAY_SECONDS", -1)  # the day is over
    gone = admin.get(f"/api/privacy/requests/{told['id']}").data
    assert (gone["url"], gone["availableUntil"], gone["state"]) == (None, None, "DONE")


def test_g11_an_export_is_in_the_log(school, admin, student, work):
    exported(admin, f"/api/students/{student['id']}/data-export", work)
    assert {("CREATE_PRIVACYREQUEST", "SUCCESS"), ("FINISH_EXPORT", "SUCCESS")} <= set(actions(school.id, "PrivacyRequest"))


def test_a_message_that_comes_twice_makes_one_archive(school, admin, student, queue, work):
    made = admin.post(f"/api/students/{student['id']}/data-export").data
    again = admin.post(f"/api/students/{student['id']}/data-export").data
    assert made["id"] == again["id"]
    assert work() >= 2
    assert len([a for a in actions(school.id, "PrivacyRequest") if a[0] == "FINISH_EXPORT"]) == 1


def test_requests_are_listed_the_newest_first(school, admin, student, work):
    who = make_person(school, "TEACHER")
    first = admin.post(f"/api/students/{student['id']}/data-export").data
    second = admin.post(f"/api/users/{who.id}/data-export").data
    reply = admin.get("/api/privacy/requests", pageSize=1).json
    assert (reply["data"][0]["id"], reply["pagination"]["totalRecords"]) == (second["id"], 2)
    assert [r["id"] for r in admin.get("/api/privacy/requests", sort="createdAt").data] == [first["id"], second["id"]]
    assert admin.get("/api/privacy/requests", state="DONE").data == []
    assert admin.get("/api/privacy/requests", sort="nothing").status == 400


def test_fees_payments_and_attendance_are_in_it(school, admin, student, room, work):
    fee = admin.post("/api/fees", {"studentId": student["id"], "name": "Bus", "totalAmount": 100, "dueDate": "2026-12-31"}).data
    admin.post(f"/api/fees/{fee['id']}/record-payment", {"amount": 40, "paymentMethod": "CASH"})
    today = datetime.now(UTC).date()
    day = today - timedelta(days=max(0, today.weekday() - 4))
    marks = {"classId": room["id"], "date": day.isoformat(), "records": [{"studentId": student["id"], "status": "LATE"}]}
    assert admin.post("/api/attendance/mark", marks).status in {200, 201}
    _, archive = exported(admin, f"/api/students/{student['id']}/data-export", work)
    data = json.loads(archive.read("data.json"))["data"]
    assert [f["name"] for f in data["Fees"]] == ["Bus"]
    assert [p["amount"] for p in data["Payments and receipts"]] == ["40.00"]
    assert [(a["date"], a["status"]) for a in data["Attendance"]] == [(day.isoformat(), "LATE")]


def test_what_was_remarked_of_other_children_is_not_in_it(school, admin, student, room, work):
    other = admin.post("/api/students", {"firstName": "Usha", "dateOfBirth": "2012-03-01", "gender": "FEMALE", "classId": room["id"]}).data
    today = datetime.now(UTC).date()
    day = today - timedelta(days=max(0, today.weekday() - 4))
    records = [
        {"studentId": student["id"], "status": "ABSENT", "remarks": "a cold"},
        {"studentId": other["id"], "status": "ABSENT", "remarks": "a broken arm"},
    ]
    assert admin.post("/api/attendance/mark", {"classId": room["id"], "date": day.isoformat(), "records": records}).status in {200, 201}
    _, archive = exported(admin, f"/api/students/{student['id']}/data-export", work)
    text = "".join(archive.read(name).decode() for name in archive.namelist())
    assert "a cold" in text
    assert "a broken arm" not in text

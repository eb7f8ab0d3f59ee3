"""POST /api/students/{id}/erase: what goes, what stays and why, and that the proof of the audit log outlives it."""

import base64
import zlib
from datetime import UTC, datetime, timedelta

import botocore.session
import orjson
import pytest

from functions.logs import archiving, verifying
from functions.logs.window import Window
from functions.privacy import erasing, redacting
from shared import list_refresh
from shared.data import derived, reader, snapshots
from shared.entities.people import Student
from shared.ids import new_id
from shared.lists import STUDENTS
from tests.api.logs import conftest as ground
from tests.api.privacy.conftest import ASHA, PERSONAL, Context
from tests.conftest import ENVIRONMENT
from tests.support.journal import actions
from tests.support.world import make_person

days_ago, made_on = ground.days_ago, ground.made_on


@pytest.fixture
def no_grace(monkeypatch):
    monkeypatch.setattr(verifying, "GRACE_MS", -1000)


def everything(school):
    """The text of every item of a school: the test reads past the guard, and may scan."""
    client = botocore.session.get_session().create_client("dynamodb")
    mine = {"FilterExpression": "begins_with(pk, :p)", "ExpressionAttributeValues": {":p": {"S": f"SCHOOL#{school.id}"}}}
    found = []
    for page in client.get_paginator("scan").paginate(TableName=ENVIRONMENT["TABLE_NAME"], **mine):
        for item in page["Items"]:
            if item["type"]["S"] == "Idempotency":
                continue
            for value in item.values():
                if "B" in value and item["type"]["S"] == "Snapshot":
                    value["B"] = zlib.decompress(value["B"]).decode()
            found.append((item["type"]["S"], orjson.dumps(item, default=lambda b: base64.b64encode(b).decode()).decode()))
    return found


def traces(school, words=PERSONAL):
    return [(kind, word) for kind, text in everything(school) for word in words if word in text]


def erase(admin, student, **more):
    body = {"confirm": student["admissionNumber"], "evenIfActive": True, **more}
    return admin.post(f"/api/students/{student['id']}/erase", body)


def whole(school):
    window = Window(datetime.now(UTC) - timedelta(days=31), datetime.now(UTC) + timedelta(minutes=1))
    return verifying.verify(school.id, window)


def test_a_preview_tells_what_would_go_and_stay_and_changes_nothing(school, admin, student):
    admin.post(
        f"/api/students/{student['id']}/guardians", {"firstName": "Lakshmi", "email": f"{new_id()}@home.example", "relation": "MOTHER"}
    )
    before = everything(school)
    reply = admin.post(f"/api/students/{student['id']}/erase", {"dryRun": True})
    assert reply.status == 200
    told = reply.data
    assert {"what": "Guardians", "count": 1} in told["removed"]
    assert {"what": "Profile and way through the school", "count": 1} in told["cleared"]
    kept = {k["what"]: k for k in told["kept"]}
    assert "law" in kept["Profile and way through the school"]["why"]
    assert {"Audit log", "Backups and older versions of files"} <= kept.keys()
    assert all(k["why"] and k["until"] for k in told["kept"])
    assert told["blockers"] == ["The student is still at the school: send evenIfActive to erase it all the same"]
    assert len(everything(school)) == len(before)


def test_an_erasure_leaves_no_trace_of_the_person_and_keeps_the_number(school, admin, student, work):
    admin.post(
        f"/api/students/{student['id']}/guardians", {"firstName": "Mother", "email": f"{new_id()}@home.example", "relation": "MOTHER"}
    )
    admin.get(f"/api/students/{student['id']}")
    assert traces(school)
    reply = erase(admin, student)
    assert (reply.status, reply.data["state"], reply.data["kind"]) == (202, "QUEUED", "ERASE")
    assert work() >= 1
    assert traces(school) == []
    told = admin.get(f"/api/privacy/requests/{reply.data['id']}").data
    assert (told["state"], told["error"], told["step"]) == ("DONE", None, None)
    assert told["done"]["Guardians"] == 1
    assert told["done"]["Entries of the audit log"] >= 2
    assert told["kept"]
    found = admin.get(f"/api/students/{student['id']}").data
    assert (found["firstName"], found["lastName"], found["dateOfBirth"]) == ("Erased person", None, "2012-01-01")
    assert found["admissionNumber"] == student["admissionNumber"]
    assert (found["status"], found["parentName"], found["email"]) == ("INACTIVE", None, None)
    assert admin.get(f"/api/students/{student['id']}/guardians").data == []
    assert ("ERASE_STUDENT", "SUCCESS") in actions(school.id, "Student")
    assert ("FINISH_ERASE", "SUCCESS") in actions(school.id, "PrivacyRequest")


def test_why_an_applicant_once_withdrew_goes_with_the_student_too(school, admin, room, work):
    applicant = {"firstName": "Ashalata", "grade": room["grade"], "parentName": "Lata", "parentPhone": "+919876543210"}
    path = f"/api/admissions/{admin.post('/api/admissions', applicant).data['id']}"
    told = {"dateOfBirth": "2012-02-29", "gender": "FEMALE", "classId": room["id"]}
    for change in (
        {"status": "WITHDRAWN", "reason": "Trouble at home"},
        {"status": "APPLIED"},
        {"status": "OFFERED"},
        {"status": "ENROLLED", **told},
    ):
        reply = admin.put(path, change)
        assert reply.status == 200, reply.json
    student = admin.get(f"/api/students/{reply.data['studentId']}").data
    assert traces(school, ("Trouble at home",))
    assert erase(admin, student).status == 202
    work()
    assert traces(school, ("Trouble at home",)) == []


def test_the_seat_of_an_erased_student_is_free_again(school, admin, student, room, work):
    from shared.enrolment import seats_of

    assert seats_of(school.id, [room["id"]])[room["id"]].taken == 1
    assert erase(admin, student).status == 202
    work()
    assert seats_of(school.id, [room["id"]])[room["id"]].taken == 0


def test_g11_the_chain_is_whole_after_an_erasure_and_shows_what_was_erased(school, admin, student, work, deliver, no_grace):
    deliver()
    before = whole(school)
    assert (before.broken, before.redacted) == (None, 0)
    erase(admin, student)
    work()
    deliver()
    after = whole(school)
    assert after.broken is None, after.broken.told
    assert after.redacted >= 2
    assert after.entries > before.entries
    created = admin.get("/api/logs", action="CREATE_STUDENT").data[0]
    assert created["redacted"] is True
    (change,) = created["changes"]
    assert {"firstName", "lastName", "phone", "parentEmail", "dateOfBirth"} <= set(change["redacted"])
    assert change["after"]["classId"] == student["classId"]
    assert "Ashalata" not in str(created)
    assert created["userName"] == "Prema Head"


def test_the_archive_is_erased_too_and_still_what_was_sealed(school, admin, student, work, deliver, no_grace, made_on, days_ago):
    from functions.logs import nightly
    from functions.logs.repository import Log
    from shared import audit_archive

    made_on(days_ago(2))
    unit_text = {"text": [None, "a call by lakshmi@home.example"]}
    from shared.data.unit_of_work import Actor, UnitOfWork

    unit = UnitOfWork(school.id, Actor("someone", "SCHOOL_ADMIN", "r", "192.0.2.1", "pytest"), "tests")
    unit.note("TEST", "Test", "record", unit_text)
    unit.note("OTHER", "Other", "record", {"text": [None, "somebody else"]})
    unit.commit()
    made_on.back()
    deliver()
    archiving.archive_days(school.id)
    day = days_ago(2).date().isoformat()
    assert "lakshmi@home.example" in str(list(audit_archive.entries(school.id, day)))
    erase(admin, student)
    work()
    left = str(list(audit_archive.entries(school.id, day)))
    assert "lakshmi@home.example" not in left
    assert "somebody else" in left
    deliver()
    assert nightly.verify_nightly(school.id)["status"] == "OK"
    assert Log(school.id).last_sealed() is not None


def test_it_is_refused_without_proof_that_this_student_is_meant(admin, student):
    for confirm in (None, "", "2020-99999", student["rollNumber"]):
        reply = erase(admin, student, confirm=confirm)
        assert (reply.status, reply.error["details"][0]["field"]) == (400, "confirm"), confirm
    assert admin.get(f"/api/students/{student['id']}").data["firstName"] == "Ashalata"


def test_a_student_who_is_at_the_school_is_not_erased_unless_that_is_said(admin, student):
    reply = admin.post(f"/api/students/{student['id']}/erase", {"confirm": student["admissionNumber"]})
    assert (reply.status, reply.error["code"]) == (409, "CONFLICT")
    assert "evenIfActive" in reply.error["message"]


def test_a_student_with_an_open_balance_is_not_erased_unless_that_is_said(school, admin, student, work):
    fee = {"studentId": student["id"], "name": "Bus", "totalAmount": 100, "dueDate": "2026-12-31"}
    made = admin.post("/api/fees", fee)
    assert made.status == 201, made.body
    reply = erase(admin, student)
    assert reply.status == 409
    assert "100.00" in reply.error["message"]
    assert "evenWithOpenBalance" in reply.error["message"]
    assert erase(admin, student, evenWithOpenBalance=True).status == 202
    work()
    assert admin.get(f"/api/fees/{made.data['id']}").data["totalAmount"] == 100


def test_ledgers_and_receipts_stay_without_the_name(school, admin, student, work):
    fee = admin.post("/api/fees", {"studentId": student["id"], "name": "Bus", "totalAmount": 100, "dueDate": "2026-12-31"}).data
    paid = admin.post(
        f"/api/fees/{fee['id']}/record-payment",
        {"amount": 40, "paymentMethod": "CASH", "payer": "Lakshmi Kulkarni", "remarks": "paid by Ramesh"},
    )
    assert paid.status == 201, paid.body
    ledger = admin.get(f"/api/students/{student['id']}/ledger").data
    assert erase(admin, student, evenWithOpenBalance=True).status == 202
    work()
    assert traces(school) == []
    after = admin.get(f"/api/students/{student['id']}/ledger").data
    assert after["balance"] == ledger["balance"]
    assert "Lakshmi" not in str(after)


def test_an_erasure_that_is_killed_anywhere_goes_on_and_comes_to_the_same_end(school, admin, student, work, queue, monkeypatch):
    reply = erase(admin, student)
    message = queue()[0]
    from functions.privacy import running
    from functions.privacy.repository import Requests

    real = {n: getattr(m, n) for m, n in ((erasing, "_erase_own_record"), (redacting, "_redact"), (list_refresh, "rebuild"))}

    def die(*_, **__):
        raise KeyboardInterrupt

    for module, name in ((erasing, "_erase_own_record"), (redacting, "_redact"), (list_refresh, "rebuild")):
        with monkeypatch.context() as patch:
            patch.setattr(module, name, die)
            with pytest.raises(KeyboardInterrupt):
                running.run(school.id, message["requestId"], lambda: False)
        found = Requests(school.id).get(message["requestId"], consistent=True)
        assert found.state == "RUNNING"
        found.lease_until = 1  # its lease is over
        derived.put_if(found, None)
    assert real
    running.run(school.id, message["requestId"], lambda: False)
    told = admin.get(f"/api/privacy/requests/{reply.data['id']}").data
    assert (told["state"], told["done"]["Profile and way through the school"]) == ("DONE", 1)
    assert traces(school) == []


def test_an_erasure_hands_over_when_its_time_is_up(school, admin, student, work, monkeypatch):
    monkeypatch.setattr(redacting, "_PAGE", 1)
    asked = []

    def remaining():
        asked.append(0 if len(asked) % 12 == 11 else 600_000)
        return asked[-1]

    reply = erase(admin, student)
    work(Context(remaining))
    assert asked.count(0) >= 1
    assert admin.get(f"/api/privacy/requests/{reply.data['id']}").data["state"] == "DONE"
    assert traces(school) == []


def test_asking_twice_is_one_erasure_and_an_erased_student_can_be_erased_again(school, admin, student, work):
    first, second = erase(admin, student), erase(admin, student)
    assert first.data["id"] == second.data["id"]
    work()
    again = erase(admin, student)
    assert (again.status, again.data["id"] != first.data["id"]) == (202, True)
    work()
    assert admin.get(f"/api/privacy/requests/{again.data['id']}").data["state"] == "DONE"


def test_the_snapshot_of_the_list_is_made_anew(school, admin, student, work):
    STUDENTS.forget()
    rows = STUDENTS.of(school.id)
    assert snapshots.save(school.id, "Student", rows.known.values(), rows.seen_until, 0)
    assert ("Snapshot", "Ashalata") in traces(school)
    erase(admin, student)
    work()
    assert traces(school) == []
    STUDENTS.forget()
    assert admin.get("/api/students", includeInactive=True, search="Erased").json["pagination"]["totalRecords"] == 1


def test_another_student_of_the_same_family_keeps_everything(school, admin, student, room, work):
    twin = admin.post("/api/students", {**ASHA, "firstName": "Usha", "classId": room["id"]}).data
    erase(admin, student)
    work()
    found = reader.load(Student, consistent=True, school_id=school.id, id=twin["id"])
    assert (found.first_name, found.parent_email, found.address_street) == ("Usha", "lakshmi@home.example", "12 Tilak Road")


def test_g8_another_school_finds_nobody_to_erase(school, admin, student):
    from tests.support.world import make_school

    other = make_person(make_school()).client
    assert erase(other, student).status == 404
    for role in ("TEACHER", "ACCOUNTANT", "STUDENT_PARENT"):
        assert erase(make_person(school, role).client, student).status == 403


def test_attendance_stays_and_its_remarks_go(school, admin, student, room, work):
    today = datetime.now(UTC).date()
    day = today - timedelta(days=(today.weekday() - 4) % 7 if today.weekday() > 4 else 0)  # a school day within the last week
    marked = admin.post(
        "/api/attendance/mark",
        {
            "classId": room["id"],
            "date": day.isoformat(),
            "records": [{"studentId": student["id"], "status": "ABSENT", "remarks": "Ashalata has fever"}],
        },
    )
    assert marked.status in {200, 201}, marked.body
    erase(admin, student)
    work()
    assert traces(school) == []
    found = admin.get(f"/api/attendance/student/{student['id']}").data
    assert "ABSENT" in str(found)

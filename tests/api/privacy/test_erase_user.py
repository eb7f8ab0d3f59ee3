"""POST /api/users/{id}/erase: the login is over, the name is gone, what was done stays proven."""

from datetime import UTC, datetime, timedelta

import pytest

from functions.auth import consumers as auth_consumers
from functions.logs import verifying
from functions.logs.window import Window
from shared.data import reader
from shared.entities.people import UserChild
from shared.entities.tenancy import Access, AccountAddress
from shared.gateways import pool
from shared.ids import new_id
from tests.api.privacy.test_erase_student import traces
from tests.support.journal import actions, entries, stream_event
from tests.support.world import make_person

WORDS = ("Ramakrishna", "Venkatesan", "@ramakrishna.example", "9876500011", "198.51.100.77")


@pytest.fixture
def user(school):
    return make_person(
        school,
        "ACCOUNTANT",
        first_name="Ramakrishna",
        last_name="Venkatesan",
        email=f"{new_id()}@ramakrishna.example",
        phone="+919876500011",
    )


def erase(admin, user, **more):
    return admin.post(f"/api/users/{user.id}/erase", {"confirm": user.email, **more})


def test_an_erased_user_leaves_no_trace_and_cannot_sign_in_any_more(school, admin, user, work):
    changed = user.client.request("PUT", f"/api/users/{user.id}", json_body={"firstName": "Ramakrishna V."}, ip="198.51.100.77")
    assert changed.status == 200
    assert {w for _, w in traces(school, WORDS)} == set(WORDS)
    reply = erase(admin, user)
    assert (reply.status, reply.data["subject"]) == (202, "USER")
    work()
    assert traces(school, WORDS) == []
    assert reader.load(AccountAddress, email=user.email) is None
    assert reader.load(Access, school_id=school.id, user_id=user.id) is None
    found = admin.get(f"/api/users/{user.id}").data
    assert (found["firstName"], found["lastName"], found["status"], found["phone"]) == ("Erased person", None, "INACTIVE", None)
    assert user.client.get("/api/students").status == 401


def test_what_an_erased_user_did_stays_in_the_log_under_an_id_and_the_chain_is_whole(school, admin, user, work, deliver, monkeypatch):
    user.client.post("/api/logs", {"action": "PRINT", "message": "by Ramakrishna"})
    user.client.request("PUT", f"/api/users/{user.id}", json_body={"phone": "+919876500012"}, ip="198.51.100.77")
    deliver()
    erase(admin, user)
    work()
    deliver()
    monkeypatch.setattr(verifying, "GRACE_MS", -1000)
    report = verifying.verify(school.id, Window(datetime.now(UTC) - timedelta(days=1), datetime.now(UTC) + timedelta(minutes=1)))
    assert report.broken is None
    assert report.redacted >= 2
    told = admin.get("/api/logs", userId=user.id).data
    assert {e["action"] for e in told} >= {"CLIENT_PRINT", "UPDATE_USER"}
    assert {(e["userName"], e["ipAddress"], e["userAgent"], e["redacted"]) for e in told} == {("Erased person", None, None, True)}


def test_the_password_is_removed_from_the_user_pool_by_the_journals_consumer(school, admin, user, work, monkeypatch):
    erase(admin, user)
    work()
    forgotten = []
    monkeypatch.setattr(pool, "delete_user", forgotten.append)
    found = [e for e in entries(school.id, "User") if e.action == "ERASE_USER"]
    assert auth_consumers.pool_users(stream_event(*found), None) == {"batchItemFailures": []}
    assert forgotten == [user.id]


def test_a_guardian_who_is_erased_is_no_guardian_any_more(school, admin, room, work):
    parent = make_person(school, "STUDENT_PARENT", email=f"{new_id()}@home.example")
    child = admin.post("/api/students", {"firstName": "Asha", "dateOfBirth": "2012-02-29", "gender": "FEMALE", "classId": room["id"]}).data
    assert admin.post(f"/api/students/{child['id']}/guardians", {"userId": parent.id, "relation": "FATHER"}).status == 201
    erase(admin, parent)
    work()
    assert admin.get(f"/api/students/{child['id']}/guardians").data == []
    assert list(reader.query(UserChild.partition_of(school_id=school.id, user_id=parent.id))) == []


def test_the_preview_tells_what_the_account_is_made_of(admin, user):
    told = admin.post(f"/api/users/{user.id}/erase", {"dryRun": True}).data
    assert {"what": "Access", "count": 1} in told["removed"]
    assert {"what": "E-mail address for signing in", "count": 1} in told["removed"]
    assert told["blockers"] == []


def test_nobody_erases_themselves_nor_the_last_admin(school, admin, user):
    second = make_person(school)
    told = second.client.post(f"/api/users/{second.id}/erase", {"confirm": second.email})
    assert (told.status, "themselves" in told.error["message"]) == (409, True)
    operator = make_person(None, "SUPER_ADMIN")
    headers = {"X-School-Id": school.id}
    admins = [u["id"] for u in admin.get("/api/users", role="SCHOOL_ADMIN").data]
    for user_id in admins[1:]:
        assert operator.client.request("DELETE", f"/api/users/{user_id}", headers=headers).status == 200
    last = admin.get(f"/api/users/{admins[0]}").data if admins[0] != second.id else second.client.get(f"/api/users/{admins[0]}").data
    reply = operator.client.request("POST", f"/api/users/{admins[0]}/erase", json_body={"confirm": last["email"]}, headers=headers)
    assert (reply.status, "last active admin" in reply.error["message"]) == (409, True)


@pytest.mark.parametrize("confirm", [None, "somebody@home.example", "Ramakrishna"])
def test_it_is_refused_without_proof_that_this_user_is_meant(admin, user, confirm):
    reply = erase(admin, user, confirm=confirm)
    assert (reply.status, reply.error["details"][0]["field"]) == (400, "confirm")


def test_an_erasure_is_in_the_log_with_who_asked_for_it(school, admin, user, work):
    erase(admin, user)
    work()
    found = actions(school.id, "PrivacyRequest")
    assert ("CREATE_PRIVACYREQUEST", "SUCCESS") in found
    assert ("FINISH_ERASE", "SUCCESS") in found
    (finish,) = [e for e in entries(school.id, "PrivacyRequest") if e.action == "FINISH_ERASE"]
    assert finish.user_id is not None
    assert finish.role == "SCHOOL_ADMIN"

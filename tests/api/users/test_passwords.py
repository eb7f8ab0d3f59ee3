"""Passwords of users and their first sign-in, against a real user pool."""

import pytest
from botocore.exceptions import ClientError

from functions.auth import consumers
from functions.auth import service as sign_in_service
from shared.auth import gate
from shared.auth.permissions import Role
from shared.data import reader
from shared.data.connection import client
from shared.data.reader import load
from shared.data.unit_of_work import RetryWrite, UnitOfWork
from shared.entities.ground import Journal
from shared.entities.tenancy import User
from shared.gateways import pool
from shared.settings import settings
from tests.api.users.conftest import new_user
from tests.support.client import Client
from tests.support.journal import actions, entries, stream_event
from tests.support.user_pool import PASSWORD, make_user, session, sign_in
from tests.support.world import Person, make_school

NEW = "Green-Boat-77"


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr(sign_in_service, "_REFUSED_AFTER", 0.0)


@pytest.fixture
def school(pooled):
    return make_school()


@pytest.fixture
def admin(school):
    person = make_user(school)
    return Person(person.id, person.email, person.school_id, person.role, session(person).client)


def login(email, password):
    return Client().post("/api/auth/login", {"email": email, "password": password})


def test_a4_a_password_set_by_an_admin_is_good_at_once_and_must_be_changed_first(admin):
    body = new_user(password=NEW)
    made = admin.client.post("/api/users", body)
    assert (made.status, made.data["mustChangePassword"], made.data["invited"]) == (201, True, False)
    reply = login(body["email"], NEW)
    assert (reply.status, reply.data["challenge"]) == (200, "NEW_PASSWORD")


def test_a4_an_admin_may_say_that_the_password_stays(admin):
    body = new_user(password=NEW, mustChangePassword=False)
    made = admin.client.post("/api/users", body).data
    assert made["mustChangePassword"] is False
    reply = login(body["email"], NEW)
    assert Client(reply.data["accessToken"]).get(f"/api/users/{made['id']}").data["lastLogin"] is not None


def test_a4_a_weak_password_is_refused_with_all_that_it_lacks_and_makes_nobody(admin):
    body = new_user(password="weak")
    reply = admin.client.post("/api/users", body)
    assert (reply.status, {d["field"] for d in reply.error["details"]}) == (400, {"password"})
    assert len(reply.error["details"]) == 3
    assert admin.client.get("/api/users", search=body["email"]).data == []


def test_g11_no_password_and_nothing_made_of_one_is_ever_in_the_table(admin, school):
    import hashlib

    body = new_user(password=NEW)
    made = admin.client.post("/api/users", body, headers={"Idempotency-Key": "k"}).data
    admin.client.patch(f"/api/users/{made['id']}/change-password", {"newPassword": "Other-Kite-42"})
    assert ("SET_PASSWORD", "SUCCESS") in actions(school.id, "Password")
    assert ("CHANGE_PASSWORD", "SUCCESS") in actions(school.id, "Password")
    table = str(client("dynamodb").scan(TableName=settings().table)["Items"])
    raw = __import__("json").dumps(body).encode()
    for secret in (NEW, "Other-Kite-42", hashlib.sha256(raw + b"[]").hexdigest(), hashlib.sha256(NEW.encode()).hexdigest()):
        assert secret not in table


def test_deciding_again_makes_no_second_user_in_the_pool(admin, monkeypatch):
    made_in_pool: list[str] = []
    real, left = UnitOfWork.commit, [1, 1]

    def overtaken(unit):
        if any(c.action == "CREATE_USER" for c in unit.changes) and left:
            left.pop()
            raise RetryWrite
        real(unit)

    tell = pool.set_password
    monkeypatch.setattr(pool, "set_password", lambda user_id, *rest: (made_in_pool.append(user_id), tell(user_id, *rest)))
    monkeypatch.setattr(UnitOfWork, "commit", overtaken)
    made = admin.client.post("/api/users", new_user(password=NEW))
    assert made.status == 201
    assert made_in_pool == [made.data["id"]] * 3


def test_an_address_in_use_is_refused_before_the_pool_is_told(admin, monkeypatch):
    body = new_user(password=NEW)
    admin.client.post("/api/users", body)
    monkeypatch.setattr(pool, "set_password", lambda *_: pytest.fail("the pool was told"))
    assert admin.client.post("/api/users", body).status == 409


def test_the_own_password_needs_the_present_one_and_ends_every_session(school):
    person = make_user(school, Role.TEACHER)
    here, there = session(person), session(person)
    path = f"/api/users/{person.id}/change-password"
    missing = here.client.patch(path, {"newPassword": NEW})
    assert (missing.status, missing.error["details"][0]["field"]) == (400, "currentPassword")
    same = here.client.patch(path, {"currentPassword": PASSWORD, "newPassword": PASSWORD})
    assert (same.status, same.error["details"][0]["field"]) == (400, "newPassword")
    weak = here.client.patch(path, {"currentPassword": PASSWORD, "newPassword": "weak"})
    assert {d["field"] for d in weak.error["details"]} == {"newPassword"}
    done = here.client.patch(path, {"currentPassword": PASSWORD, "newPassword": NEW})
    assert (done.status, done.data["mustChangePassword"]) == (200, False)
    assert [device.client.get("/api/auth/me").status for device in (here, there)] == [401, 401]
    assert [device.renew().status for device in (here, there)] == [401, 401]
    assert [sign_in(person).status, sign_in(person, NEW).status] == [401, 200]


def test_a4_a_wrong_present_password_counts_as_a_failed_sign_in_and_is_audited(school):
    person = make_user(school, Role.TEACHER)
    device = session(person)
    path = f"/api/users/{person.id}/change-password"
    for _ in range(5):
        reply = device.client.patch(path, {"currentPassword": "Wrong-Kite-42", "newPassword": NEW})
        assert (reply.status, reply.error["details"][0]["field"]) == (400, "currentPassword")
    locked = device.client.patch(path, {"currentPassword": PASSWORD, "newPassword": NEW})
    assert locked.status == 429
    assert int(locked.headers["retry-after"]) > 800
    assert sign_in(person).status == 429
    assert [s for a, s in actions(school.id, "Password") if a == "CHANGE_PASSWORD"] == ["FAILED"] * 5


def test_changing_the_own_password_succeeds_also_where_it_was_overtaken(school, monkeypatch):
    """Deciding again, the present password is the old one no more: it is not asked for twice."""
    person = make_user(school, Role.TEACHER)
    device = session(person)
    real, left = UnitOfWork.commit, [1]

    def overtaken(unit):
        if any(c.action == "CHANGE_PASSWORD" for c in unit.changes) and left:
            left.pop()
            raise RetryWrite
        real(unit)

    monkeypatch.setattr(UnitOfWork, "commit", overtaken)
    reply = device.client.patch(f"/api/users/{person.id}/change-password", {"currentPassword": PASSWORD, "newPassword": NEW})
    assert (reply.status, left) == (200, [])
    assert sign_in(person, NEW).status == 200


def test_an_admin_sets_anothers_password_which_is_good_for_one_sign_in(admin, school):
    person = make_user(school, Role.TEACHER)
    device = session(person)
    path = f"/api/users/{person.id}/change-password"
    reply = admin.client.patch(path, {"newPassword": NEW})
    assert (reply.status, reply.data["mustChangePassword"]) == (200, True)
    assert device.client.get("/api/auth/me").status == 401
    assert sign_in(person).status == 401
    assert sign_in(person, NEW).data["challenge"] == "NEW_PASSWORD"
    assert admin.client.patch(path, {"newPassword": NEW, "mustChangePassword": False}).data["mustChangePassword"] is False
    assert sign_in(person, NEW).data["challenge"] is None


def test_an_admin_needs_the_present_password_for_the_own_account(admin):
    reply = admin.client.patch(f"/api/users/{admin.id}/change-password", {"newPassword": NEW})
    assert (reply.status, reply.error["details"][0]["field"]) == (400, "currentPassword")


def test_the_own_password_can_be_changed_in_a_school_that_is_read_only(pooled):
    school = make_school(status="INACTIVE")
    person = make_user(school, Role.TEACHER)
    device = session(person)
    body = {"currentPassword": PASSWORD, "newPassword": NEW}
    assert device.client.patch(f"/api/users/{person.id}/change-password", body).status == 200


def test_a_suspended_user_cannot_sign_in_until_let_in_again(admin, school):
    person = make_user(school, Role.TEACHER)
    path = f"/api/users/{person.id}/toggle-status"
    admin.client.patch(path)
    assert sign_in(person).status == 401
    admin.client.patch(path)
    assert sign_in(person).status == 200


def test_resetting_the_codes_of_a_user_is_journalled_and_asked_of_the_pool(admin, school, monkeypatch):
    person = make_user(school, Role.TEACHER, mfa_enabled=True)
    told: list[tuple[str, bool]] = []
    real = pool.want_totp
    monkeypatch.setattr(pool, "want_totp", lambda user_id, *, wanted: (told.append((user_id, wanted)), real(user_id, wanted=wanted)))
    reply = admin.client.post(f"/api/users/{person.id}/reset-mfa")
    assert (reply.status, reply.data["mfaEnabled"], told) == (200, False, [(person.id, False)])
    assert ("RESET_MFA", "SUCCESS") in actions(school.id, "User")


def test_a_removed_users_password_is_forgotten_by_the_pool_and_a_new_user_of_the_address_is_another(admin, school):
    body = new_user(password=NEW, mustChangePassword=False)
    made = admin.client.post("/api/users", body).data
    assert admin.client.delete(f"/api/users/{made['id']}").data["outcome"] == "removed"
    assert login(body["email"], NEW).status == 401
    consumers.pool_users(stream_event(*[e for e in entries(school.id, "User") if e.action == "DELETE_USER"]), None)
    with pytest.raises(ClientError, match="UserNotFound"):
        client("cognito-idp").admin_get_user(UserPoolId=settings().user_pool_id, Username=made["id"])
    again = admin.client.post("/api/users", body).data
    assert again["id"] != made["id"]
    assert login(body["email"], NEW).status == 200


def test_the_first_admin_of_a_new_school_is_invited_chooses_a_password_and_signs_in(pooled):
    from tests.api.schools.conftest import new_school
    from tests.support.user_pool import make_user

    operator = make_user(None, Role.SUPER_ADMIN)
    gate.forget()
    made = session(operator).client.post("/api/schools", new_school()).data
    found = list(reader.query(Journal.partition_of(school_id=made["id"], kind="User"), consistent=True))
    event = stream_event(*[Journal.from_item(raw) for raw in found])
    for _ in range(3):
        assert consumers.mails(event, None) == {"batchItemFailures": []}
    mails = pooled.mails(made["admin"]["email"])
    assert len(mails) == 1
    token = __import__("re").search(r"token=([\w.%-]+)", str(mails[0]))
    assert token, mails[0]
    accepted = Client().post("/api/auth/accept-invitation", {"token": token[1], "password": NEW})
    assert accepted.status == 200, accepted.body
    assert login(made["admin"]["email"], NEW).data["school"]["id"] == made["id"]
    assert load(User, consistent=True, school_id=made["id"], id=made["admin"]["id"]).invited is False


def test_a_school_demands_one_time_codes_of_the_roles_that_its_settings_name(admin, school):
    teacher = make_user(school, Role.TEACHER)
    assert sign_in(teacher).data["challenge"] is None
    device = session(teacher)
    changed = admin.client.put("/api/schools/current", {"settings": {"security": {"mfaRequiredRoles": ["TEACHER"]}}})
    assert changed.status == 200
    assert sign_in(teacher).data["challenge"] == "MFA_SETUP"
    assert device.client.post("/api/auth/mfa/disable", {"password": PASSWORD}).status == 403
    assert sign_in(make_user(school, Role.ACCOUNTANT)).data["challenge"] is None

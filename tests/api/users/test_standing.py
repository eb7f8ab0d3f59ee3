"""Roles, suspension and leaving of users, on DynamoDB Local."""

from multiprocessing import get_context

import pytest

from shared import clock
from shared.auth import gate
from shared.auth.permissions import Role
from shared.data.item import Item
from shared.data.reader import load
from shared.data.unit_of_work import Actor, RetryWrite, UnitOfWork
from shared.entities.tenancy import Access, AccountAddress, Session, Usage, User
from shared.errors import Conflict
from shared.ids import new_id
from shared.limits import Limit, LimitReached, check_limit
from tests.api.users.conftest import new_user
from tests.support.journal import actions, entries
from tests.support.keys import access_token
from tests.support.world import make_person, make_school

TEN = {"name": "Class 10", "section": "A", "grade": "10", "capacity": 40}


def signed_in(person):
    """The person with a session of one device."""
    unit = UnitOfWork(person.school_id, Actor(), "tests")
    fields = {"session_version": 1, "secret_hash": "x", "pool_token": "x", "started_at": clock.stamp()}
    unit.put(Session(school_id=person.school_id, user_id=person.id, id="device", **fields), None, Conflict())
    unit.act(User(school_id=person.school_id, id=person.id), [User.last_login.set(clock.stamp())], Item.pk.exists(), RetryWrite())
    unit.note("SIGN_IN", "User", person.id)
    unit.commit()
    return person


def session_of(person):
    return load(Session, consistent=True, school_id=person.school_id, user_id=person.id, id="device")


def access_of(person):
    return load(Access, consistent=True, school_id=person.school_id, user_id=person.id)


def test_a5_suspending_ends_the_sessions_at_once_and_toggling_again_lets_in_with_a_new_sign_in(admin, school):
    teacher = signed_in(make_person(school, Role.TEACHER))
    path = f"/api/users/{teacher.id}/toggle-status"
    assert teacher.client.get("/api/classes").status == 200
    assert admin.client.request("PATCH", path).data["status"] == "SUSPENDED"
    assert teacher.client.get("/api/classes").status == 401
    assert session_of(teacher) is None
    assert access_of(teacher).status == "SUSPENDED"
    assert admin.client.patch(path).data["status"] == "ACTIVE"
    assert teacher.client.get("/api/classes").status == 401
    assert access_of(teacher).status == "ACTIVE"
    told = [a for a, _ in actions(school.id, "User")]
    assert told[-2:] == ["SUSPEND_USER", "ACTIVATE_USER"]


def test_toggling_to_a_named_status_may_be_repeated(admin, school):
    teacher = make_person(school, Role.TEACHER)
    path = f"/api/users/{teacher.id}/toggle-status"
    assert [admin.client.patch(path, {"status": "SUSPENDED"}).data["version"] for _ in range(2)] == [2, 2]
    assert admin.client.patch(path, {"status": "INACTIVE"}).status == 400
    assert admin.client.patch(path, {"status": "ACTIVE"}).data["status"] == "ACTIVE"


def test_a5_another_role_ends_the_sessions(admin, school):
    teacher = signed_in(make_person(school, Role.TEACHER))
    changed = admin.client.put(f"/api/users/{teacher.id}", {"role": "ACCOUNTANT"})
    assert changed.data["role"] == "ACCOUNTANT"
    assert teacher.client.get("/api/classes").status == 401
    assert (access_of(teacher).role, session_of(teacher)) == ("ACCOUNTANT", None)
    assert ("END_SESSIONS", "SUCCESS") in actions(school.id, "Session")


def test_g10_a_user_whom_nothing_refers_to_is_removed_and_the_address_is_free_again(admin, school):
    body = new_user()
    made = admin.client.post("/api/users", body).data
    assert admin.client.delete(f"/api/users/{made['id']}").data == {"id": made["id"], "outcome": "removed"}
    assert admin.client.get(f"/api/users/{made['id']}").status == 404
    assert load(Access, consistent=True, school_id=school.id, user_id=made["id"]) is None
    assert load(AccountAddress, consistent=True, email=made["email"]) is None
    assert ("DELETE_USER", "SUCCESS") in actions(school.id, "User")
    assert admin.client.post("/api/users", body).status == 201


@pytest.mark.parametrize("why", ["signed in", "class teacher", "subject teacher", "guardian"])
def test_g10_a_user_whom_something_refers_to_is_deactivated_and_keeps_the_address(admin, school, why):
    role = Role.STUDENT_PARENT if why == "guardian" else Role.TEACHER
    person = make_person(school, role)
    if why == "signed in":
        signed_in(person)
    elif why == "guardian":
        make_guardian(school, person)
    elif why == "class teacher":
        assert admin.client.post("/api/classes", {**TEN, "classTeacherId": person.id}).status == 201
    else:
        room = admin.client.post("/api/classes", TEN).data
        subject = admin.client.post("/api/subjects", {"name": "Art"}).data
        admin.client.post(f"/api/classes/{room['id']}/subjects", {"subjectId": subject["id"], "teacherId": person.id})
    for _ in range(2):
        assert admin.client.delete(f"/api/users/{person.id}").data["outcome"] == "deactivated"
    assert admin.client.get(f"/api/users/{person.id}").data["status"] == "INACTIVE"
    assert person.client.get(f"/api/users/{person.id}").status == 401
    assert admin.client.post("/api/users", new_user() | {"email": person.email}).status == 409
    assert admin.client.patch(f"/api/users/{person.id}/toggle-status").status == 409
    assert admin.client.patch(f"/api/users/{person.id}/toggle-status", {"status": "ACTIVE"}).data["status"] == "ACTIVE"


def make_guardian(school, person):
    from shared.entities.people import UserChild

    unit = UnitOfWork(school.id, Actor(), "tests")
    link = UserChild(school_id=school.id, user_id=person.id, student_id=new_id(), relation="MOTHER", sees={}, since="2026-01-01")
    unit.put(link, None, Conflict())
    unit.commit()


def test_nobody_demotes_suspends_or_deletes_themselves(admin, school):
    make_person(school)
    path = f"/api/users/{admin.id}"
    for reply in (
        admin.client.put(path, {"role": "TEACHER"}),
        admin.client.put(path, {"status": "SUSPENDED"}),
        admin.client.patch(f"{path}/toggle-status"),
        admin.client.delete(path),
        admin.client.post(f"{path}/reset-mfa"),
    ):
        assert reply.status == 403
    assert admin.client.get(path).data["version"] == 1


def test_the_last_active_admin_of_a_school_stays_whoever_asks(admin, school, operator):
    inside = {"X-School-Id": school.id}
    path = f"/api/users/{admin.id}"

    def replies():
        return [
            operator.client.put(path, {"role": "TEACHER"}, headers=inside).status,
            operator.client.put(path, {"status": "INACTIVE"}, headers=inside).status,
            operator.client.patch(f"{path}/toggle-status", headers=inside).status,
            operator.client.delete(path, headers=inside).status,
        ]

    assert replies() == [409] * 4
    second = make_person(school)
    operator.client.patch(f"/api/users/{second.id}/toggle-status", headers=inside)
    assert replies() == [409] * 4
    operator.client.patch(f"/api/users/{second.id}/toggle-status", headers=inside)
    assert operator.client.put(path, {"role": "TEACHER"}, headers=inside).status == 200


def test_two_admins_who_demote_each_other_at_once_do_not_both_succeed(admin, school):
    from functions.users.repository import Users

    second = make_person(school)
    units = []
    for leaving in (admin, second):
        unit = UnitOfWork(school.id, Actor(), "tests")
        Users(school.id).keep_an_admin(unit, Users(school.id).get(leaving.id))
        unit.act(Access(school_id=school.id, user_id=leaving.id), [Access.role.set("TEACHER")], Item.pk.exists(), RetryWrite())
        units.append(unit)
    units[0].commit()
    with pytest.raises(RetryWrite):
        units[1].commit()
    assert (access_of(admin).role, access_of(second).role) == ("TEACHER", "SCHOOL_ADMIN")


def test_a_change_that_was_overtaken_is_decided_again_on_what_stands_now(admin, school, monkeypatch):
    """The first attempt meets a newer version; the second one sees it, and loses nothing of it."""
    from functions.users.repository import Users

    made = admin.client.post("/api/users", new_user()).data
    real, left = Users.get_for_change, [1]

    def overtaken(self, user_id):
        found = real(self, user_id)
        if left and left.pop():
            other = UnitOfWork(school.id, Actor(), "tests")
            again = self.get(user_id, consistent=True)
            again.last_name = "Overtaker"
            other.update(again)
            other.commit()
        return found

    monkeypatch.setattr(Users, "get_for_change", overtaken)
    changed = admin.client.put(f"/api/users/{made['id']}", {"firstName": "Late"}).data
    assert (changed["firstName"], changed["lastName"], changed["version"]) == ("Late", "Overtaker", 3)


def test_a8_going_over_the_limit_of_users_is_a_403_that_says_which_and_leaving_makes_room(operator):
    school = make_school(subscription_tier="FREE", limits={"users": 3})
    admin = make_person(school)
    first = admin.client.post("/api/users", new_user())
    second = admin.client.post("/api/users", new_user())
    assert [first.status, second.status] == [201, 201]
    refused = admin.client.post("/api/users", new_user())
    assert (refused.status, refused.error["code"]) == (403, "FORBIDDEN")
    assert "limit of 3 users" in refused.error["message"]
    assert refused.error["details"][0]["field"] == "users"
    assert admin.client.delete(f"/api/users/{first.data['id']}").data["outcome"] == "removed"
    assert admin.client.post("/api/users", new_user()).status == 201
    admin.client.put(f"/api/users/{second.data['id']}", {"status": "INACTIVE"})
    assert admin.client.post("/api/users", new_user()).status == 201
    assert admin.client.put(f"/api/users/{second.data['id']}", {"status": "ACTIVE"}).status == 403
    assert load(Usage, school_id=school.id, limit="users", period="ALL").used == 3
    assert "REFUSED_CREATE_USER" in [e.action for e in entries(school.id, "Refusal")]


def test_a8_another_tier_counts_what_is_there(operator):
    school = make_school(subscription_tier="FREE", limits={"users": 2})
    admin = make_person(school)
    assert admin.client.post("/api/users", new_user()).status == 201
    assert admin.client.post("/api/users", new_user()).status == 403
    path = f"/api/schools/{school.id}"
    assert operator.client.put(path, {"subscriptionTier": "PREMIUM", "limits": None}).status == 200
    for _ in range(2):
        assert admin.client.post("/api/users", new_user()).status == 201
    operator.client.put(path, {"limits": {"users": 5}})
    assert [admin.client.post("/api/users", new_user()).status for _ in range(2)] == [201, 403]


def test_100_creates_of_one_address_in_several_processes_give_one_201(admin):
    from tests.support import keys

    public = keys.jwks()
    body = new_user()
    with get_context("fork").Pool(4, initializer=_own_clients, initargs=(public,)) as pool:
        results = [pool.apply_async(_many, (admin.client.token, body, 25)) for _ in range(4)]
        statuses = [status for result in results for status in result.get(timeout=120)]
    assert sorted(statuses) == [201] + [409] * 99
    gate.forget()
    assert [u["email"] for u in admin.client.get("/api/users", search=body["email"]).data] == [body["email"]]


def _own_clients(public):
    """A forked process must not share its parent's connections."""
    from shared.auth import tokens
    from shared.data import connection

    connection.forget()
    tokens.forget()
    tokens._fetch = lambda: public


def _many(token, body, count):
    from tests.support.client import Client

    return [Client(token).post("/api/users", body).status for _ in range(count)]


def test_a_token_of_before_a_role_change_is_refused_also_in_a_new_container(admin, school):
    teacher = make_person(school, Role.TEACHER)
    admin.client.put(f"/api/users/{teacher.id}", {"role": "ACCOUNTANT"})
    gate.forget()
    assert teacher.client.get("/api/classes").status == 401
    from tests.support.client import Client

    fresh = Client(access_token(teacher.id, school.id, "ACCOUNTANT", session_version=2))
    assert fresh.get("/api/classes").status == 200


@pytest.mark.parametrize("counted_before", [False, True])
def test_a8_two_who_take_the_last_place_at_once_do_not_both_get_it(world, counted_before):
    school = make_school(subscription_tier="FREE", limits={"users": 3})
    used = 2
    if counted_before:
        unit = UnitOfWork(school.id, Actor(), "tests")
        check_limit(unit, school, Limit.USERS, 1, lambda: 1)
        unit.commit()
    units = [UnitOfWork(school.id, Actor(), "tests") for _ in range(2)]
    for unit in units:
        check_limit(unit, school, Limit.USERS, 1, lambda: used)
    units[0].commit()
    with pytest.raises(RetryWrite):
        units[1].commit()
    again = UnitOfWork(school.id, Actor(), "tests")
    with pytest.raises(LimitReached):
        check_limit(again, school, Limit.USERS, 1, lambda: used)

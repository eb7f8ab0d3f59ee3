"""Schools over their handler, on DynamoDB Local: provisioning, the platform's list, changes by the platform."""

import pytest

from shared.auth.permissions import Role
from shared.data import unit_of_work
from shared.data.reader import load
from shared.entities.tenancy import Access, AccountAddress, School, User
from shared.errors import Unavailable
from tests.api.schools.conftest import new_school
from tests.support.client import Client
from tests.support.journal import actions, entries
from tests.support.keys import access_token
from tests.support.world import make_person, make_school


def admin_client(made):
    """A client of the provisioned school's first admin."""
    return Client(access_token(made["admin"]["id"], made["id"], "SCHOOL_ADMIN"))


def test_a_school_is_provisioned_with_its_first_admin_who_is_owed_an_invitation(operator):
    reply = operator.client.post("/api/schools", new_school())
    assert reply.status == 201
    made = reply.data
    assert (made["status"], made["subscriptionTier"], made["phone"]) == ("ACTIVE", "FREE", "+912025531234")
    assert made["academicYear"] == {"name": "2026-2027", "start": "2026-04-01", "end": "2027-03-31"}
    assert made["settings"]["schoolDays"] == ["MON", "TUE", "WED", "THU", "FRI", "SAT"]
    assert made["limits"] == {"students": 200, "users": 500, "storageMb": 1024, "messagesPerMonth": 500}
    admin = made["admin"]
    assert (admin["role"], admin["invited"], admin["status"]) == ("SCHOOL_ADMIN", True, "ACTIVE")
    assert load(User, consistent=True, school_id=made["id"], id=admin["id"]).invited is True
    assert load(Access, consistent=True, school_id=made["id"], user_id=admin["id"]).role == "SCHOOL_ADMIN"
    assert load(AccountAddress, email=admin["email"]).account_school == made["id"]
    assert admin_client(made).get("/api/schools/current").data["name"] == made["name"]


def test_g11_provisioning_is_journalled_in_the_new_school_and_on_the_platform(operator):
    made = operator.client.post("/api/schools", new_school()).data
    assert sorted(actions(made["id"])) == [("CREATE_SCHOOL", "SUCCESS"), ("CREATE_USER", "SUCCESS")]
    told = [e for e in entries("PLATFORM", "SchoolListing") if e.entity_id == made["id"]]
    assert [(e.action, e.user_id) for e in told] == [("CREATE_SCHOOL", operator.id)]
    user = next(e for e in entries(made["id"], "User"))
    assert (user.school_id, user.entity_id) == (made["id"], made["admin"]["id"])


def test_settings_that_are_sent_stand_over_what_is_usual_in_the_country(operator):
    sent = {"numbering": {"rollNumber": "{SEQ:3}"}, "fees": {"lateFine": {"kind": "FIXED", "amount": 50}}}
    made = operator.client.post("/api/schools", new_school(settings=sent)).data["settings"]
    assert (made["numbering"]["rollNumber"], made["fees"]["lateFine"]["amount"], len(made["schoolDays"])) == ("{SEQ:3}", 50, 6)
    reply = operator.client.post("/api/schools", new_school(settings={"fees": {"lateFine": {"kind": "FIXED"}}}))
    assert [d["field"] for d in reply.error["details"]] == ["settings.fees.lateFine.amount"]


def test_an_operator_who_works_in_a_school_provisions_another_one_all_the_same(operator):
    operator.client.get("/api/schools")
    elsewhere = make_school()
    made = operator.client.post("/api/schools", new_school(), headers={"X-School-Id": elsewhere.id}).data
    told = [e.action for e in entries("PLATFORM", "SchoolListing") if e.entity_id == made["id"]]
    assert told == ["CREATE_SCHOOL"]
    assert [s["id"] for s in operator.client.get("/api/schools", search=made["name"]).data] == [made["id"]]
    assert [e.action for e in entries(elsewhere.id) if e.action != "CREATE_SCHOOL"] == ["LOOK_INTO_SCHOOL"]


def test_the_same_admin_address_twice_is_refused_by_its_field_and_leaves_no_school(operator):
    body = new_school()
    operator.client.post("/api/schools", body)
    second = new_school(admin={**body["admin"], "email": body["admin"]["email"].upper()})
    reply = operator.client.post("/api/schools", second)
    assert (reply.status, reply.error["details"][0]["field"]) == (409, "admin.email")
    assert operator.client.get("/api/schools", search=second["name"]).data == []


def test_two_schools_may_have_the_same_name(operator):
    body = new_school()
    operator.client.post("/api/schools", body)
    assert operator.client.post("/api/schools", new_school(name=body["name"])).status == 201
    assert len(operator.client.get("/api/schools", search=body["name"]).data) == 2


@pytest.mark.parametrize("when", ["before", "after"])
def test_provisioning_that_is_cut_off_is_whole_or_absent_and_its_repetition_finishes_it(operator, monkeypatch, when):
    body, key = new_school(), {"Idempotency-Key": f"provision-{when}"}
    real = unit_of_work.UnitOfWork.commit

    def cut_off(unit):
        if when == "after":
            real(unit)
        raise Unavailable

    monkeypatch.setattr(unit_of_work.UnitOfWork, "commit", cut_off)
    lost = operator.client.post("/api/schools", body, headers=key)
    monkeypatch.setattr(unit_of_work.UnitOfWork, "commit", real)
    there = operator.client.get("/api/schools", search=body["name"]).data
    assert len(there) == (1 if when == "after" else 0)
    assert lost.status == (201 if when == "after" else 503)
    again = operator.client.post("/api/schools", body, headers=key)
    assert again.status == 201
    assert [s["id"] for s in operator.client.get("/api/schools", search=body["name"]).data] == [again.data["id"]]
    users = admin_client(again.data).get("/api/users").data
    assert [u["id"] for u in users] == [again.data["admin"]["id"]]


BAD = [
    ("timezone", "Asia/Poona", "timezone"),
    ("timezone", "../etc/passwd", "timezone"),
    ("timezone", "Factory", "timezone"),
    ("currency", "XXX", "currency"),
    ("currency", "inr", "currency"),
    ("country", "ZZ", "country"),
    ("country", "in", "country"),
    ("locale", "en_IN", "locale"),
    ("locale", "xq-IN", "locale"),
    ("locale", "en-ZZ", "locale"),
    ("academicYear", {"name": "x", "start": "2026-04-01", "end": "2026-04-01"}, "academicYear.end"),
    ("academicYear", {"name": "x", "start": "2026-04-01", "end": "2027-05-07"}, "academicYear.end"),
    ("academicYear", {"name": "x", "start": "2026-02-30", "end": "2027-03-31"}, "academicYear.start"),
    ("establishedYear", 999, "establishedYear"),
    ("establishedYear", 2999, "establishedYear"),
    ("establishedYear", "1962", "establishedYear"),
    ("phone", "not a phone", "phone"),
    ("phone", "123", "phone"),
    ("email", "office@", "email"),
    ("logo", "ftp://x.example/logo.png", "logo"),
    ("subscriptionTier", "GOLD", "subscriptionTier"),
    ("subscriptionExpiry", "31/03/2027", "subscriptionExpiry"),
    ("status", "CLOSED", "status"),
    ("admin", {"firstName": "x", "email": "no"}, "admin.email"),
    ("admin", {"firstName": "x", "email": "a@b.example", "role": "SUPER_ADMIN"}, "admin.role"),
    ("id", "01890000-0000-7000-8000-000000000000", "id"),
]


@pytest.mark.parametrize(("field", "value", "told"), BAD)
def test_g7_a_bad_field_of_a_new_school_is_named(operator, field, value, told):
    reply = operator.client.post("/api/schools", new_school(**{field: value}))
    assert (reply.status, [d["field"] for d in reply.error["details"]]) == (400, [told])


@pytest.mark.parametrize(
    ("country", "timezone", "currency", "locale", "phone", "days"),
    [
        ("DE", "Europe/Berlin", "EUR", "de-DE", "030 901820", ["MON", "TUE", "WED", "THU", "FRI"]),
        ("EG", "Africa/Cairo", "EGP", "ar-EG", "02 27921000", ["MON", "TUE", "WED", "THU", "SUN"]),
        ("KW", "Asia/Kuwait", "KWD", "ar", "22457890", ["MON", "TUE", "WED", "THU", "SUN"]),
        ("TW", "Asia/Taipei", "TWD", "zh-Hant-TW", "02 2737 7111", ["MON", "TUE", "WED", "THU", "FRI"]),
        ("IN", "Asia/Calcutta", "INR", "kok-Deva-IN", "020 2553 1234", ["MON", "TUE", "WED", "THU", "FRI", "SAT"]),
    ],
)
def test_a_school_starts_with_what_is_usual_in_its_country(operator, country, timezone, currency, locale, phone, days):
    body = new_school(country=country, timezone=timezone, currency=currency, locale=locale, phone=phone)
    reply = operator.client.post("/api/schools", body)
    assert reply.status == 201, reply.body
    assert reply.data["settings"]["schoolDays"] == days


def test_g6_the_list_of_schools_pages_sorts_searches_and_filters_and_is_fresh(operator):
    operator.client.get("/api/schools")
    mark = new_school()["name"].split()[-1]
    for number, tier in ((2, "FREE"), (10, "BASIC"), (9, "BASIC")):
        assert operator.client.post("/api/schools", new_school(name=f"School {number} {mark}", subscriptionTier=tier)).status == 201
    assert [s["name"].split()[1] for s in operator.client.get("/api/schools", search=mark).data] == ["2", "9", "10"]
    reply = operator.client.get("/api/schools", search=mark, page=2, pageSize=2, sort="-name")
    assert [s["name"].split()[1] for s in reply.data] == ["2"]
    assert reply.json["pagination"] == {"page": 2, "pageSize": 2, "totalPages": 2, "totalRecords": 3}
    assert len(operator.client.get("/api/schools", search=mark, subscriptionTier="BASIC", country="IN").data) == 2
    assert operator.client.get("/api/schools", sort="settings").status == 400
    assert operator.client.get("/api/schools", search=mark, page=99).data == []


def test_the_list_shows_a_change_that_the_schools_own_admin_made_a_moment_ago(operator):
    made = operator.client.post("/api/schools", new_school()).data
    operator.client.get("/api/schools")
    changed = admin_client(made).put("/api/schools/current", {"principalName": "Ravi Menon"})
    assert changed.status == 200
    row = operator.client.get("/api/schools", search=made["name"]).data[0]
    assert (row["principalName"], row["version"]) == ("Ravi Menon", 2)


def test_a_warm_page_of_the_list_costs_one_query(operator, world):
    operator.client.post("/api/schools", new_school())
    operator.client.get("/api/schools")
    world.calls.clear()
    operator.client.get("/api/schools", sort="-createdAt", search="green")
    touched = [(name, request) for name, request in world.calls if "RATE" not in str(request)]
    assert [name for name, _ in touched] == ["Query"]


def test_a7_an_inactive_school_is_read_only_until_the_platform_changes_it_back(operator):
    made = operator.client.post("/api/schools", new_school()).data
    admin, path = admin_client(made), f"/api/schools/{made['id']}"
    assert operator.client.put(path, {"status": "INACTIVE"}).data["status"] == "INACTIVE"
    assert admin.get("/api/schools/current").status == 200
    assert admin.put("/api/schools/current", {"principalName": "x"}).status == 403
    assert admin.post("/api/holidays", {"name": "Diwali", "startDate": "2026-11-08", "endDate": "2026-11-09"}).status == 403
    assert operator.client.get("/api/schools", search=made["name"]).data == []
    assert [s["id"] for s in operator.client.get("/api/schools", search=made["name"], includeInactive="true").data] == [made["id"]]
    assert operator.client.put(path, {"status": "ACTIVE"}).status == 200
    assert admin.put("/api/schools/current", {"principalName": "x"}).status == 200


def test_a7_a_school_14_days_past_its_subscription_is_read_only(operator):
    made = operator.client.post("/api/schools", new_school(subscriptionExpiry="2020-01-01")).data
    assert admin_client(made).put("/api/schools/current", {"principalName": "x"}).status == 403
    operator.client.put(f"/api/schools/{made['id']}", {"subscriptionExpiry": None})
    assert admin_client(made).put("/api/schools/current", {"principalName": "x"}).status == 200


def test_a8_a_schools_own_limits_stand_over_its_tiers(operator):
    made = operator.client.post("/api/schools", new_school()).data
    path = f"/api/schools/{made['id']}"
    assert operator.client.put(path, {"limits": {"users": 2}}).data["limits"]["users"] == 2
    assert operator.client.put(path, {"limits": None, "subscriptionTier": "PREMIUM"}).data["limits"]["users"] is None


def test_g5_g8_a_school_is_changed_under_its_version_and_an_unknown_one_does_not_exist(operator):
    made = operator.client.post("/api/schools", new_school()).data
    path = f"/api/schools/{made['id']}"
    assert operator.client.get(path).data["id"] == made["id"]
    assert operator.client.put(path, {"name": "New name"}, headers={"If-Match": '"1"'}).data["version"] == 2
    stale = operator.client.put(path, {"name": "Other"}, headers={"If-Match": '"1"'})
    assert (stale.status, stale.error["currentVersion"]) == (409, 2)
    assert operator.client.put(path, {"name": None}).status == 400
    for unknown in ("01890000-0000-7000-8000-000000000000", "PLATFORM", "x"):
        assert operator.client.get(f"/api/schools/{unknown}").status == 404
        assert operator.client.put(f"/api/schools/{unknown}", {"name": "x"}).status == 404


@pytest.mark.parametrize("role", [Role.SCHOOL_ADMIN, Role.TEACHER, Role.ACCOUNTANT, Role.STUDENT_PARENT])
def test_a1_schools_are_the_platforms_alone(world, role):
    school = make_school()
    person = make_person(school, role).client
    for method, path in (("GET", "/api/schools"), ("POST", "/api/schools"), ("GET", f"/api/schools/{school.id}")):
        assert person.request(method, path, json_body={} if method == "POST" else None).status == 403
    assert person.put(f"/api/schools/{school.id}", {"name": "x"}).status == 403
    assert load(School, consistent=True, school_id=school.id).name == "Test School"

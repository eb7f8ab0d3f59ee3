"""Holidays over their handler."""

import pytest

from shared.auth.permissions import Role
from tests.support.world import make_person, make_school

DIWALI = {"name": "Diwali", "startDate": "2026-11-08", "endDate": "2026-11-10"}
PATH = "/api/holidays"


@pytest.fixture
def school(world):
    return make_school()


@pytest.fixture
def admin(school):
    return make_person(school).client


def test_a_holiday_is_created_read_changed_and_removed(admin, school):
    made = admin.post(PATH, {**DIWALI, "description": "दीपावली"})
    assert (made.status, made.data["schoolId"], made.data["description"]) == (201, school.id, "दीपावली")
    path = f"{PATH}/{made.data['id']}"
    assert admin.get(path).data == made.data
    changed = admin.put(path, {"endDate": "2026-11-11", "description": None}, headers={"If-Match": '"1"'})
    assert (changed.data["endDate"], changed.data["description"], changed.data["version"]) == ("2026-11-11", None, 2)
    assert admin.put(path, {"name": "x"}, headers={"If-Match": '"1"'}).status == 409
    assert admin.delete(path).data == {"id": made.data["id"], "outcome": "removed"}
    assert admin.get(path).status == 404
    assert admin.get(PATH).data == []


def test_holidays_may_overlap_but_the_same_name_on_the_same_days_stands_there_once(admin):
    first = admin.post(PATH, DIWALI).data
    assert admin.post(PATH, {**DIWALI, "name": "DIWALI"}).status == 409
    other = admin.post(PATH, {**DIWALI, "endDate": "2026-11-09"})
    assert other.status == 201
    assert admin.put(f"{PATH}/{other.data['id']}", {"endDate": "2026-11-10"}).status == 409
    admin.delete(f"{PATH}/{first['id']}")
    assert admin.put(f"{PATH}/{other.data['id']}", {"endDate": "2026-11-10"}).status == 200
    assert admin.post(PATH, {**DIWALI, "endDate": "2026-11-09"}).status == 201


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"endDate": "2026-11-07"}, "endDate"),
        ({"endDate": "2028-11-07"}, "endDate"),
        ({"startDate": "2026-11-31"}, "startDate"),
        ({"startDate": 20261108}, "startDate"),
        ({"name": " "}, "name"),
        ({"schoolId": "x"}, "schoolId"),
    ],
)
def test_g7_a_bad_holiday_is_refused_when_made_and_when_changed(admin, change, field):
    made = admin.post(PATH, DIWALI).data
    for reply in (admin.post(PATH, {**DIWALI, **change}), admin.put(f"{PATH}/{made['id']}", change)):
        assert (reply.status, [d["field"] for d in reply.error["details"]]) == (400, [field])


def test_the_list_is_by_first_day_and_shows_what_touches_a_year_or_a_range(admin):
    for name, start, end in (
        ("Summer", "2027-05-01", "2027-06-10"),
        ("New Year", "2026-12-31", "2027-01-01"),
        ("Old", "2025-10-02", "2025-10-02"),
    ):
        admin.post(PATH, {"name": name, "startDate": start, "endDate": end})

    def names(**query):
        return [h["name"] for h in admin.get(PATH, **query).data]

    assert names() == ["Old", "New Year", "Summer"]
    assert names(year=2026) == ["New Year"]
    assert names(year=2027) == ["New Year", "Summer"]
    assert names(fromDate="2027-06-10") == ["Summer"]
    assert names(toDate="2026-12-30") == ["Old"]
    assert names(fromDate="2027-01-01", toDate="2027-05-01") == ["New Year", "Summer"]
    assert names(sort="-startDate", search="r") == ["Summer", "New Year"]
    assert admin.get(PATH, fromDate="2027-02-01", toDate="2027-01-01").status == 400
    assert admin.get(PATH, year="soon").status == 400


def test_g8_a_holiday_of_another_school_does_not_exist(admin):
    made = admin.post(PATH, DIWALI).data
    stranger = make_person(make_school()).client
    path = f"{PATH}/{made['id']}"
    assert [r.status for r in (stranger.get(path), stranger.put(path, {"name": "x"}), stranger.delete(path))] == [404, 404, 404]
    assert stranger.get(PATH).data == []


@pytest.mark.parametrize("role", [Role.TEACHER, Role.ACCOUNTANT, Role.STUDENT_PARENT])
def test_everybody_sees_holidays_and_only_admins_change_them(school, admin, role):
    made = admin.post(PATH, DIWALI).data
    person = make_person(school, role).client
    assert [h["id"] for h in person.get(PATH).data] == [made["id"]]
    assert person.get(f"{PATH}/{made['id']}").status == 200
    for reply in (person.post(PATH, DIWALI), person.put(f"{PATH}/{made['id']}", {"name": "x"}), person.delete(f"{PATH}/{made['id']}")):
        assert reply.status == 403

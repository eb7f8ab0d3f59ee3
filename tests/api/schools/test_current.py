"""The current school's profile and settings."""

from decimal import Decimal

import pytest

from shared.auth.permissions import Role
from shared.currency_hold import hold_currency
from shared.data.reader import load
from shared.data.unit_of_work import Actor, RetryWrite, UnitOfWork
from shared.entities.tenancy import School
from shared.school_settings import SchoolSettings
from tests.support.journal import entries
from tests.support.world import make_person, make_school

PATH = "/api/schools/current"


@pytest.fixture
def school(world):
    return make_school()


@pytest.fixture
def admin(school):
    return make_person(school).client


def stored(school):
    return load(School, consistent=True, school_id=school.id)


@pytest.mark.parametrize("role", [Role.TEACHER, Role.ACCOUNTANT, Role.STUDENT_PARENT])
def test_everybody_of_a_school_reads_its_profile_and_only_admins_change_it(school, role):
    person = make_person(school, role).client
    assert person.get(PATH).data["name"] == "Test School"
    assert person.put(PATH, {"name": "x"}).status == 403


def test_an_operator_has_a_current_school_only_where_it_names_one(school):
    operator = make_person(None, Role.SUPER_ADMIN).client
    assert operator.get(PATH).status == 403
    assert operator.request("GET", PATH, headers={"X-School-Id": school.id}).data["id"] == school.id
    assert operator.request("GET", PATH, headers={"X-School-Id": "01890000-0000-7000-8000-000000000000"}).status == 404


def test_the_profile_is_changed_and_read_back_at_once(admin, school):
    changed = admin.put(PATH, {"name": " Nouvelle École ", "phone": "098765 43210", "timezone": "Pacific/Kiritimati", "locale": "fr"})
    assert changed.status == 200
    told = admin.get(PATH).data
    assert (told["name"], told["phone"], told["timezone"], told["locale"]) == (
        "Nouvelle École",
        "+919876543210",
        "Pacific/Kiritimati",
        "fr",
    )
    assert told["version"] == 2
    entry = entries(school.id, "School")[-1]
    assert entry.action == "UPDATE_SCHOOL"
    assert '"timezone":["Asia/Kolkata","Pacific/Kiritimati"]' in entry.changes


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("status", "ACTIVE"),
        ("subscriptionTier", "PREMIUM"),
        ("subscriptionExpiry", "2099-01-01"),
        ("limits", {"users": 9}),
        ("id", "x"),
        ("version", 7),
    ],
)
def test_a_school_does_not_give_itself_what_the_platform_gives(admin, school, field, value):
    reply = admin.put(PATH, {field: value})
    assert (reply.status, reply.error["details"][0]["field"]) == (400, field)
    assert stored(school).version == 1


def test_settings_are_merged_section_by_section_and_null_gives_the_default_back(admin, school):
    assert admin.get(PATH).data["settings"]["attendance"]["correctionDays"] == 7
    admin.put(PATH, {"settings": {"attendance": {"correctionDays": 3, "absenceMessages": True}, "schoolDays": ["SAT", "MON"]}})
    admin.put(PATH, {"settings": {"attendance": {"absenceMessagesAt": "09:15"}, "rateLimits": {"read": 500}}})
    told = admin.get(PATH).data["settings"]
    assert (told["attendance"]["correctionDays"], told["attendance"]["absenceMessages"]) == (3, True)
    assert (told["attendance"]["absenceMessagesAt"], told["schoolDays"], told["rateLimits"]["read"]) == ("09:15", ["MON", "SAT"], 500)
    admin.put(PATH, {"settings": {"rateLimits": {"read": None}}})
    assert stored(school).settings["rateLimits"] == {}
    assert SchoolSettings.of(stored(school)).attendance.correction_days == 3


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"schoolDays": []}, "settings.schoolDays"),
        ({"schoolDays": ["MON", "MON"]}, "settings.schoolDays"),
        ({"schoolDays": ["FUNDAY"]}, "settings.schoolDays[0]"),
        ({"numbering": {"rollNumber": "R-{NUMBER}"}}, "settings.numbering.rollNumber"),
        ({"numbering": {"admissionNumber": "{YYYY}"}}, "settings.numbering.admissionNumber"),
        ({"attendance": {"correctionDays": 61}}, "settings.attendance.correctionDays"),
        ({"attendance": {"absenceMessages": "yes"}}, "settings.attendance.absenceMessages"),
        ({"attendance": {"absenceMessagesAt": "25:00"}}, "settings.attendance.absenceMessagesAt"),
        ({"fees": {"lateFine": {"kind": "FIXED"}}}, "settings.fees.lateFine.amount"),
        ({"fees": {"lateFine": {"kind": "FIXED", "amount": 1.005}}}, "settings.fees.lateFine.amount"),
        ({"fees": {"lateFine": {"amount": -1}}}, "settings.fees.lateFine.amount"),
        ({"fees": {"siblingDiscount": {"kind": "PERCENTAGE", "percentage": 101}}}, "settings.fees.siblingDiscount.percentage"),
        ({"fees": {"reminderDaysAfter": [1, 1]}}, "settings.fees.reminderDaysAfter"),
        ({"retentionDays": 1}, "settings.retentionDays"),
        ({"rateLimits": {"auth": 1000}}, "settings.rateLimits.auth"),
        ({"security": {"mfaRequiredRoles": ["KING"]}}, "settings.security.mfaRequiredRoles[0]"),
        ({"surprise": 1}, "settings.surprise"),
    ],
)
def test_g7_a_bad_setting_is_named_by_its_path_and_changes_nothing(admin, school, settings, field):
    reply = admin.put(PATH, {"settings": settings})
    assert (reply.status, [d["field"] for d in reply.error["details"]]) == (400, [field])
    assert stored(school).version == 1


def test_g3_amounts_in_settings_are_exact_with_the_currencys_decimals(admin, school):
    fine = {"kind": "DAILY", "amount": 5.1, "maximum": 100}
    reply = admin.put(PATH, {"settings": {"fees": {"lateFine": fine}}})
    assert reply.status == 200
    assert b'"amount":5.10,' in reply.body
    assert b'"maximum":100.00' in admin.get(PATH).body
    assert SchoolSettings.of(stored(school)).fees.late_fine.amount == Decimal("5.10")
    refused = admin.put(PATH, {"currency": "JPY"})
    assert refused.error["details"][0]["field"] == "settings.fees.lateFine.amount"


def test_the_currency_can_change_until_amounts_of_money_are_kept_in_it(admin, school):
    assert admin.put(PATH, {"currency": "NPR"}).data["currency"] == "NPR"
    unit = UnitOfWork(school.id, Actor(), "tests")
    hold_currency(unit, stored(school))
    unit.commit()
    reply = admin.put(PATH, {"currency": "INR"})
    assert (reply.status, reply.error["details"][0]["field"]) == (409, "currency")
    assert admin.put(PATH, {"currency": "NPR"}).status == 200


def test_a_currency_is_held_once_and_later_amounts_cost_nothing_more(school, world):
    for _ in range(2):
        unit = UnitOfWork(school.id, Actor(), "tests")
        hold_currency(unit, stored(school))
        unit.commit()
    world.calls.clear()
    unit = UnitOfWork(school.id, Actor(), "tests")
    hold_currency(unit, school)
    assert unit.empty
    assert world.calls == []


def test_a_first_amount_of_money_and_a_change_of_the_currency_at_once_do_not_both_succeed(admin, school):
    paying = UnitOfWork(school.id, Actor(), "tests")
    hold_currency(paying, stored(school))
    assert admin.put(PATH, {"currency": "NPR"}).status == 200
    with pytest.raises(RetryWrite):
        paying.commit()


def test_retention_and_rate_limits_of_the_settings_are_the_ones_that_hold(admin, school, monkeypatch):
    from shared import settings

    monkeypatch.setenv("RATE_LIMITS", "read=100")
    settings.settings.cache_clear()
    try:
        admin.put(PATH, {"settings": {"rateLimits": {"read": 12}, "retentionDays": 100}})
        reply = admin.get("/api/holidays")
        assert "q=12" in reply.headers["ratelimit-policy"]
    finally:
        monkeypatch.undo()
        settings.settings.cache_clear()
    admin.put(PATH, {"name": "Later"})
    told = entries(school.id, "School")
    assert 264 * 86_400 <= told[0].expires_at - told[-1].expires_at <= 266 * 86_400


def test_g8_the_current_school_is_never_another_one(admin, school):
    other = make_school(name="Other")
    assert admin.request("GET", PATH, headers={"X-School-Id": other.id}).data["id"] == school.id
    admin.request("PUT", PATH, json_body={"name": "Mine"}, headers={"X-School-Id": other.id})
    assert stored(other).name == "Other"

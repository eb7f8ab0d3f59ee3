"""Typed settings of a school, what is stored of them, and how they are merged."""

from decimal import Decimal

import pytest
from pydantic import ValidationError

from shared.entities.tenancy import School
from shared.limits import TIERS, Limit, allowed
from shared.school_settings import SchoolSettings, merged


def school(currency="INR", settings=None, **fields):
    return School(school_id="s", id="s", name="x", currency=currency, settings=settings or {}, **fields)


def test_a_school_that_set_nothing_has_the_defaults():
    settings = SchoolSettings.of(school())
    assert (settings.attendance.correction_days, settings.retention_days, settings.messages.sms) == (7, 365, False)
    assert settings.numbering.admission_number == "{YYYY}-{SEQ:5}"
    assert settings.fees.late_fine.kind == "NONE"


def test_defaults_are_not_shared_between_schools():
    SchoolSettings.of(school()).fees.reminder_days_before.append(99)
    assert SchoolSettings.of(school()).fees.reminder_days_before == [7, 1]


@pytest.mark.parametrize(("currency", "shown"), [("JPY", "5"), ("INR", "5.00"), ("KWD", "5.000")])
def test_amounts_have_the_currencys_decimals_whatever_the_table_kept(currency, shown):
    kept = {"fees": {"lateFine": {"kind": "FIXED", "amount": Decimal(5)}}}
    assert f"{SchoolSettings.of(school(currency, kept)).fees.late_fine.amount:f}" == shown


def test_what_is_stored_and_no_longer_known_is_left_out():
    kept = {"gone": 1, "attendance": {"gone": True, "correctionDays": 3}}
    assert SchoolSettings.of(school(settings=kept)).attendance.correction_days == 3


def test_only_what_was_set_is_stored():
    sent = SchoolSettings.model_validate({"security": {"mfaRequiredRoles": ["SCHOOL_ADMIN"]}, "fees": {"lateFine": {"graceDays": 3}}})
    assert sent.sparse() == {"security": {"mfaRequiredRoles": ["SCHOOL_ADMIN"]}, "fees": {"lateFine": {"graceDays": 3}}}
    assert type(sent.sparse()["security"]["mfaRequiredRoles"][0]) is str


def test_merging_keeps_what_was_not_sent_replaces_lists_whole_and_null_takes_away():
    before = {"a": {"x": 1, "y": {"z": 2}}, "days": [1, 2]}
    assert merged(before, {"a": {"y": {"w": 3}}, "days": [9]}) == {"a": {"x": 1, "y": {"z": 2, "w": 3}}, "days": [9]}
    assert merged(before, {"a": {"x": None}, "days": None}) == {"a": {"y": {"z": 2}}}
    assert before == {"a": {"x": 1, "y": {"z": 2}}, "days": [1, 2]}


@pytest.mark.parametrize("value", [True, "5", -1, Decimal("NaN"), Decimal("Infinity"), None])
def test_an_amount_is_an_exact_number_that_is_not_negative(value):
    with pytest.raises(ValidationError):
        SchoolSettings.model_validate({"fees": {"lateFine": {"amount": value}}})


def test_a8_every_tier_says_something_of_every_limit_and_a_dearer_one_allows_more():
    for limit in Limit:
        free, basic, premium = (TIERS[tier][limit] for tier in ("FREE", "BASIC", "PREMIUM"))
        assert free is not None
        assert basic is not None
        assert free < basic
        assert premium is None or basic < premium


def test_a8_a_schools_own_number_stands_over_its_tiers_also_where_it_is_zero():
    assert allowed(school(subscription_tier="BASIC"), Limit.USERS) == TIERS["BASIC"][Limit.USERS]
    assert allowed(school(subscription_tier="PREMIUM", limits={"users": 0}), Limit.USERS) == 0
    assert allowed(school(subscription_tier="PREMIUM", limits={"users": 0}), Limit.STUDENTS) is None

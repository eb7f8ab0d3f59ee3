"""Countries, time zones, locales and what is usual in a country."""

from zoneinfo import ZoneInfo

import phonenumbers
import pytest

from shared import regions


def test_every_time_zone_that_is_taken_can_be_used():
    assert len(regions.timezones()) > 500
    for name in regions.timezones():
        ZoneInfo(name)


@pytest.mark.parametrize(
    "name", ["", "UTC+5", "Asia/kolkata", "Factory", "../../etc/passwd", "/etc/localtime", "posix/Asia/Kolkata", "localtime"]
)
def test_what_is_no_time_zone_of_the_iana_database_is_refused(name):
    with pytest.raises(ValueError, match="IANA"):
        regions.check_timezone(name)


def test_every_country_whose_phones_are_known_is_a_country():
    assert phonenumbers.SUPPORTED_REGIONS - regions.countries() <= {"AC", "TA", "XK"}  # no codes of ISO 3166
    assert len(regions.countries()) == 249


@pytest.mark.parametrize("tag", ["en", "en-IN", "hi-IN", "zh-Hant-TW", "sr-Latn", "kok-IN", "sat-Olck-IN", "fil-PH", "ckb-IQ"])
def test_a_locale_is_a_language_perhaps_with_script_and_region(tag):
    assert regions.check_locale(tag) == tag


@pytest.mark.parametrize(
    "tag", ["", "EN", "en-in", "en_IN", "english", "xx", "en-XX", "en-Abcd", "en-IN-x-private", "en-", "-IN", "en-IN\n"]
)
def test_what_is_no_locale_is_refused(tag):
    with pytest.raises(ValueError, match="BCP 47"):
        regions.check_locale(tag)


@pytest.mark.parametrize("country", sorted(regions.countries()))
def test_every_country_has_a_school_week(country):
    days = regions.usual_school_days(country)
    assert 5 <= len(days) <= 6
    assert days == [day for day in regions.WEEK if day in days]

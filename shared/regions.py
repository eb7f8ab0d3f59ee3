"""Countries, time zones and locales: which there are, and what a school in a country usually keeps to."""

import re
from functools import cache
from importlib.resources import files

_LOCALE = re.compile(r"([a-z]{2,3})(?:-([A-Z][a-z]{3}))?(?:-([A-Z]{2}))?", re.ASCII)
WEEK = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
# Where the usual week of schools is not Monday to Friday. Only what a new school starts from: each sets its own.
_SCHOOL_DAYS = {
    ("MON", "TUE", "WED", "THU", "FRI", "SAT"): "IN",
    ("SUN", "MON", "TUE", "WED", "THU"): "BH DZ EG IQ JO KW LY OM PS QA SA SD SY YE BD",
    ("SUN", "MON", "TUE", "WED", "THU", "FRI"): "NP IL",
    ("SAT", "SUN", "MON", "TUE", "WED"): "IR",
    ("SAT", "SUN", "MON", "TUE", "WED", "THU"): "AF",
}


@cache
def countries() -> frozenset[str]:
    """The two-letter codes of ISO 3166, from the table that comes with the time zone data."""
    lines = (files("tzdata") / "zoneinfo" / "iso3166.tab").read_text("utf-8").splitlines()
    return frozenset(line[:2] for line in lines if line and not line.startswith("#"))


@cache
def timezones() -> frozenset[str]:
    """The names of IANA time zones, from the time zone data's own list: a file of the system is not taken for one."""
    names = (files("tzdata") / "zones").read_text("utf-8").split()
    return frozenset(names) - {"Factory"}


def check_country(code: str) -> str:
    """The code, or a ValueError."""
    if code not in countries():
        raise ValueError("must be a country of ISO 3166 by its two capital letters, such as IN")
    return code


def check_timezone(name: str) -> str:
    """The name, or a ValueError."""
    if name not in timezones():
        raise ValueError("must be a time zone of the IANA database, such as Asia/Kolkata")
    return name


def check_locale(tag: str) -> str:
    """The tag, or a ValueError. A locale is a language, perhaps with a script and a region: `en`, `zh-Hant-TW`, `en-IN`."""
    from shared.locale_codes import LANGUAGES, SCRIPTS  # Needed where a school is made or changed alone.

    found = _LOCALE.fullmatch(tag)
    language, script, region = found.groups() if found else ("", None, None)
    if language not in LANGUAGES or (script and script not in SCRIPTS) or (region and region not in countries()):
        raise ValueError("must be a locale of BCP 47, such as en-IN: language, script and region in their usual case")
    return tag


def usual_school_days(country: str) -> list[str]:
    """The weekdays on which schools of a country are usually open, in the order of a week that begins on Monday."""
    days = next((days for days, codes in _SCHOOL_DAYS.items() if country in codes.split()), WEEK[:5])
    return [day for day in WEEK if day in days]

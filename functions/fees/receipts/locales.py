"""How a school's locale writes dates and amounts in figures, from CLDR (locales.json, which tools/build_spellings.py makes)."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from shared.money import format_plain

_TOKENS = re.compile(r"'([^']*)'|(MMMM?|MM?|dd?|y+)")
# Where Chinese is written in the traditional script without saying so.
_SCRIPTS = {"zh-TW": "zh-Hant-TW", "zh-HK": "zh-Hant-HK", "zh-MO": "zh-Hant-MO"}


@cache
def _all() -> dict[str, dict[str, Any]]:
    told: dict[str, dict[str, Any]] = orjson.loads((Path(__file__).parent / "locales.json").read_bytes())
    return told


def tags(locale: str) -> Iterator[str]:
    """The locale and what stands in for it, the closest first: `zh-Hant-TW`, `zh-Hant`, `zh`."""
    tag = _SCRIPTS.get(locale, locale)
    while tag:
        yield tag
        tag = tag.rpartition("-")[0]


@cache
def facts(locale: str) -> dict[str, Any]:
    """What is known of the locale: date, months, decimal, group, grouping, currencies; English where it is not known at all."""
    made: dict[str, Any] = dict(_all()["languages"]["en"])
    for tag in reversed(list(tags(locale))):
        made |= _all()["languages"].get(tag, {}) | _all()["regions"].get(tag, {})
    return made


def currency_name(currency: str, locale: str, form: str = "other") -> str:
    """What the locale calls so much of a currency; the English name, else the code, where it has no name for it."""
    for names in (facts(locale)["currencies"], _all()["languages"]["en"]["currencies"]):
        if currency in names:
            found = names[currency]
            return str(found.get(form, found["other"]))
    return currency


def figures(amount: Decimal, currency: str, locale: str) -> str:
    """The amount in figures, grouped as the locale does it: `1,23,456.00`."""
    known = facts(locale)
    whole, _, part = format_plain(abs(amount), currency).partition(".")
    first, rest = known["grouping"]
    groups = [whole[-first:]]
    whole = whole[:-first]
    while whole:
        groups.insert(0, whole[-rest:])
        whole = whole[:-rest]
    sign = "-" if amount < 0 else ""
    return f"{sign}{known['group'].join(groups)}{known['decimal'] + part if part else ''}"


def day_text(day: date, locale: str) -> str:
    """The day as the locale writes it: `24 November 2026`."""
    known = facts(locale)

    def part(found: re.Match[str]) -> str:
        quoted, letters = found.groups()
        match (letters or "")[:1]:
            case "d":
                return f"{day.day:02d}" if letters == "dd" else str(day.day)
            case "M" if len(letters) > 2:
                return str(known["months"][day.month - 1])
            case "M":
                return f"{day.month:02d}" if letters == "MM" else str(day.month)
            case "y":
                return str(day.year)
        return quoted or "'"

    return _TOKENS.sub(part, known["date"])

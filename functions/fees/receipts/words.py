"""An amount in words, by the rules that Unicode's CLDR has for the school's language: lakh and crore in `en-IN` and `hi`."""

from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from functions.fees.receipts.labels import labels
from functions.fees.receipts.locales import currency_name, figures, tags
from functions.fees.receipts.minor_units import MINOR_UNITS
from shared.money import decimals

if TYPE_CHECKING:
    from unicode_rbnf import RbnfEngine

_UNSPACED = frozenset({"ja", "km", "lo", "my", "th", "yue", "zh"})
_RULESETS = ("spellout-cardinal", "spellout-cardinal-masculine", "spellout-cardinal-neuter", "spellout-numbering")
_FEMININE_RULESET = "spellout-cardinal-feminine"
_POUNDS_AND_RUPEES = frozenset({"EGP", "GBP", "INR", "LBP", "LKR", "MUR", "NPR", "PKR", "SCR", "SDG", "SSP", "SYP", "IDR"})
_CROWNS = frozenset({"CZK", "DKK", "ISK", "NOK", "SEK"})
# Currencies whose name is feminine, where numbers follow it.
_FEMININE = {
    "es": _POUNDS_AND_RUPEES | _CROWNS,
    "fr": _POUNDS_AND_RUPEES | _CROWNS,
    "it": frozenset({"EGP", "GBP", "LBP", "TRY", "INR", "PKR"}) | _CROWNS,
    "pt": _POUNDS_AND_RUPEES | _CROWNS | {"TRY"},
    "ru": frozenset({"INR", "UAH", "LKR", "NPR", "PKR"}) | _CROWNS,
}
# What stands between whole millions and what is counted.
_AFTER_MILLIONS = {"ca": "de", "es": "de", "fr": "de", "gl": "de", "it": "di", "pt": "de"}
_MILLION = 10**6


def in_words(amount: Decimal, currency: str, locale: str) -> str:
    """The amount (its size, where it is negative) in words, or in figures with the currency's name where the language has no rules."""
    amount, places = abs(amount), decimals(currency)
    engine = _engine(locale)
    whole = int(amount)
    spelt = _spelt(engine, whole, currency) if engine else None
    if engine is None or spelt is None:
        return f"{figures(amount, currency, locale)} {currency_name(currency, locale)}"
    between = "" if engine.language.partition("_")[0] in _UNSPACED else " "
    made = f"{spelt}{between}{_of(engine, whole, currency, locale)}"
    part = int((amount - whole).scaleb(places))
    if part:
        made = _with_part(made, part, places, currency, engine)
    if engine.language.partition("_")[0] == labels(locale).language:
        made = labels(locale).only.format(made)
    return made[:1].upper() + made[1:]


@cache
def _engine(locale: str) -> "RbnfEngine | None":
    from unicode_rbnf import RbnfEngine  # Only who writes amounts in words needs it.

    supported = frozenset(RbnfEngine.get_supported_languages())
    found = next((name for name in (tag.replace("-", "_") for tag in tags(locale)) if name in supported), None)
    return RbnfEngine.for_language(found) if found else None


def _spelt(engine: "RbnfEngine", number: int, currency: str) -> str | None:
    from unicode_rbnf.engine import RbnfError

    feminine = currency in _FEMININE.get(engine.language.partition("_")[0], ())
    for ruleset in (*((_FEMININE_RULESET,) if feminine else ()), *_RULESETS):
        if ruleset in engine.rulesets:
            try:
                return engine.format_number(number, ruleset_names=[ruleset]).text_by_ruleset[ruleset]
            except RbnfError:
                return None  # The language has no words for a number so large.
    return None


def _of(engine: "RbnfEngine", whole: int, currency: str, locale: str) -> str:
    from unicode_rbnf.plural_rules import get_plural_category

    name = currency_name(currency, locale, get_plural_category(engine.language, whole))
    link = _AFTER_MILLIONS.get(engine.language.partition("_")[0])
    if link is None or not whole or whole % _MILLION:
        return name
    return f"d’{name}" if link == "de" and engine.language.startswith("fr") and name[0] in "aeiou" else f"{link} {name}"


def _with_part(made: str, part: int, places: int, currency: str, engine: "RbnfEngine") -> str:
    """The words with the cents: spelt where they have a name in the language, else as a fraction."""
    language = engine.language.partition("_")[0]
    names = MINOR_UNITS.get(language, {}).get(currency)
    spelt = _spelt(engine, part, "") if names else None
    if names is None or spelt is None:
        return f"{made} {part:0{places}d}/{10**places}"
    return labels(language).joined.format(made, f"{spelt} {names[0] if part == 1 else names[1]}")

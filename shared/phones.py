"""Telephone numbers: read with the school's country, kept as E.164 (G4)."""

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

_E164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_SHORTENED = re.compile(r"[0-9]+([.,][0-9]+)?[eE][+-]?[0-9]+", re.ASCII)
_POINT_ZERO = re.compile(r"([0-9]+)\.0+", re.ASCII)
# Digits of any script, and the signs that people set between them.
_WRITTEN = re.compile(r"[\s\u200e\u200f\u202a\u202c]*[+\uff0b]?[\d\s().\-/\u00a0\u2010-\u2015\u2212\u200e\u200f\u202a\u202c]+")
_LONGEST = 40
_WITH_COUNTRY_CODE = 11


def is_e164(text: str) -> bool:
    """Whether the text has the form of an E.164 number: a plus and 7 to 15 digits."""
    return _E164.fullmatch(text) is not None


@lru_cache(maxsize=8192)
def parse_phone(text: str, country: str | None) -> str:
    """The number as E.164, read as one dials it in the ISO 3166 country; ValueError says what is wrong with it.

    The bar is a *possible* number (its country's lengths), not a *valid* one: the tables of valid ranges lag behind what operators
    hand out, and made-up numbers have to pass. Without a country that is known, the number must begin with a plus.
    """
    import phonenumbers  # Its tables cost more to load than most functions need.

    written = _written(text)
    region = country.upper() if country and country.upper() in phonenumbers.SUPPORTED_REGIONS else None
    if region is None and not written.startswith("+"):
        raise ValueError("must begin with + and the country code, because the school's country is not known")
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException as error:
        raise ValueError(_unreadable(error.error_type)) from None
    _require_possible(number)
    _require_nothing_lost(number, written, region)
    formatted = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if not is_e164(formatted):
        raise ValueError("must have between 7 and 15 digits with its country code")
    return formatted


def _written(text: str) -> str:
    """The number as it was typed, tidied; ValueError when it is no number, or one that a spreadsheet has shortened."""
    written = text.strip()
    if not written:
        raise ValueError("must not be empty")
    if len(written) > _LONGEST:
        raise ValueError("is too long for a phone number")
    if _SHORTENED.fullmatch(written):
        raise ValueError(
            "was shortened by a spreadsheet (like 1.0E+11), its last digits are lost: format the column as text and enter it again"
        )
    if whole := _POINT_ZERO.fullmatch(written):
        written = whole[1]
    if not _WRITTEN.fullmatch(written):
        raise ValueError("must be a phone number: digits, spaces, brackets, dots and dashes, with + before a country code")
    return re.sub(r"[\u200e\u200f\u202a\u202c]", "", written).strip().replace("\uff0b", "+")


def _unreadable(error_type: int) -> str:
    import phonenumbers  # See parse_phone.

    if error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE:
        return "must have a country code that exists"
    if error_type == phonenumbers.NumberParseException.TOO_LONG:
        return "is too long for a phone number"
    return "is too short for a phone number"


def _require_possible(number: "PhoneNumber") -> None:
    import phonenumbers  # See parse_phone.

    result = phonenumbers.is_possible_number_with_reason(number)
    if result == phonenumbers.ValidationResult.IS_POSSIBLE:
        return
    code = f"+{number.country_code}"
    if result == phonenumbers.ValidationResult.TOO_LONG:
        raise ValueError(f"is too long for a number of {code}; a number of another country needs its + and country code")
    if result == phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
        raise ValueError(f"lacks its area code, as numbers of {code} have one")
    if result == phonenumbers.ValidationResult.INVALID_COUNTRY_CODE:
        raise ValueError("must have a country code that exists")
    raise ValueError(f"has too few or too many digits for a number of {code}; a spreadsheet may have removed its leading zero")


def _require_nothing_lost(number: "PhoneNumber", written: str, region: str | None) -> None:
    """Refuse a number that exists only with a sign in front that spreadsheets drop: a zero (as in Italy) or another country's plus."""
    import phonenumbers  # See parse_phone.

    if region is None or written.startswith(("+", "0")) or phonenumbers.is_valid_number(number):
        return
    with_zero = _read("0" + written, region)
    if with_zero is not None and with_zero != number and phonenumbers.is_valid_number(with_zero):
        raise ValueError("seems to have lost its leading zero, as spreadsheets do: format the column as text and enter it again")
    if sum(map(str.isdigit, written)) >= _WITH_COUNTRY_CODE and _is_valid("+" + written):
        raise ValueError(
            "seems to have lost the + before its country code, as spreadsheets do: format the column as text and enter it again"
        )


def _read(text: str, region: str | None) -> "PhoneNumber | None":
    """The number of the text, or None where it reads as none (a zero in front may make an exit code of it)."""
    import phonenumbers  # See parse_phone.

    try:
        return phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None


def _is_valid(international: str) -> bool:
    import phonenumbers  # See parse_phone.

    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(international, None))
    except phonenumbers.NumberParseException:
        return False

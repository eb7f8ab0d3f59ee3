"""Dates as files hold them: ISO, day or month first, or a spreadsheet's serial number (G12)."""

import re
from calendar import month_name
from datetime import date, timedelta
from typing import Literal

DateOrder = Literal["iso", "dmy", "mdy"]

_ISO = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})(?:[T ]([0-9:.]+)(?:Z|[+-]00:?00)?)?", re.ASCII)
_PARTS = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]+)(?: ([0-9:.]+))?", re.ASCII)
_SERIAL = re.compile(r"([1-9][0-9]{0,6})(?:\.([0-9]+))?", re.ASCII)
_MIDNIGHT = re.compile(r"0?0:00(:00(\.0+)?)?", re.ASCII)
_EPOCH = date(1899, 12, 31)
_FALSE_LEAP_DAY = 60
_LAST_SERIAL = 2_958_465
_PLAIN_YEARS = range(1900, 2101)
_FORMS = {"iso": "YYYY-MM-DD", "dmy": "DD/MM/YYYY or YYYY-MM-DD", "mdy": "MM/DD/YYYY or YYYY-MM-DD"}


def parse_date(text: str, order: DateOrder) -> date:
    """The date that a cell holds; ValueError says why it is none.

    Dates that begin with the year are read in every order, as are serials of the 1900 system.
    """
    text = text.strip()
    if found := _ISO.fullmatch(text):
        _require_midnight(found[5])
        return _day(int(found[1]), int(found[3]), int(found[4]))
    if found := _PARTS.fullmatch(text):
        return _in_order(found, order)
    if found := _SERIAL.fullmatch(text):
        return _from_serial(int(found[1]), found[2] or "")
    raise ValueError(f"must be a date in the form {_FORMS[order]}")


def _in_order(found: re.Match[str], order: DateOrder) -> date:
    if order == "iso":
        raise ValueError("must be a date in the form YYYY-MM-DD: which of day and month comes first is not known")
    if len(found[4]) != 4:  # the digits of a year
        raise ValueError("must have a year of four digits")
    _require_midnight(found[5])
    first, second = int(found[1]), int(found[3])
    day, month = (first, second) if order == "dmy" else (second, first)
    if month > 12 >= day:  # the months of a year
        raise ValueError(f"has no month {month}: it is read as {_FORMS[order].split()[0]}, so day and month may be the other way round")
    return _day(int(found[4]), month, day)


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        if year < 1:
            raise ValueError("has no year 0") from None
        if not 1 <= month <= 12:  # the months of a year
            raise ValueError(f"has no month {month}") from None
        raise ValueError(f"is impossible: {month_name[month]} {year} has no day {day}") from None


def _require_midnight(clock: str | None) -> None:
    if clock is not None and not _MIDNIGHT.fullmatch(clock):
        raise ValueError("must be a date without a time of day")


def _from_serial(serial: int, fraction: str) -> date:
    if fraction.strip("0"):
        raise ValueError("must be a date without a time of day")
    if serial in _PLAIN_YEARS:
        raise ValueError("must be a whole date, not only a year")
    if serial > _LAST_SERIAL:
        raise ValueError("must be a date: the number is no serial of a spreadsheet")
    if serial == _FALSE_LEAP_DAY:
        raise ValueError("is impossible: February 1900 has no day 29, though spreadsheets count it")
    # Spreadsheets count 29 February 1900, which never was; days after it are one too high.
    return _EPOCH + timedelta(days=serial if serial < _FALSE_LEAP_DAY else serial - 1)

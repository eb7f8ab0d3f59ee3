"""Number formats that a school sets: `{YYYY}-{SEQ:4}` makes `2026-0007` of the seventh number of 2026.

Placeholders: `{YYYY}` and `{YY}` the year, `{MM}` the month of the day on which the number is made; `{SEQ}` the number in its
sequence, `{SEQ:4}` the same with zeros before it up to four digits (a longer number is never cut). `{SEQ}` stands there once.
Between them may stand letters and digits of ASCII, `-`, `/`, `.`, `_` and spaces. The sequence goes on over the turn of a year.
"""

import re
from datetime import date

LONGEST = 40
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_SEQUENCE = re.compile(r"SEQ(?::([1-9]|10))?")
_BETWEEN = re.compile(r"[A-Za-z0-9/._ -]*", re.ASCII)


def check_pattern(pattern: str) -> str:
    """The pattern, or a ValueError that says what is wrong with it."""
    if not 1 <= len(pattern) <= LONGEST:
        raise ValueError(f"must have 1 to {LONGEST} characters")
    if pattern != pattern.strip():
        raise ValueError("must have no blank at its beginning or end")
    names = _PLACEHOLDER.findall(pattern)
    unknown = [name for name in names if name not in ("YYYY", "YY", "MM") and not _SEQUENCE.fullmatch(name)]
    if unknown:
        raise ValueError(f"{{{unknown[0]}}} is no placeholder: use {{YYYY}}, {{YY}}, {{MM}}, and {{SEQ}} or {{SEQ:1}} to {{SEQ:10}}")
    if sum(name.startswith("SEQ") for name in names) != 1:
        raise ValueError("must have {SEQ} exactly once")
    if not _BETWEEN.fullmatch(_PLACEHOLDER.sub("", pattern)):
        raise ValueError("may have letters A–Z, digits, - / . _ and spaces between its placeholders")
    return pattern


def format_number(pattern: str, sequence: int, today: date) -> str:
    """The number that a pattern makes of a place in the sequence, on a day of the school's calendar."""
    dated = {"YYYY": f"{today.year:04d}", "YY": f"{today.year % 100:02d}", "MM": f"{today.month:02d}"}

    def filled(match: re.Match[str]) -> str:
        name = match[1]
        if name in dated:
            return dated[name]
        return str(sequence).zfill(int(name.partition(":")[2] or 1))

    return _PLACEHOLDER.sub(filled, pattern)

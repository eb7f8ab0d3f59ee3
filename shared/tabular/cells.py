"""Cells that a spreadsheet would run as formulas: defused on the way out, restored on the way in (G12)."""

import re

# The signs that start a formula, their wide twins of East Asian keyboards, and the white space that spreadsheets skip before them.
_STARTS = "=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20"
_DANGEROUS = re.compile(f"'*[{_STARTS}]")
_DEFUSED = re.compile(f"'+[{_STARTS}]")
FIRST_SIGNS = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20'")
"""A cell whose first character is none of these needs no defusing."""


def defuse(cell: str) -> str:
    """The cell with an apostrophe in front if it could run as a formula, or if it could be taken for one that was defused."""
    return "'" + cell if _DANGEROUS.match(cell) else cell


def undefuse(cell: str) -> str:
    """The cell as it was before `defuse`: exactly, for every text."""
    return cell[1:] if _DEFUSED.match(cell) else cell

"""Arithmetic of figures: rates and months."""

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

_CENT = Decimal("0.01")


def rate(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """The part of the whole in per cent, two decimals, half up; None where the whole is nothing."""
    if not whole:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(_CENT, ROUND_HALF_UP)


def months(first: date, last: date) -> Iterator[str]:
    """The months, as `2026-11`, from that of one day to that of another."""
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        yield f"{year:04d}-{month:02d}"
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def month_end(month: str) -> str:
    """A day that no day of the month lies after; compared as text only."""
    return f"{month}-31"

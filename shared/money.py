"""Money is `Decimal` from the request body to the item and back: exact, never a float, with as many decimals as its currency has (G3)."""

import re
from collections.abc import Sequence
from decimal import Context, Decimal, Inexact, InvalidOperation

from shared.currencies import DECIMALS

INTEGER_DIGITS = 15
"""The largest amount has fifteen digits before the point: sums of ten thousand such amounts still fit into DynamoDB's 38."""

_NUMBER = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?", re.ASCII)
_EXACT = Context(prec=60, traps=[Inexact, InvalidOperation])


def decimals(currency: str) -> int:
    """The decimals of an ISO 4217 currency: 0 for JPY, 2 for INR, 3 for KWD, 4 for CLF."""
    try:
        return DECIMALS[currency]
    except KeyError:
        raise ValueError(f"{currency!r} is not an ISO 4217 currency") from None


def parse_money(value: object, currency: str, *, allow_negative: bool = False) -> Decimal:
    """The amount with exactly the currency's decimals; ValueError says what is wrong with it."""
    places = decimals(currency)
    amount = _decimal(value)
    if not amount.is_finite():
        raise ValueError("must be a finite amount")
    if amount and amount.adjusted() >= INTEGER_DIGITS:
        raise ValueError(f"must have at most {INTEGER_DIGITS} digits before the point")
    if -int(amount.as_tuple().exponent) > places:
        raise ValueError(f"must have at most {places} decimals in {currency}" if places else f"must have no decimals in {currency}")
    if amount < 0 and not allow_negative:
        raise ValueError("must not be negative")
    return _quantised(amount, places)


def split(amount: Decimal, parts: int | Sequence[int], currency: str) -> list[Decimal]:
    """The amount in equal parts, or in proportion to integer weights, by largest remainder: the parts add up to it exactly.

    Among equal remainders the earlier part gets the odd minor unit; a negative amount splits as its positive twin.
    """
    weights = [1] * parts if isinstance(parts, int) else list(parts)
    total = sum(weights)
    if not weights or min(weights) < 0 or total <= 0:
        raise ValueError("must be split into at least one part of positive weight")
    places = decimals(currency)
    whole = int(parse_money(amount, currency, allow_negative=True).scaleb(places, _EXACT))
    shares = [divmod(abs(whole) * weight, total) for weight in weights]
    units = [share for share, _ in shares]
    by_remainder = sorted(range(len(shares)), key=lambda index: (-shares[index][1], index))
    for index in by_remainder[: abs(whole) - sum(units)]:
        units[index] += 1
    return [_quantised(Decimal(unit if whole >= 0 else -unit).scaleb(-places, _EXACT), places) for unit in units]


def format_plain(amount: Decimal, currency: str) -> str:
    """The amount with the currency's decimals, a point and no grouping, as files and logs want it: `1234.50`."""
    try:
        return f"{_quantised(amount, decimals(currency)):f}"
    except (Inexact, InvalidOperation):
        raise ValueError(f"{amount} has more decimals than {currency}") from None


def _decimal(value: object) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        if abs(value) >= 10**INTEGER_DIGITS:
            raise ValueError(f"must have at most {INTEGER_DIGITS} digits before the point")
        return Decimal(value)
    if isinstance(value, str):
        if not _NUMBER.fullmatch(text := value.strip()):
            raise ValueError("must be an amount in plain digits with a point before the decimals, such as 1234.50")
        return Decimal(text)
    raise ValueError("must be an exact amount: an integer, a decimal or its text")


def _quantised(amount: Decimal, places: int) -> Decimal:
    # Adding zero turns a negative zero into zero.
    return _EXACT.add(_EXACT.quantize(amount, Decimal(1).scaleb(-places)), Decimal(0))

"""Amounts of money on the wire: numbers in JSON, `Decimal` here (rule G3). Their decimals are checked with the school's currency."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema


def number(value: Any) -> Any:
    """The number as a Decimal: JSON's numbers alone, no text."""
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return Decimal(value)
    raise ValueError("must be a number")


Amount = Annotated[
    Decimal,
    BeforeValidator(number),
    Field(ge=0, allow_inf_nan=False, description="In the school's currency"),
    WithJsonSchema({"type": "number", "minimum": 0}),
]
Money = Annotated[Decimal, WithJsonSchema({"type": "number"})]  # as it is answered

"""Attributes of stored items: exact numbers, and names that are the wire's (camelCase) without being written twice."""

from decimal import Decimal
from typing import Any

from pynamodb.attributes import Attribute, BinaryAttribute, BooleanAttribute, UnicodeAttribute
from pynamodb.constants import LIST, MAP, NULL, NUMBER, STRING

from shared.names import camel


class _Named:
    """Gives an attribute the camelCase form of its Python name."""

    attr_name: str

    def __set_name__(self, owner: type, name: str) -> None:
        self.attr_name = self.attr_name or camel(name)
        super().__set_name__(owner, name)  # type: ignore[misc]  # Attribute, the other base, has it


class Text(_Named, UnicodeAttribute):
    """A string."""


class Flag(_Named, BooleanAttribute):
    """A boolean."""


class Blob(_Named, BinaryAttribute):
    """Bytes, stored as they are."""

    def __init__(self, **options: Any) -> None:
        super().__init__(legacy_encoding=False, **options)


class Whole(_Named, Attribute[int]):
    """A whole number of any size; never passes through a float."""

    attr_type = NUMBER

    def serialize(self, value: int) -> str:
        """Its digits; anything but an int is a TypeError."""
        if isinstance(value, bool) or not isinstance(value, int):
            raise TypeError(f"{self.attr_name}: {type(value).__name__} is not a whole number")
        return str(value)

    def deserialize(self, value: Any) -> int:
        """The int back from its digits."""
        return int(value)


class Exact(_Named, Attribute[Decimal]):
    """A Decimal, such as money; never passes through a float, and keeps its decimals."""

    attr_type = STRING

    def serialize(self, value: Decimal) -> str:
        """Its plain decimal form, `100.00`. Stored as a string because DynamoDB drops trailing zeros of numbers."""
        if not isinstance(value, Decimal) or not value.is_finite():
            raise TypeError(f"{self.attr_name}: {value!r} is not an exact number")
        return f"{value:f}"

    def deserialize(self, value: Any) -> Decimal:
        """The Decimal back from its plain form."""
        return Decimal(value)


def wrap(value: Any) -> dict[str, Any]:  # noqa: PLR0911 - one return a type
    """A plain JSON-like value (no float) in DynamoDB's typed form."""
    match value:
        case None:
            return {NULL: True}
        case bool():
            return {"BOOL": value}
        case int() | Decimal():
            return {NUMBER: f"{value:f}" if isinstance(value, Decimal) else str(value)}
        case str():
            return {STRING: value}
        case bytes():
            return {"B": value}
        case list() | tuple():
            return {LIST: [wrap(v) for v in value]}
        case dict():
            return {MAP: {str(k): wrap(v) for k, v in value.items()}}
    raise TypeError(f"{type(value).__name__} cannot be stored")


def unwrap(value: dict[str, Any]) -> Any:
    """The plain value behind DynamoDB's typed form; numbers are int where whole, else Decimal."""
    ((kind, inner),) = value.items()
    match kind:
        case "S" | "BOOL":
            return inner
        case "N":
            return int(inner) if inner.lstrip("-").isdecimal() else Decimal(inner)
        case "NULL":
            return None
        case "M":
            return {k: unwrap(v) for k, v in inner.items()}
        case "L":
            return [unwrap(v) for v in inner]
        case "B":
            return inner
    raise TypeError(f"{kind} is not an attribute type of this table")


class Plain(_Named, Attribute[Any]):
    """A nested plain value (dict or list of strings, whole numbers, Decimals, booleans, None)."""

    attr_type = MAP

    def serialize(self, value: Any) -> Any:
        """DynamoDB's typed map of it."""
        return wrap(value)[self.attr_type]

    def deserialize(self, value: Any) -> Any:
        """The plain value back."""
        return unwrap({self.attr_type: value})


class Items(Plain):
    """A list of plain values."""

    attr_type = LIST

"""Strict JSON in, and pydantic's findings as the envelope's details."""

import json
import re
from decimal import Decimal
from typing import Any, NoReturn

from pydantic import BaseModel, ValidationError

from shared.errors import Detail, UnsupportedMediaType, ValidationFailed

_MAX_DEPTH = 64
_MAX_DETAILS = 200
_MAX_DIGITS = 64


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        twice = next(k for k, _ in pairs if k in seen or seen.add(k))  # type: ignore[func-returns-value]  # add gives None
        raise ValidationFailed.of(twice, "This field stands there twice")
    return made


def _not_a_number(text: str) -> NoReturn:
    raise ValidationFailed.of("body", f"{text} is not a number")


def _decimal(text: str) -> Decimal:
    made = Decimal(text)
    if len(text) > _MAX_DIGITS or not -_MAX_DIGITS < made.adjusted() < _MAX_DIGITS:
        raise ValidationFailed.of("body", "A number is out of range")
    return made


def _integer(text: str) -> int:
    if len(text) > _MAX_DIGITS:
        raise ValidationFailed.of("body", "A number is out of range")
    return int(text)


def _too_deep(raw: bytes) -> bool:
    depth = 0
    for bracket in re.findall(rb"[\[{\]}]", re.sub(rb'"(?:[^"\\]|\\.)*"', b"", raw)):
        depth += 1 if bracket in b"[{" else -1
        if depth > _MAX_DEPTH:
            return True
    return False


def parse_json(raw: bytes) -> Any:
    """The JSON value of a body: numbers exact, no NaN, no duplicate keys, bounded depth. Else ValidationFailed."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValidationFailed.of("body", "The body is not UTF-8") from error
    if raw.count(b"[") + raw.count(b"{") > _MAX_DEPTH and _too_deep(raw):
        raise ValidationFailed.of("body", f"The body is nested deeper than {_MAX_DEPTH} levels")
    try:
        return json.loads(text, parse_float=_decimal, parse_int=_integer, parse_constant=_not_a_number, object_pairs_hook=_no_duplicates)
    except json.JSONDecodeError as error:
        raise ValidationFailed.of("body", f"The body is not JSON: {error.msg} at character {error.pos}") from error
    except RecursionError as error:
        raise ValidationFailed.of("body", "The body is nested too deep") from error


def expect_json(media_type: str) -> None:
    """Refuse a body that does not say it is JSON."""
    if media_type != "application/json" and not media_type.endswith("+json"):
        raise UnsupportedMediaType("Send the body as application/json")


def _path(where: tuple[int | str, ...]) -> str:
    text = ""
    for part in where:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text or "body"


def validated[M: BaseModel](model: type[M], data: Any) -> M:
    """The model of the data, or ValidationFailed with every bad field at once, each with its path."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise failed(error) from error


def failed(error: ValidationError, prefix: str = "") -> ValidationFailed:
    """Pydantic's findings as a ValidationFailed; `prefix` goes before each path."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    details = [Detail((prefix + _path(f["loc"]))[:200], f["msg"].removeprefix("Value error, ")[:500]) for f in found[:_MAX_DETAILS]]
    return ValidationFailed(details=tuple(details))

"""Bases and field types of the wire: camelCase names, nothing unknown, clean text."""

from datetime import date
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StrictInt, StringConstraints

from shared.errors import Detail, ValidationFailed
from shared.names import camel
from shared.text import clean

_MAX_PAGE = 100


class Wire(BaseModel):
    """Any model of the wire. Its repr names the class alone: no personal data in logs, and no time lost."""

    model_config = ConfigDict(alias_generator=camel, populate_by_name=True, from_attributes=True, defer_build=True)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    __str__ = __repr__


class In(Wire):
    """A request body. Unknown fields are refused by name."""

    model_config = ConfigDict(extra="forbid", populate_by_name=False)
    body_optional: ClassVar[bool] = False  # whether a request may have no body at all, where no field is needed

    def sent(self) -> dict[str, Any]:
        """The fields that the caller sent, by Python name; `None` where it sent null."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class Out(Wire):
    """A record as it is answered."""


class Query(Wire):
    """Query parameters. Unknown ones are refused by name."""

    model_config = ConfigDict(extra="forbid", populate_by_name=False)


class ListQuery(Query):
    """What every list takes (rule G6)."""

    page: Annotated[int, Field(ge=1, le=1_000_000, description="Page number, from 1")] = 1
    page_size: Annotated[int, Field(ge=1, le=_MAX_PAGE, description="Records a page, 1–100")] = 20
    sort: Annotated[str | None, Field(max_length=64, description="`field` or `-field`")] = None
    search: Annotated[str | None, Field(max_length=200, description="Text to find, ignoring case and accents")] = None
    include_inactive: Annotated[bool, Field(description="Show deactivated records too")] = False


def _clean_line(text: str) -> str:
    return clean(text)


def _clean_lines(text: str) -> str:
    return clean(text, multiline=True)


def _iso_date(value: Any) -> Any:
    """Only `YYYY-MM-DD` is a date: pydantic would also take numbers and date-times."""
    if isinstance(value, str):
        if len(value) != 10 or value[4] != "-" or value[7] != "-":  # the length of YYYY-MM-DD
            raise ValueError("A date is written YYYY-MM-DD")
        return date.fromisoformat(value)
    if isinstance(value, date):
        return value
    raise ValueError("A date is written YYYY-MM-DD")


def _email(value: str) -> str:
    from email_validator import EmailNotValidError, validate_email  # at first use

    try:
        return validate_email(value.strip(), check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError as error:
        raise ValueError(str(error)) from error


def _url(text: str) -> str:
    from urllib.parse import urlsplit  # at first use

    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or " " in text:
        raise ValueError("must be an address that begins with https:// or http://")
    return text


def _encodable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("This text holds half a character") from error
    return text


Line = Annotated[str, StringConstraints(max_length=200), AfterValidator(_clean_line)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(_clean_line), StringConstraints(min_length=1)]
Lines = Annotated[str, StringConstraints(max_length=5_000), AfterValidator(_clean_lines)]
Email = Annotated[str, StringConstraints(max_length=254), AfterValidator(_email), Field(json_schema_extra={"format": "email"})]
Date = Annotated[date, BeforeValidator(_iso_date)]
Int = StrictInt
Bool = StrictBool
Id = Annotated[str, StringConstraints(min_length=36, max_length=36, pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Phone = Annotated[
    str,
    StringConstraints(min_length=3, max_length=32),
    AfterValidator(_clean_line),
    Field(description="As dialled in the school's country, or E.164"),
]
Url = Annotated[Line, StringConstraints(max_length=500), AfterValidator(_url), Field(examples=["https://school.example/picture.png"])]
Password = Annotated[
    str,
    StringConstraints(min_length=1, max_length=256),
    AfterValidator(_encodable),
    Field(
        description="Taken as it is. At least 8 characters with an upper case letter, a lower case letter and a digit",
        examples=["Blue-Kite-42"],
        json_schema_extra={"format": "password"},
    ),
]


class Deletion(Out):
    """Which of the two was done (rule G10)."""

    id: str
    outcome: Annotated[str, Field(description="`removed`, or `deactivated` where other records refer to it")]


def changed_fields(data: In, *, clearable: tuple[str, ...] = ()) -> dict[str, Any]:
    """The fields that were sent, by Python name (rule G5). Null is refused, by name, where a field is not clearable."""
    sent = data.sent()
    wrong = [n for n, v in sent.items() if v is None and n not in clearable]
    if wrong:
        raise ValidationFailed(details=tuple(Detail(camel(n), "This field cannot be empty") for n in wrong))
    return sent


def sort_field(asked: str | None, sortable: tuple[str, ...], default: str) -> str:
    """`field` or `-field` as asked, of those that the list can be sorted by; else ValidationFailed."""
    if asked is None:
        return default
    if asked.removeprefix("-") not in sortable:
        raise ValidationFailed.of("sort", f"Sort by one of {', '.join(sortable)}, with `-` before it for descending")
    return asked

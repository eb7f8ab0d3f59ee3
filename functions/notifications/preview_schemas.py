"""The wire of a preview: who would get a notice, and at what price."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field, WithJsonSchema

from shared.http.schema import Out

Price = Annotated[Decimal, WithJsonSchema({"type": "number", "minimum": 0})]


class ClassCount(Out):
    """How many people of a class get it."""

    class_id: str
    class_name: str
    people: int


class Cost(Out):
    """An estimate by list prices; text messages are charged by their parts."""

    currency: str
    email: Price
    sms: Price
    total: Price
    prices_of: Annotated[str, Field(description="The day on which the prices were noted")]


class Quiet(Out):
    """What the school's quiet hours do with it if it is sent now."""

    now: bool
    until: str | None = None
    waits: Annotated[bool, Field(description="Whether e-mail and text messages wait until then")]


class Quota(Out):
    """What is left of the month's messages (rule A8)."""

    allowed: Annotated[int | None, Field(description="null: no limit")]
    used: int
    left: int | None
    enough: bool


class PreviewOut(Out):
    """Who gets it if it is sent now, by which channel, and at what price."""

    people: int
    by_role: dict[str, int]
    by_class: list[ClassCount]
    channels: dict[str, int]
    without_login: Annotated[int, Field(description="People who are known by an address alone")]
    unreachable: Annotated[int, Field(description="People meant who are reached by no channel: no address, or not wanted")]
    cost: Cost
    quiet_hours: Quiet
    quota: Quota

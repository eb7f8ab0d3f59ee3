"""The wire of templates and preferences."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from shared.http.schema import In, Lines, ListQuery, Name, Out
from shared.topics import Channel, TopicName


def _distinct(values: list[Channel]) -> list[Channel]:
    return list(dict.fromkeys(values))


Language = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$", max_length=12),
    Field(description="A language tag, such as `en` or `pt-BR`", examples=["en"]),
]
Subject = Annotated[Name, Field(description="Placeholders of the topic in braces", examples=["{student} is absent today"])]
Body = Annotated[Lines, StringConstraints(min_length=1), Field(examples=["{student} was marked absent on {date}."])]
Sms = Annotated[
    Lines, StringConstraints(min_length=1, max_length=600), Field(examples=["{school}: {student} was marked absent on {date}."])
]
Chosen = Annotated[list[Channel], Field(max_length=3), AfterValidator(_distinct)]


class TemplateIn(In):
    """A school's own text of a topic in one language."""

    topic: TopicName
    language: Language
    subject: Subject
    body: Body
    sms: Sms


class TemplateChange(In):
    """The texts of a template to change."""

    subject: Subject | None = None
    body: Body | None = None
    sms: Sms | None = None


class TemplateOut(Out):
    """A text of a topic in one language. A built-in one is used where the school has none of its own."""

    id: str
    topic: TopicName
    language: str
    subject: str
    body: str
    sms: str
    built_in: bool = False
    placeholders: list[str]
    version: int | None = None
    created_at: str | None = None
    updated_at: str | None = None


class TemplateList(ListQuery):
    """Filters of the list of templates."""

    topic: TopicName | None = None
    language: Language | None = None


class PreferencesIn(In):
    """What one wants to be told, and how. Topics that are not named stay as they are; null puts the language back to the school's."""

    language: Language | None = None
    topics: Annotated[dict[TopicName, Chosen], Field(description="Topic → channels; none: nothing of this topic")] = Field(
        default_factory=dict
    )


class TopicPreference(Out):
    """How one is told about a topic."""

    topic: TopicName
    title: str
    duty: Annotated[bool, Field(description="Told in any case")]
    channels: list[Channel]


class PreferencesOut(Out):
    """What one is told, and how."""

    language: str | None = None
    topics: list[TopicPreference]
    version: int | None = None

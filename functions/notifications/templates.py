"""The texts of topics: a school's own over those that are built in."""

from collections.abc import Iterator
from uuid import NAMESPACE_URL, uuid5

from functions.notifications import rendering, template_schemas
from functions.notifications.texts import BUILT_IN
from shared.auth.caller import Caller
from shared.data.list_model import Listing, Row
from shared.data.repository import Repository
from shared.entities.notices import NoticeTemplate
from shared.errors import Conflict, Detail, NotFound, ValidationFailed
from shared.http.envelope import to_json
from shared.http.request import unit
from shared.http.schema import Deletion, changed_fields, sort_field
from shared.ids import new_id
from shared.lists import NOTICE_TEMPLATES
from shared.text import fold
from shared.topics import COMMON_FACTS, TopicName, topic_of

_UNIQUE = "NOTICE_TEMPLATE"
_SORTABLE = ("topic", "language")


class Templates(Repository[NoticeTemplate]):
    """The school's own templates."""

    kind = NoticeTemplate


def list_templates(caller: Caller, query: template_schemas.TemplateList) -> Listing:
    """A page of the texts in use: where the school has its own, the built-in one is left out."""
    own = [_view(NoticeTemplate(**_fields(row))) for row in NOTICE_TEMPLATES.all(caller.school_id).values()]
    taken = {(made.topic, made.language.lower()) for made in own}
    rows = own + [made for made in _built_in() if (made.topic, made.language) not in taken]
    needle = fold(query.search or "")
    rows = [
        row
        for row in rows
        if query.topic in (None, row.topic)
        and query.language in (None, row.language)
        and all(word in fold(f"{row.subject} {row.body}") for word in needle.split())
    ]
    sort = sort_field(query.sort, _SORTABLE, "topic")
    rows.sort(key=lambda row: (row.topic, row.language) if sort.endswith("topic") else (row.language, row.topic), reverse=sort[0] == "-")
    start = (query.page - 1) * query.page_size
    return Listing([to_json(row) for row in rows[start : start + query.page_size]], len(rows))


def _fields(row: Row) -> Row:
    names = {"id": "id", "topic": "topic", "language": "language", "subject": "subject", "body": "body", "sms": "sms", "version": "version"}
    times = {"created_at": "createdAt", "updated_at": "updatedAt"}
    return {name: row[wire] for name, wire in {**names, **times}.items()}


def _built_in() -> Iterator[template_schemas.TemplateOut]:
    for topic, by_language in BUILT_IN.items():
        for language, text in by_language.items():
            yield template_schemas.TemplateOut(
                id=str(uuid5(NAMESPACE_URL, f"homeroom:template:{topic}:{language}")),
                topic=topic,
                language=language,
                subject=text.subject,
                body=text.body,
                sms=text.sms,
                built_in=True,
                placeholders=_placeholders(topic),
            )


def _placeholders(topic: str) -> list[str]:
    return [*COMMON_FACTS, *topic_of(topic).facts]


def _view(found: NoticeTemplate) -> template_schemas.TemplateOut:
    values = {name: value for name, value in found.attribute_values.items() if name in template_schemas.TemplateOut.model_fields}
    return template_schemas.TemplateOut.model_validate({**values, "placeholders": _placeholders(found.topic)})


def get_template(caller: Caller, template_id: str) -> template_schemas.TemplateOut:
    """One text, the school's own or built in."""
    found = Templates(caller.school_id).find(template_id, consistent=True)
    if found is not None:
        return _view(found)
    made = _built_in_of(template_id)
    if made is None:
        raise NotFound
    return made


def _built_in_of(template_id: str) -> template_schemas.TemplateOut | None:
    return next((made for made in _built_in() if made.id == template_id), None)


def create_template(caller: Caller, data: template_schemas.TemplateIn) -> template_schemas.TemplateOut:
    """The school's own text of a topic in a language, one of each."""
    _check(data.topic, {"subject": data.subject, "body": data.body, "sms": data.sms})
    made = NoticeTemplate(school_id=caller.school_id, id=new_id(), **{**data.model_dump(), "topic": str(data.topic)})
    unit().create(made)
    taken = Conflict.of("language", "The school has a text of this topic in this language")
    unit().claim(_UNIQUE, _identity(made), made.id, taken)
    return _view(made)


def _identity(made: NoticeTemplate) -> str:
    return f"{made.topic}\t{made.language.lower()}"


def _check(topic: TopicName | str, texts: dict[str, str]) -> None:
    """Refuse placeholders that nobody fills in, each field by name."""
    wrong = {name: rendering.unknown_placeholders(topic, text) for name, text in texts.items()}
    told = ", ".join(f"{{{name}}}" for name in _placeholders(topic))
    details = tuple(Detail(name, f"{', '.join(found)}: a text of {topic} can have {told}") for name, found in wrong.items() if found)
    if details:
        raise ValidationFailed(details=details)


def _own(caller: Caller, template_id: str) -> NoticeTemplate:
    if _built_in_of(template_id) is not None:
        raise Conflict("This text is built in: write the school's own with a POST")
    return Templates(caller.school_id).get_for_change(template_id)


def update_template(caller: Caller, template_id: str, data: template_schemas.TemplateChange) -> template_schemas.TemplateOut:
    """Change a text of the school's own."""
    found = _own(caller, template_id)
    sent = changed_fields(data)
    _check(found.topic, sent)
    for name, value in sent.items():
        setattr(found, name, value)
    unit().update(found)
    return _view(found)


def delete_template(caller: Caller, template_id: str) -> Deletion:
    """Remove a text of the school's own."""
    found = _own(caller, template_id)
    unit().delete(found)
    unit().release(_UNIQUE, _identity(found), found.id)
    return Deletion(id=template_id, outcome="removed")

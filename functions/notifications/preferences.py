"""What one wants to be told, by which channel, in which language."""

from functions.notifications import persons, template_schemas
from shared.auth.caller import Caller
from shared.data import reader
from shared.data.repository import Repository
from shared.data.unit_of_work import RetryWrite
from shared.entities.notices import NoticePreference
from shared.errors import Conflict, Detail, ValidationFailed
from shared.http.request import current, unit
from shared.topics import TOPICS


class Preferences(Repository[NoticePreference]):
    """The preferences of a school's people, each under the person's id."""

    kind = NoticePreference


def get_notification_preferences(caller: Caller) -> template_schemas.PreferencesOut:
    """The caller's own preferences."""
    return _view(reader.load(NoticePreference, consistent=True, school_id=caller.school_id, id=caller.user_id))


def update_notification_preferences(caller: Caller, data: template_schemas.PreferencesIn) -> template_schemas.PreferencesOut:
    """Change the caller's own preferences; a duty stays as it is."""
    wrong = [Detail(f"topics.{topic}", "What is a duty is told in any case") for topic in data.topics if TOPICS[topic].duty]
    if wrong:
        raise ValidationFailed(details=tuple(wrong))
    preferences = Preferences(caller.school_id)
    known = preferences.find(caller.user_id, consistent=True)
    wanted = current().if_match
    if wanted is not None and wanted != (known.version if known else 0):
        raise Conflict("This record was changed in the meantime", current_version=known.version if known else 0)
    made = known or NoticePreference(school_id=caller.school_id, id=caller.user_id, topics={})
    made.topics = {**made.topics, **{str(topic): [str(channel) for channel in chosen] for topic, chosen in data.topics.items()}}
    if "language" in data.model_fields_set:
        made.language = data.language
    if known is None:
        unit().create(made, otherwise=RetryWrite())
    else:
        unit().update(made)
    return _view(made)


def _view(known: NoticePreference | None) -> template_schemas.PreferencesOut:
    chosen = known.topics if known else {}
    topics = [
        template_schemas.TopicPreference(
            topic=name,
            title=topic.title,
            duty=topic.duty,
            channels=list(persons.default_channels(name) if topic.duty else chosen.get(name, persons.default_channels(name))),
        )
        for name, topic in TOPICS.items()
    ]
    return template_schemas.PreferencesOut(
        language=known.language if known else None, topics=topics, version=known.version if known else None
    )

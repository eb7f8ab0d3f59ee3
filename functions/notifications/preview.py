"""Who would get a notice now, and at what price."""

from collections import Counter
from decimal import Decimal

from functions.notifications import audience, persons, planning, preview_schemas, prices, rendering, schemas, service
from functions.notifications.persons import Person
from functions.notifications.quiet import quiet_until
from shared import clock
from shared.auth.caller import Caller
from shared.entities.notices import Notification
from shared.entities.tenancy import School
from shared.lists import CLASSES, NOTICE_PREFERENCES
from shared.school_settings import SchoolSettings
from shared.topics import Channel


def preview_notification(caller: Caller, data: schemas.PreviewIn) -> preview_schemas.PreviewOut:
    """The audience as it is resolved at this moment, with its cost; nothing is kept."""
    school = caller.school
    draft = Notification(
        school_id=school.id,
        title=data.title or "",
        content=data.content or "",
        created_by=caller.user_id,
        created_by_role=str(caller.role),
        **service.to_whom(caller, data),
    )
    service.check(caller, draft)
    meant = audience.resolve(school, planning.wanted(school, draft))
    persons.choose_channels(school, meant, draft.topic, draft.channels, NOTICE_PREFERENCES.all(school.id))
    people = [person for person in meant if person.channels]
    by_channel = Counter(channel for person in people for channel in person.channels)
    return preview_schemas.PreviewOut(
        people=len(people),
        by_role=dict(sorted(Counter(role for person in people for role in person.roles).items())),
        by_class=_by_class(school.id, people),
        channels={channel: by_channel[channel] for channel in draft.channels},
        without_login=sum(person.user_id is None for person in people),
        unreachable=len(meant) - len(people),
        cost=_cost(school, draft, people),
        quiet_hours=_quiet(school, draft, by_channel),
        quota=_quota(caller, by_channel[Channel.EMAIL] + by_channel[Channel.SMS]),
    )


def _by_class(school_id: str, people: list[Person]) -> list[preview_schemas.ClassCount]:
    classes = CLASSES.all(school_id)
    counted = Counter(class_id for person in people for class_id in person.classes)
    named = [(f"{classes[i]['name']} {classes[i]['section']}", i, n) for i, n in counted.items() if i in classes]
    return [preview_schemas.ClassCount(class_id=i, class_name=name, people=n) for name, i, n in sorted(named)]


def _cost(school: School, draft: Notification, people: list[Person]) -> preview_schemas.Cost:
    said = rendering.words(school, draft.topic, None, {"title": draft.title, "content": draft.content})
    parts = prices.text_parts(rendering.sms(said))
    mails = sum((prices.MAIL for person in people if Channel.EMAIL in person.channels), Decimal(0))
    texts = sum((parts * prices.text_price(person.phone or "") for person in people if Channel.SMS in person.channels), Decimal(0))
    return preview_schemas.Cost(currency=prices.CURRENCY, email=mails, sms=texts, total=mails + texts, prices_of=prices.NOTED_ON)


def _quiet(school: School, draft: Notification, by_channel: Counter[str]) -> preview_schemas.Quiet:
    hours = SchoolSettings.of(school).messages.quiet_hours
    until = quiet_until(hours.start, hours.end, school.timezone, clock.now())
    messages = by_channel[Channel.EMAIL] + by_channel[Channel.SMS]
    waits = until is not None and draft.priority != schemas.Priority.URGENT and messages > 0
    return preview_schemas.Quiet(now=until is not None, until=clock.stamp(until) if until else None, waits=waits)


def _quota(caller: Caller, wanted: int) -> preview_schemas.Quota:
    bound, used = service.quota(caller)
    left = None if bound is None else max(0, bound - used)
    return preview_schemas.Quota(allowed=bound, used=used, left=left, enough=left is None or wanted <= left)

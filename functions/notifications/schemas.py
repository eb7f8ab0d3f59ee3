"""The wire of notifications."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, WithJsonSchema

from shared.http.schema import Id, In, Line, Lines, ListQuery, Name, Out
from shared.topics import Channel, TopicName


class NoticeType(StrEnum):
    """What kind of notice it is."""

    INFO = "INFO"
    SUCCESS = "SUCCESS"
    WARNING = "WARNING"
    ERROR = "ERROR"
    ANNOUNCEMENT = "ANNOUNCEMENT"


class Priority(StrEnum):
    """How much it matters. What is URGENT is sent in the quiet hours too."""

    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
    URGENT = "URGENT"


class Audience(StrEnum):
    """Whom it is for."""

    SCHOOL_ADMIN = "SCHOOL_ADMIN"
    TEACHER = "TEACHER"
    PARENT = "PARENT"
    STUDENT = "STUDENT"
    ALL = "ALL"


class NoticeStatus(StrEnum):
    """How far it is (rule N2)."""

    DRAFT = "DRAFT"
    SCHEDULED = "SCHEDULED"
    SENDING = "SENDING"
    SENT = "SENT"
    FAILED = "FAILED"


class NoticeTopic(StrEnum):
    """The topics that people write about. SAFETY is a duty, which nobody can unsubscribe from, and an admin's alone."""

    ANNOUNCEMENT = "ANNOUNCEMENT"
    SAFETY = "SAFETY"


class Box(StrEnum):
    """Which list: what was sent to me, or what is sent by me (for an admin, by anybody)."""

    INBOX = "inbox"
    SENT = "sent"
    DRAFTS = "drafts"
    SCHEDULED = "scheduled"
    ALL = "all"


def _moment(value: Any) -> Any:
    """An instant with its zone, in UTC."""
    if not isinstance(value, str):
        raise ValueError("An instant is written 2026-11-24T08:00:00Z")  # noqa: TRY004 - pydantic takes a ValueError as a finding
    try:
        made = datetime.fromisoformat(value)
        if made.tzinfo is None:
            raise ValueError("must say its zone: Z or an offset such as +05:30")
        return made.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("is out of range") from error


def _distinct[T](values: list[T]) -> list[T]:
    return list(dict.fromkeys(values))


Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "format": "date-time"}),
    Field(examples=["2026-12-01T08:00:00+05:30"]),
]
Title = Annotated[Name, Field(examples=["School closed on Friday"])]
Content = Annotated[Lines, StringConstraints(min_length=1), Field(examples=["The school stays closed on Friday because of the storm."])]
Audiences = Annotated[list[Audience], Field(max_length=5), AfterValidator(_distinct)]
Ids = Annotated[list[Id], Field(max_length=200), AfterValidator(_distinct)]
Channels = Annotated[list[Channel], Field(min_length=1, max_length=3), AfterValidator(_distinct)]


class ToWhom(In):
    """Whom a notice goes to, and how."""

    priority: Priority = Priority.MEDIUM
    topic: NoticeTopic = NoticeTopic.ANNOUNCEMENT
    audience: Annotated[Audiences, Field(description="Roles; within `targetClassIds` where classes are named")] = Field(
        default_factory=list
    )
    target_class_ids: Ids | None = None
    target_user_ids: Annotated[Ids | None, Field(description="Users besides those of the audience")] = None
    channels: Annotated[Channels | None, Field(description="In-app and e-mail unless said otherwise; SMS only where it is asked for")] = (
        None
    )


class NotificationIn(ToWhom):
    """A new notice: a draft, or scheduled where it has a `scheduledDate`."""

    title: Title
    content: Content
    type: NoticeType = NoticeType.INFO
    scheduled_date: Moment | None = None


class PreviewIn(ToWhom):
    """A notice whose audience and price are asked for."""

    title: Title | None = None
    content: Content | None = None


class NotificationChange(In):
    """The fields of a notice to change, before it is sent."""

    title: Title | None = None
    content: Content | None = None
    type: NoticeType | None = None
    priority: Priority | None = None
    topic: NoticeTopic | None = None
    audience: Audiences | None = None
    target_class_ids: Ids | None = None
    target_user_ids: Ids | None = None
    channels: Channels | None = None
    scheduled_date: Annotated[Moment | None, Field(description="null takes the schedule away: it is a draft again")] = None


class ChannelCounts(Out):
    """What became of a notice by one channel."""

    sent: int = 0
    delivered: int = 0
    failed: int = 0
    read: int = 0


class Counts(Out):
    """What became of a notice (rule N3). Of more than a thousand people it is counted once a minute."""

    people: int
    read: int
    channels: dict[str, ChannelCounts]
    counted_at: str


class NotificationRow(Out):
    """A notice in a list. The inbox tells `readAt` and the text; the other boxes tell audience and status."""

    id: str
    title: str
    content: str | None = None
    type: str
    priority: str
    topic: str
    status: str
    source: Annotated[str | None, Field(description="NOTIFICATION, or MESSAGE: made by the system, such as an absence")] = None
    student_id: Annotated[str | None, Field(description="The child that a MESSAGE is about")] = None
    audience: list[str] | None = None
    target_class_ids: list[str] | None = None
    target_user_ids: list[str] | None = None
    channels: list[str] | None = None
    scheduled_date: str | None = None
    sent_date: str | None = None
    finished_at: str | None = None
    failure: str | None = None
    people: int | None = None
    created_by: str | None = None
    read_at: str | None = None
    version: int | None = None
    created_at: str | None = None
    updated_at: str | None = None


class NotificationOut(NotificationRow):
    """A notice. Who sent it, and an admin, sees what became of it."""

    school_id: str
    quota_reached: Annotated[bool | None, Field(description="The month's messages were used up: in-app only")] = None
    counts: Counts | None = None


class NotificationList(ListQuery):
    """Filters of the list of notices."""

    box: Box = Box.INBOX
    unread: Annotated[bool, Field(description="Only what is not read yet (inbox)")] = False
    type: NoticeType | None = None
    priority: Priority | None = None
    topic: TopicName | None = None
    status: NoticeStatus | None = None


class InboxList(ListQuery):
    """Filters of a user's inbox."""

    unread: bool = False
    type: NoticeType | None = None
    priority: Priority | None = None
    topic: TopicName | None = None


class ReceiptList(ListQuery):
    """Pages of a notice's receipts, in the order of the people's ids."""


class ChannelReceipt(Out):
    """What became of a notice with one person by one channel."""

    state: Annotated[str, Field(description="PENDING, SENT, DELIVERED or FAILED")]
    sent_at: str | None = None
    delivered_at: str | None = None
    reason: str | None = None


class ReceiptOut(Out):
    """A notice with one person (rule N3)."""

    id: str
    notification_id: str
    user_id: Annotated[str | None, Field(description="null for somebody without a login")] = None
    name: str | None = None
    channels: dict[str, ChannelReceipt]
    read_at: str | None = None
    created_at: str | None = None


class Unsubscription(Out):
    """Whether the e-mails of a topic still come."""

    school: str
    topic: TopicName
    title: Line
    subscribed: bool

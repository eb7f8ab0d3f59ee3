"""What people are told about: for each topic whether it is a duty, by which channels it goes, and the facts of its templates.

A duty cannot be unsubscribed from: a child's whereabouts, safety, one's own account. Everything else can.
"""

from dataclasses import dataclass
from enum import StrEnum


class Channel(StrEnum):
    """How somebody is reached."""

    IN_APP = "IN_APP"
    EMAIL = "EMAIL"
    SMS = "SMS"


class TopicName(StrEnum):
    """What a message is about."""

    ABSENCE = "ABSENCE"
    ACCOUNT = "ACCOUNT"
    ANNOUNCEMENT = "ANNOUNCEMENT"
    FEE_OVERDUE = "FEE_OVERDUE"
    FEE_REMINDER = "FEE_REMINDER"
    RECEIPT = "RECEIPT"
    SAFETY = "SAFETY"


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic. `facts` are the placeholders that its templates may have besides COMMON_FACTS; whoever owes such a message gives them as text."""

    title: str
    duty: bool = False
    channels: tuple[Channel, ...] = (Channel.IN_APP, Channel.EMAIL)
    facts: tuple[str, ...] = ()
    sees: str | None = None  # what a guardian's link must allow: academics or fees
    kind: str = "INFO"  # the type under which it stands in an inbox


# Filled in by the notifications module: the school's name, the recipient's, and the student's where the message is about one.
COMMON_FACTS = ("school", "name", "student")

TOPICS: dict[TopicName, Topic] = {
    TopicName.ABSENCE: Topic(
        "A child's absence",
        duty=True,
        channels=(Channel.IN_APP, Channel.EMAIL, Channel.SMS),
        facts=("date", "class", "status"),
        sees="academics",
        kind="WARNING",
    ),
    TopicName.ACCOUNT: Topic("One's own account", duty=True, facts=("text",)),
    TopicName.ANNOUNCEMENT: Topic("Announcements", facts=("title", "content"), kind="ANNOUNCEMENT"),
    TopicName.FEE_OVERDUE: Topic("Overdue fees", facts=("fee", "amount", "dueDate", "daysOverdue"), sees="fees", kind="WARNING"),
    TopicName.FEE_REMINDER: Topic("Fees that fall due", facts=("fee", "amount", "dueDate"), sees="fees"),
    TopicName.RECEIPT: Topic("Receipts", facts=("receiptNumber", "amount", "date", "fee"), sees="fees", kind="SUCCESS"),
    TopicName.SAFETY: Topic(
        "Safety", duty=True, channels=(Channel.IN_APP, Channel.EMAIL, Channel.SMS), facts=("title", "content"), kind="WARNING"
    ),
}


def topic_of(name: str) -> Topic:
    """The topic of a stored name; one that is not known is treated as an announcement would be, under its own name."""
    return TOPICS[TopicName(name)] if name in TopicName.__members__ else Topic(name)


def is_duty(name: str) -> bool:
    """Whether one cannot unsubscribe from the topic."""
    return topic_of(name).duty

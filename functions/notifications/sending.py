"""Hands one message to one person by one channel, once.

Who writes SENDING into the channel's map of the receipt owes the sending; the write holds only where nobody has before, or where the
one who did has left it (a refusal to be tried again, or a process that died and whose lease is over).

What can still happen twice: a process dies after the provider took the message and before that is written down. For e-mail the
provider's own event closes even that: it carries the receipt's key and writes SENT before the lease is over. What is left is a lost
event on top of a dead process; and, for text messages, a dead process in these milliseconds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
)

from functions.notifications import pace
from functions.notifications.repository import kept_until, receipt_key
from shared import clock
from shared.data import derived, in_place
from shared.data.attributes import unwrap
from shared.entities.notices import TextMessage
from shared.names import PLATFORM_SCHOOL
from shared.observability import logger
from shared.topics import Channel

LEASE_SECONDS = 300  # longer than a worker can run, and than the provider's event takes
MAP = {Channel.IN_APP: "inApp", Channel.EMAIL: "email", Channel.SMS: "sms"}
_EVENT_DAYS = 8 * 86_400
# The provider will not take this message however often it is asked.
_FINAL = frozenset(
    {
        "BadRequestException",
        "InvalidParameter",
        "InvalidParameterException",
        "InvalidParameterValue",
        "MessageRejected",
        "ParameterValueInvalid",
        "ValidationException",
    }
)
REACHED = frozenset({"SENT", "DELIVERED"})
OVER = REACHED | {"FAILED"}


class InFlight(Exception):
    """Another worker is at it now."""


@dataclass(frozen=True, slots=True)
class Target:
    """A person's receipt, and the channel it is about."""

    school_id: str
    notice_id: str
    person: str
    user_id: str | None
    channel: str

    @property
    def attribute(self) -> str:
        """The receipt's map of the channel."""
        return MAP[Channel(self.channel)]


def once(target: Target, hand_over: Callable[[], str]) -> str:
    """Hand a message over unless that was done; the state of the channel then: SENT, DELIVERED, FAILED, or OWED to be tried later."""
    known = _claim(target)
    if known is not None:
        return known
    pace.wait(target.channel)
    try:
        message_id = hand_over()
    except (ClientError, BotoCoreError, ValueError) as error:
        return _failed(target, error)
    _settle(target, {"state": "SENT", "at": clock.stamp(), "id": message_id})
    if target.channel == Channel.SMS:
        _remember(target, message_id)
    return "SENT"


def give_up(target: Target, reason: str) -> None:
    """Write down that a channel failed for good, where nothing else is written yet."""
    now = clock.epoch()
    if _claim(target) is None:
        _settle(target, {"state": "FAILED", "at": clock.stamp(), "reason": reason, "until": now})


def _claim(target: Target) -> str | None:
    """None where the sending is ours now, else the state that it is in. InFlight while another is at it."""
    now = clock.epoch()
    outcome = in_place.change(
        receipt_key(target.school_id, target.notice_id, target.person),
        "SET #c = :claim, #type = :type, schoolId = :school, noticeId = :notice, person = :person, "
        "createdAt = if_not_exists(createdAt, :at), expiresAt = :expires" + (", userId = :user" if target.user_id else ""),
        "attribute_not_exists(#c) OR #c.#s = :owed OR (#c.#s = :sending AND #c.#u <= :now)",
        names={"#c": target.attribute, "#s": "state", "#u": "until", "#type": "type"},
        claim={"state": "SENDING", "until": now + LEASE_SECONDS},
        type="NoticeReceipt",
        school=target.school_id,
        notice=target.notice_id,
        person=target.person,
        at=clock.stamp(),
        expires=kept_until(),
        owed="OWED",
        sending="SENDING",
        now=now,
        **({"user": target.user_id} if target.user_id else {}),
    )
    if outcome.done:
        return None
    state = str(unwrap((outcome.item or {})[target.attribute])["state"])
    if state == "SENDING":
        raise InFlight
    return state


def _settle(target: Target, told: dict[str, Any]) -> None:
    """Write down what became of it; an event that was quicker knows better."""
    in_place.change(
        receipt_key(target.school_id, target.notice_id, target.person),
        "SET #c = :told",
        "#c.#s = :sending",
        names={"#c": target.attribute, "#s": "state"},
        told=told,
        sending="SENDING",
    )


def _failed(target: Target, error: Exception) -> str:
    """What a refusal means. Where the provider did not answer, it may have taken the message: that is left to its event, or the lease."""
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
    logger().warning("a message was not taken", extra={"school": target.school_id, "notice": target.notice_id, "code": code})
    if isinstance(error, ValueError) or code in _FINAL:
        _settle(target, {"state": "FAILED", "at": clock.stamp(), "reason": code})
        return "FAILED"
    if isinstance(error, (ClientError, EndpointConnectionError, ConnectTimeoutError)):
        _settle(target, {"state": "OWED", "reason": code})
        return "OWED"
    return "UNKNOWN"


def _remember(target: Target, message_id: str) -> None:
    derived.put_if(
        TextMessage(
            school_id=PLATFORM_SCHOOL,
            message_id=message_id,
            of_school=target.school_id,
            notice_id=target.notice_id,
            person=target.person,
            expires_at=clock.epoch() + _EVENT_DAYS,
        ),
        None,
    )

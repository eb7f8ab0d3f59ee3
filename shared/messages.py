"""What any module does to have people told something: it owes them a message. The notifications module sends it.

A message's key is what makes it once (`ABSENCE#<student>#2026-11-24`): however often it is owed, it is sent once.
The topics, and the facts that each one's templates are filled with, are in `shared/topics.py`. The student's name is filled in.
A message of topic ABSENCE is sent only if the mark of its facts (`classId`, `date`) still stands.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import batched
from typing import Any

from shared import clock
from shared.data import reader
from shared.data.unit_of_work import DAY, Actor, RetryWrite, UnitOfWork
from shared.entities.messages import Message

_BATCH = 40
_ROUNDS = 5
_KEPT_DAYS = 400


@dataclass(frozen=True, slots=True)
class Owed:
    """A message to be sent. Either `student_id` (its guardians get it) or `user_id`."""

    key: str
    topic: str
    facts: dict[str, Any] = field(default_factory=dict)
    student_id: str | None = None
    user_id: str | None = None
    duty: bool = False
    not_before: str | None = None


def owe(school_id: str, messages: Iterable[Owed], *, module: str, actor: Actor | None = None) -> int:
    """Owe the messages that are not owed yet, each with its journal entry; how many were new. Safe to repeat."""
    return sum(_owe(school_id, chunk, module, actor or Actor()) for chunk in batched(messages, _BATCH, strict=False))


def _owe(school_id: str, chunk: tuple[Owed, ...], module: str, actor: Actor) -> int:
    for _ in range(_ROUNDS):
        keys = {o.key: Message.key_of(school_id=school_id, id=o.key) for o in chunk}
        known = reader.get_many(keys.values(), consistent=True)
        new = list({o.key: o for o in chunk if keys[o.key] not in known}.values())
        unit = UnitOfWork(school_id, actor, module)
        for owed in new:
            unit.create(_item(school_id, owed), otherwise=RetryWrite(), journal=False)
        unit.note_batch("OWE_MESSAGE", "Message", [o.key for o in new])
        try:
            unit.commit()
        except RetryWrite:
            continue  # another delivery of the same event was quicker with some of them
        return len(new)
    raise RetryWrite


def _item(school_id: str, owed: Owed) -> Message:
    return Message(
        school_id=school_id,
        id=owed.key,
        topic=owed.topic,
        student_id=owed.student_id,
        user_id=owed.user_id,
        facts=owed.facts,
        duty=owed.duty,
        not_before=owed.not_before,
        expires_at=clock.epoch() + _KEPT_DAYS * DAY,
    )

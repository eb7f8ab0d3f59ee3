"""Hands a teacher's classes and subjects over to others: one call, many transactions, each complete in itself.

What was given is no longer the teacher's, so a handover that was interrupted is finished by asking for it again.
"""

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from functions.teachers import holdings
from functions.teachers import schemas_work as wire
from functions.teachers.repository import Teachers
from shared.auth.caller import Caller
from shared.auth.permissions import Role
from shared.data import reader
from shared.data.unit_of_work import RetryWrite, UnitOfWork
from shared.entities.academics import Class, ClassSubject
from shared.entities.tenancy import Access
from shared.errors import Detail, Unavailable, ValidationFailed
from shared.http.request import unit
from shared.lists import CLASS_SUBJECTS, CLASSES

BATCH = 90  # things in a transaction at most
_ROOM = 97  # operations of a transaction for things and checks of who gets them; beside them stand the journal's entries
_ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class Gift:
    """A class, or a subject in a class, and who gets it."""

    kind: type[Class | ClassSubject]
    id: str
    to: str
    field: str  # where the request names it


def get_handover(caller: Caller, teacher_id: str, query: wire.OpenYears) -> wire.Holdings:
    """What is the teacher's and would have to be handed over."""
    Teachers(caller.school_id).pair(teacher_id)
    return holdings.of(caller, teacher_id, query.academic_year)


def hand_over(caller: Caller, teacher_id: str, data: wire.HandoverIn) -> wire.HandoverOut:
    """Give the teacher's things away in batches; what somebody else has got meanwhile is passed over."""
    Teachers(caller.school_id).pair(teacher_id)
    gifts = _gifts(caller, teacher_id, data)
    _check_receivers(caller, teacher_id, gifts)
    run = _Run(caller, teacher_id)
    for batch in batches(gifts):
        run.take(batch)
    return wire.HandoverOut(
        teacher_id=teacher_id,
        classes_given=run.given[Class],
        class_subjects_given=run.given[ClassSubject],
        passed_over=run.passed_over,
        left=holdings.of(caller, teacher_id, data.academic_year),
    )


def _gifts(caller: Caller, teacher_id: str, data: wire.HandoverIn) -> list[Gift]:
    """What the request names, each once, and the rest for who gets everything else."""
    named = [Gift(Class, c.class_id, c.teacher_id, f"classes[{n}]") for n, c in enumerate(data.classes)]
    named += [Gift(ClassSubject, s.class_subject_id, s.teacher_id, f"classSubjects[{n}]") for n, s in enumerate(data.class_subjects)]
    wrong = _unknown(caller, named)
    if data.teacher_id is None and not named:
        wrong.append(Detail("teacherId", "Say who gets everything, or name classes and subjects"))
    if wrong:
        raise ValidationFailed(details=tuple(wrong))
    if data.teacher_id is None:
        return named
    known, left = {gift.id for gift in named}, holdings.of(caller, teacher_id, data.academic_year)
    rest = [(Class, c.id) for c in left.classes] + [(ClassSubject, s.id) for s in left.class_subjects]
    return [*named, *(Gift(kind, entity_id, data.teacher_id, "") for kind, entity_id in rest if entity_id not in known)]


def _unknown(caller: Caller, named: Sequence[Gift]) -> list[Detail]:
    """What is wrong with the things that were named: ids that the school does not have, or that stand there twice."""
    classes, subjects = CLASSES.all(caller.school_id), CLASS_SUBJECTS.all(caller.school_id)
    wrong, seen = [], set[str]()
    for gift in named:
        name, rows = ("classId", classes) if gift.kind is Class else ("classSubjectId", subjects)
        if gift.id not in rows:
            wrong.append(Detail(f"{gift.field}.{name}", "The school has none of this id"))
        elif gift.id in seen:
            wrong.append(Detail(f"{gift.field}.{name}", "This stands there twice"))
        seen.add(gift.id)
    return wrong


def _check_receivers(caller: Caller, teacher_id: str, gifts: Sequence[Gift]) -> None:
    """Refuse who is no other active teacher of the school."""
    receivers = list(dict.fromkeys(gift.to for gift in gifts))
    found = reader.load_many(Access, [{"school_id": caller.school_id, "user_id": user_id} for user_id in receivers], consistent=True)
    able = {a.user_id for a in found if a.role == Role.TEACHER and a.status == "ACTIVE"} - {teacher_id}
    where = {f"{gift.field}.teacherId".removeprefix("."): None for gift in gifts if gift.to not in able}
    if where:
        raise ValidationFailed(details=tuple(Detail(field, "No other active teacher of this school has this id") for field in where))


def batches(gifts: Sequence[Gift]) -> Iterator[list[Gift]]:
    """The gifts in parts that fit into a transaction each, with a check of everybody who gets something."""
    batch: list[Gift] = []
    for gift in gifts:
        if len(batch) == BATCH or len(batch) + 1 + len({g.to for g in [*batch, gift]}) > _ROOM:
            yield batch
            batch = []
        batch.append(gift)
    if batch:
        yield batch


class _Run:
    """One handover, batch by batch."""

    def __init__(self, caller: Caller, teacher_id: str) -> None:
        self.caller, self.teacher_id = caller, teacher_id
        self.given: dict[type[Class | ClassSubject], int] = {Class: 0, ClassSubject: 0}
        self.passed_over: list[str] = []
        self._like = unit()

    def take(self, batch: Sequence[Gift]) -> None:
        """Give one batch in one transaction, on fresh reads as often as others are quicker."""
        for attempt in range(_ATTEMPTS):
            try:
                self._commit(batch)
                return
            except RetryWrite:
                _check_receivers(self.caller, self.teacher_id, batch)
                time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311 - jitter, not a secret
        raise Unavailable

    def _commit(self, batch: Sequence[Gift]) -> None:
        like = self._like
        made = UnitOfWork(like.school_id, like.actor, like.module, retention_days=like.retention_days)
        rooms = {c.id: c for c in self._load(Class, batch)}
        subjects = {s.id: s for s in self._load(ClassSubject, batch)}
        given, passed, receivers = dict.fromkeys(self.given, 0), [], dict[str, None]()
        for gift in batch:
            if gift.kind is Class and (room := rooms.get(gift.id)) and room.class_teacher_id == self.teacher_id:
                room.class_teacher_id = gift.to
                made.update(room, action="ASSIGN_TEACHER")
            elif gift.kind is ClassSubject and (subject := subjects.get(gift.id)) and subject.teacher_id == self.teacher_id:
                subject.teacher_id = gift.to
                made.update(subject, action="ASSIGN_TEACHER")
            else:
                passed.append(gift.id)
                continue
            given[gift.kind] += 1
            receivers[gift.to] = None
        for user_id in receivers:
            access = Access(school_id=like.school_id, user_id=user_id)
            made.check(access, (Access.role == str(Role.TEACHER)) & (Access.status == "ACTIVE"), RetryWrite())
        made.commit()
        self.passed_over += passed
        for kind, count in given.items():
            self.given[kind] += count

    def _load[T: (Class, ClassSubject)](self, kind: type[T], batch: Sequence[Gift]) -> list[T]:
        keys = [{"school_id": self.caller.school_id, "id": gift.id} for gift in batch if gift.kind is kind]
        return reader.load_many(kind, keys, consistent=True)

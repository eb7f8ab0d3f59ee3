"""Makes the fees of an assignment in batches: each is one transaction of fees, one journal entry and the checkpoint.

A batch whose fees are partly there already is written again without those; so a run that died, or a structure that is assigned
once more, makes each fee once.
"""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence

from pynamodb.expressions.update import Action

from functions.fees.assigning_plan import Row, Terms
from functions.fees.repository import CONCESSIONS, Assignments, Fees
from shared import clock
from shared.data import reader
from shared.data.unit_of_work import Actor, RetryWrite, UnitOfWork
from shared.entities.fees import FeeAssignment, FeeStructure, StudentFee
from shared.entities.people import Student
from shared.entities.tenancy import School
from shared.errors import Unavailable
from shared.lists import STUDENTS
from shared.school_settings import DiscountKind, SchoolSettings

ROOM = 97  # fees in one transaction, beside the checkpoint and the journal entry
LEASE_SECONDS = 60
_TRIES = 8
_FIELDS = ("id", "classId", "status", "admissionDate", "stays")


class LostLease(Exception):
    """Another worker has the run now: whoever gets this writes no more of it."""


def students_of(school_id: str, class_ids: frozenset[str]) -> list[Row]:
    """The students who are in some classes now, with their way through them, in the order of their ids."""
    found = reader.query(Student.partition_of(school_id=school_id), fields=_FIELDS, consistent=True)
    return [reader.plain(raw) for raw in found if raw["classId"]["S"] in class_ids]


def terms_of(school: School, structures: Iterable[tuple[FeeStructure, frozenset[str]]]) -> list[Terms]:
    """The terms of structures in some classes, as the school's data stand now; read once for all of them."""
    with_siblings = SchoolSettings.of(school).fees.sibling_discount.kind is not DiscountKind.NONE
    students = STUDENTS.all(school.id).values() if with_siblings else ()
    concessions, exempt = CONCESSIONS.all(school.id).values(), Fees(school.id).exempt()
    return [
        Terms.of(school, structure, class_ids, students=students, concessions=concessions, exempt=exempt)
        for structure, class_ids in structures
    ]


def make_missing(
    unit_of: Callable[[], UnitOfWork], fees: Sequence[StudentFee], more: Callable[[UnitOfWork, int], None] | None = None
) -> int:
    """Make those of the fees that are not there, in one transaction with whatever `more` adds; how many were made."""
    left = list(fees)
    for attempt in range(_TRIES):
        unit = unit_of()
        for fee in left:
            unit.create(fee, otherwise=RetryWrite(), journal=False)
        if left:
            unit.note_batch("ASSIGN_FEE", "StudentFee", [fee.id for fee in left])
        if more:
            more(unit, len(left))
        try:
            unit.commit()
        except RetryWrite:
            taken = Fees(unit.school_id).existing([fee.id for fee in left])
            left = [fee for fee in left if fee.id not in taken]
            time.sleep(random.uniform(0, 0.02 * 2**attempt) if not taken else 0)  # noqa: S311 - jitter, not a secret
        else:
            return len(left)
    raise Unavailable


def claimed(school_id: str, record_id: str) -> FeeAssignment | None:
    """The run with a lease of ours; None where there is nothing left to do, or another is at it."""
    unit = UnitOfWork(school_id, Actor(), "fees")
    free = (FeeAssignment.state == "RUNNING") & (FeeAssignment.lease_until < clock.epoch())
    item = FeeAssignment(school_id=school_id, id=record_id)
    unit.act(item, [FeeAssignment.lease_until.set(clock.epoch() + LEASE_SECONDS)], free, RetryWrite())
    try:
        unit.commit()
    except RetryWrite:
        return None
    return Assignments(school_id).get(record_id, consistent=True)


class Run:
    """One run of assigning: its record counts what is made in the transactions that make it."""

    def __init__(self, school: School, record: FeeAssignment, terms: Terms) -> None:
        self.record = record
        self._school, self._terms = school, terms

    def _unit(self) -> UnitOfWork:
        told = self.record.actor
        actor = Actor(told.get("userId"), told.get("role"), told.get("requestId"), told.get("ip"), told.get("agent"))
        return UnitOfWork(self._school.id, actor, "fees", retention_days=int(told["retentionDays"]))

    def go_on(self, students: Iterable[Row], late: Callable[[], bool]) -> bool:
        """Make the fees from the checkpoint on; False where time was up before the end."""
        start = self.record.position or ""
        for last, fees in _batches(self._terms, (s for s in students if s["id"] > start)):
            if late():
                self._release()
                return False
            self._make(last, fees)
        self._finish()
        return True

    def _make(self, last: str, fees: list[StudentFee]) -> None:
        def advance(unit: UnitOfWork, made: int) -> None:
            record = self.record
            actions: list[Action] = [
                FeeAssignment.position.set(last),
                FeeAssignment.made.set(FeeAssignment.made + made),
                FeeAssignment.lease_until.set(clock.epoch() + LEASE_SECONDS),
            ]
            where = FeeAssignment.position.does_not_exist() if record.position is None else FeeAssignment.position == record.position
            unit.act(self._key(), actions, where & (FeeAssignment.state == "RUNNING"), LostLease())

        self.record.made += make_missing(self._unit, fees, advance)
        self.record.position = last

    def _key(self) -> FeeAssignment:
        return FeeAssignment(school_id=self._school.id, id=self.record.id)

    def _finish(self) -> None:
        unit = self._unit()
        done, now = FeeAssignment.state.set("DONE"), clock.stamp()
        actions: list[Action] = [done, FeeAssignment.finished_at.set(now), FeeAssignment.lease_until.set(0)]
        unit.act(self._key(), actions, FeeAssignment.state == "RUNNING", LostLease())
        unit.note("FINISH_FEEASSIGNMENT", "FeeAssignment", self.record.id, {"made": [None, self.record.made]})
        unit.commit()
        self.record.state = "DONE"

    def _release(self) -> None:
        unit = self._unit()
        unit.act(self._key(), [FeeAssignment.lease_until.set(0)], FeeAssignment.state == "RUNNING", LostLease())
        unit.commit()


def _batches(terms: Terms, students: Iterable[Row]) -> Iterator[tuple[str, list[StudentFee]]]:
    """Fees that fit into one transaction, those of a student never apart, and the last student of each."""
    batch: list[StudentFee] = []
    last = ""
    for student in students:
        fees = list(terms.fees_of(student))
        if len(batch) + len(fees) > ROOM:
            yield last, batch
            batch = []
        batch += fees
        last = student["id"]
    if batch:
        yield last, batch

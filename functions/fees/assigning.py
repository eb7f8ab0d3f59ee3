"""Assigns a structure to the students of its classes (rule F5): at once, or, for many, by a worker behind the module's queue."""

import time
from decimal import Decimal
from typing import Any

from pynamodb.expressions.update import Action

from functions.fees import fields
from functions.fees import schemas_structures as schemas
from functions.fees.assigning_plan import Row, Terms, classes_of
from functions.fees.assigning_run import LEASE_SECONDS, LostLease, Run, students_of, terms_of
from functions.fees.repository import Assignments, Structures
from shared import clock
from shared.auth.caller import Caller
from shared.currency_hold import hold_currency
from shared.data import reader
from shared.data.list_model import Listing
from shared.data.unit_of_work import RetryWrite, UnitOfWork
from shared.entities.fees import FeeAssignment, FeeStructure
from shared.errors import Conflict, Unavailable, ValidationFailed
from shared.gateways import queues
from shared.http.envelope import Accepted, Ok, accepted, ok, to_json
from shared.http.request import current, unit
from shared.ids import new_id
from shared.lists import CLASSES

INLINE_FEES = 2_000  # more than these go on in the background
_INLINE_SECONDS = 15.0  # so that the answer is out before the gateway gives up at 29
QUEUE = "fee-assignments"


def assign_fee_structure(caller: Caller, structure_id: str, data: schemas.AssignIn) -> Ok[Any] | Accepted[Any]:
    """Tell what assigning comes to, and do it unless only that is asked for."""
    began = time.monotonic()
    structure = Structures(caller.school_id).get(structure_id, consistent=True)
    if structure.status != "ACTIVE":
        raise Conflict("This fee structure is closed: open it again to assign it")
    class_ids = _named_classes(caller, structure, data)
    (terms,) = terms_of(caller.school, [(structure, class_ids)])
    students = students_of(caller.school_id, terms.class_ids)
    told = _Preview(caller, terms, students).told(structure)
    if data.dry_run:
        return ok(told, "This is what it would come to; nothing was written")
    run = Run(caller.school, _start(caller, structure, data, told), terms)
    told.dry_run, told.id = False, run.record.id
    if told.total > INLINE_FEES or not _gone_on(run, students, began):
        queues.send(QUEUE, {"schoolId": caller.school_id, "assignmentId": run.record.id})
    told.state, told.made, told.created_at = run.record.state, run.record.made, run.record.created_at
    return ok(told, "Assigned") if told.state == "DONE" else accepted(told, "The fees are being made")


def _gone_on(run: Run, students: list[Row], began: float) -> bool:
    """Whether all fees could be made while the request lasts."""
    try:
        return run.go_on(students, lambda: time.monotonic() - began > _INLINE_SECONDS)
    except (Unavailable, LostLease):
        return False


def _named_classes(caller: Caller, structure: FeeStructure, data: schemas.AssignIn) -> frozenset[str]:
    own = classes_of(structure, CLASSES.all(caller.school_id))
    for number, class_id in enumerate(data.class_ids or ()):
        if class_id not in own:
            raise ValidationFailed.of(f"classIds[{number}]", "This fee structure is not for a class with this id")
    return frozenset(data.class_ids) if data.class_ids else own


def _start(caller: Caller, structure: FeeStructure, data: schemas.AssignIn, told: schemas.AssignmentOut) -> FeeAssignment:
    """Keep the run, and that the structure is in use from now on: who joins later gets it too."""
    like, actor = unit(), current().actor(caller.user_id, caller.role)
    known = {"userId": actor.user_id, "role": actor.role, "requestId": actor.request_id, "ip": actor.ip_address, "agent": actor.user_agent}
    large = told.total > INLINE_FEES
    made = FeeAssignment(
        school_id=caller.school_id,
        id=new_id(),
        fee_structure_id=structure.id,
        class_ids=data.class_ids,
        students=told.students,
        total=told.total,
        actor={**known, "retentionDays": like.retention_days},
        lease_until=0 if large else clock.epoch() + LEASE_SECONDS,
    )
    if large:  # A message without a run does no harm; a run without one would lie for ever.
        queues.send(QUEUE, {"schoolId": caller.school_id, "assignmentId": made.id}, delay=LEASE_SECONDS)
    start = UnitOfWork(caller.school_id, like.actor, like.module, retention_days=like.retention_days)
    start.create(made)
    _stop_idle_runs(start, structure.id, made.id)
    _mark_used(structure, data.class_ids)
    start.update(structure, action="ASSIGN")
    hold_currency(start, caller.school)
    start.commit()
    return made


def _stop_idle_runs(start: UnitOfWork, structure_id: str, by: str) -> None:
    """End earlier runs of the structure at which nobody works: the new one makes what they have left."""
    runs = reader.query(FeeAssignment.partition_of(school_id=start.school_id), newest_first=True, consistent=True)
    idle = (FeeAssignment.state == "RUNNING") & (FeeAssignment.lease_until < clock.epoch())
    for run in map(FeeAssignment.from_item, runs):
        if run.fee_structure_id == structure_id and run.state == "RUNNING" and run.lease_until < clock.epoch():
            actions: list[Action] = [FeeAssignment.state.set("STOPPED"), FeeAssignment.stopped_by.set(f"Assigned again: {by}")]
            start.act(FeeAssignment(school_id=start.school_id, id=run.id), actions, idle, RetryWrite())
            start.note("STOP_FEEASSIGNMENT", "FeeAssignment", run.id, {"state": ["RUNNING", "STOPPED"]})


def _mark_used(structure: FeeStructure, named: list[str] | None) -> None:
    before, everywhere = structure.assigned_class_ids, structure.assigned_at and not structure.assigned_class_ids
    structure.used, structure.assigned_at = True, structure.assigned_at or clock.stamp()
    structure.assigned_class_ids = None if everywhere or not named else sorted({*(before or ()), *named})


class _Preview:
    """Sums what is to be made, by class."""

    def __init__(self, caller: Caller, terms: Terms, students: list[Row]) -> None:
        zero = fields.nothing(caller.school)
        self._rooms = CLASSES.all(caller.school_id)
        self._by_class: dict[str, schemas.AssignedClass] = {}
        self.total, self.discount, self.scholarship, self.net = zero, zero, zero, zero
        for student in students:
            self._count(student, terms, zero)

    def _count(self, student: Row, terms: Terms, zero: Decimal) -> None:
        sums = terms.sums_of(student)
        if not sums.count:
            return
        net = sums.total - sums.discount - sums.scholarship
        self.total += sums.total
        self.discount += sums.discount
        self.scholarship += sums.scholarship
        self.net += net
        class_id = student["classId"]
        if class_id not in self._by_class:
            named = {"class_name": self._rooms[class_id]["name"], "section": self._rooms[class_id]["section"]}
            self._by_class[class_id] = schemas.AssignedClass(class_id=class_id, students=0, fees=0, net_amount=zero, **named)
        made = self._by_class[class_id]
        made.students += 1
        made.fees += sums.count
        made.net_amount += net

    def told(self, structure: FeeStructure) -> schemas.AssignmentOut:
        """What it comes to."""
        classes = sorted(self._by_class.values(), key=lambda c: (c.class_name, c.section))
        return schemas.AssignmentOut(
            fee_structure_id=structure.id,
            dry_run=True,
            state="PREVIEW",
            students=sum(c.students for c in classes),
            total=sum(c.fees for c in classes),
            made=0,
            total_amount=self.total,
            discount_amount=self.discount,
            scholarship_amount=self.scholarship,
            net_amount=self.net,
            classes=classes,
        )


def list_fee_assignments(caller: Caller, query: schemas.AssignmentList) -> Listing:
    """A page of the runs, the newest first."""
    partition = FeeAssignment.partition_of(school_id=caller.school_id)
    found = [reader.plain(raw) for raw in reader.query(partition, newest_first=True, consistent=True)]
    wanted = [run for run in found if query.fee_structure_id in (None, run["feeStructureId"])]
    start = (query.page - 1) * query.page_size
    return Listing([to_json(_shown(run)) for run in wanted[start : start + query.page_size]], len(wanted))


def get_fee_assignment(caller: Caller, assignment_id: str) -> schemas.AssignmentOut:
    """One run with its progress."""
    return _shown(Assignments(caller.school_id).get(assignment_id, consistent=True).plain())


def _shown(run: Row) -> schemas.AssignmentOut:
    return schemas.AssignmentOut.model_validate({**run, "dryRun": False})

"""Moves whole classes up at the year's end (rule S3): one call, many transactions, each complete in itself.

A student who was moved is no longer in its old class, so a promotion that was interrupted is finished by asking for it again.
"""

import random
import time
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from itertools import batched
from typing import Any

from functions.students import fields, moves, rules
from functions.students import promotion_schemas as schemas
from functions.students.promotion_plan import Plan, Planner
from functions.students.repository import Students
from shared import clock, enrolment, stays
from shared.auth.caller import Caller
from shared.data import reader
from shared.data.item import Record
from shared.data.list_model import Listing
from shared.data.unit_of_work import RetryWrite, UnitOfWork
from shared.entities.academics import Seats
from shared.entities.people import Promotion, Student
from shared.errors import Conflict, Detail, Unavailable
from shared.http.envelope import to_json
from shared.http.request import unit
from shared.ids import new_id
from shared.lists import CLASSES, STUDENTS

_ATTEMPTS = 8


def promote_classes(caller: Caller, data: schemas.PromotionIn) -> schemas.PromotionOut:
    """Tell what a promotion comes to, and do it unless only a preview is asked for."""
    day = data.effective_date or caller.today()
    plan = Planner(data, STUDENTS.all(caller.school_id), CLASSES.all(caller.school_id)).plan()
    fields.refuse([*plan.wrong, *fields.as_details(rules.ahead_findings("effectiveDate", day, caller.today()))])
    seats = _entering(caller, plan)
    run = None
    if not data.preview and plan.steps:
        _require_seats(seats, over_capacity=data.over_capacity)
        run = _Run(caller, data, day.isoformat(), (day - timedelta(days=1)).isoformat(), len(plan.steps))
        for steps in batched(plan.steps, enrolment.BATCH, strict=False):
            run.take(steps)
    return _told(data, day.isoformat(), plan, seats, run)


def _entering(caller: Caller, plan: Plan) -> list[schemas.Entering]:
    """The seats of each class that students enter."""
    entering, classes = plan.entering, CLASSES.all(caller.school_id)
    seats = enrolment.seats_of(caller.school_id, entering)
    found = []
    for class_id, count in entering.items():
        known = seats.get(class_id) or Seats(class_id=class_id, capacity=0)
        named = {"class_id": class_id, "class_name": classes[class_id]["name"], "section": classes[class_id]["section"]}
        told = {"capacity": known.capacity, "taken": known.taken, "entering": count, "enough": known.taken + count <= known.capacity}
        found.append(schemas.Entering.model_validate({**named, **told}))
    return found


def _require_seats(seats: Sequence[schemas.Entering], *, over_capacity: bool) -> None:
    short = [s for s in seats if not s.enough]
    if short and not over_capacity:
        told = (
            f"{s.class_name} {s.section}: {s.entering} would enter, {max(s.capacity - s.taken, 0)} of {s.capacity} seats are free"
            for s in short
        )
        raise Conflict("Not every class has seats enough", details=tuple(Detail("capacity", text) for text in told))


def _told(data: schemas.PromotionIn, day: str, plan: Plan, seats: list[schemas.Entering], run: "_Run | None") -> schemas.PromotionOut:
    counts: dict[str, Any] = {o.lower(): plan.count(o) for o in ("PROMOTED", "REPEATED", "GRADUATED", "TRANSFERRED")}
    return schemas.PromotionOut(
        id=run.id if run else None,
        preview=data.preview,
        from_academic_year=data.from_academic_year,
        to_academic_year=data.to_academic_year,
        effective_date=day,
        total=len(plan.steps),
        done=run.done if run else 0,
        steps=plan.steps,
        skipped=plan.skipped,
        seats=seats,
        **counts,
    )


class _Run:
    """One run: its record counts what is done in the transactions that do it."""

    def __init__(self, caller: Caller, data: schemas.PromotionIn, first_day: str, last_day: str, total: int) -> None:
        self.school, self.school_id, self.over_capacity = caller.school, caller.school_id, data.over_capacity
        self.first_day, self.last_day = first_day, last_day
        self.total, self.done, self.passed = total, 0, 0
        self._like = unit()
        made = Promotion(
            school_id=caller.school_id,
            id=new_id(),
            from_academic_year=data.from_academic_year,
            to_academic_year=data.to_academic_year,
            effective_date=first_day,
            total=total,
            user_id=caller.user_id,
        )
        self.id = made.id
        start = self._unit()
        start.create(made)
        start.commit()

    def _unit(self) -> UnitOfWork:
        like = self._like
        return UnitOfWork(self.school_id, like.actor, like.module, retention_days=like.retention_days)

    def take(self, steps: Sequence[schemas.Step]) -> None:
        """Do one batch in one transaction, on fresh reads as often as others are quicker."""
        self.passed += len(steps)
        for attempt in range(_ATTEMPTS):
            try:
                self.done += self._commit(steps)
                return
            except RetryWrite:
                time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311 - jitter, not a secret
        raise Unavailable

    def _commit(self, steps: Sequence[schemas.Step]) -> int:
        batch = self._unit()
        known = {s.id: s for s in Students(self.school_id).get_many([step.student_id for step in steps], consistent=True)}
        seats: Counter[str] = Counter()
        rooms = CLASSES.all(self.school_id)
        moved = 0
        for step in steps:
            student = known.get(step.student_id)
            if student is None or student.class_id != step.from_class_id or student.status not in rules.PRESENT:
                continue  # Somebody else has moved this student since the plan was made.
            before = {"classId": student.class_id, "status": student.status}
            self._apply(student, step, rooms[step.to_class_id]["section"] if step.to_class_id else None)
            seats.update({step.from_class_id: -1, **({step.to_class_id: 1} if step.to_class_id else {})})
            _put(batch, student)
            after = {"classId": student.class_id, "status": student.status}
            told = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
            batch.note("PROMOTE_STUDENT", "Student", student.id, told)
            moved += 1
        enrolment.count_students(batch, self.school, seats.total())
        enrolment.move_seats(batch, seats, over_capacity=self.over_capacity)
        state = [Promotion.state.set("DONE")] if self.passed == self.total else []
        item = Promotion(school_id=self.school_id, id=self.id)
        batch.act(item, [Promotion.done.set(Promotion.done + moved), *state], Promotion.pk.exists(), Conflict())
        batch.commit()
        return moved

    def _apply(self, student: Student, step: schemas.Step, section: str | None) -> None:
        history = student.stays or []
        since = history[-1]["since"] if history else student.admission_date
        if step.to_class_id is None or section is None:
            moves.become(student, step.outcome, max(self.last_day, since))
            return
        student.stays = stays.moved(history, step.to_class_id, max(self.first_day, since), step.outcome)
        student.class_id, student.section = step.to_class_id, section


def _put(batch: UnitOfWork, student: Student) -> None:
    version = student.stored["version"]
    student.version, student.updated_at = version + 1, clock.stamp()
    batch.put(student, Record.version == version, RetryWrite())


def list_promotions(caller: Caller, query: schemas.PromotionList) -> Listing:
    """A page of the promotions that were run, the newest first."""
    partition = Promotion.partition_of(school_id=caller.school_id)
    found = [reader.plain(raw) for raw in reader.query(partition, newest_first=True, consistent=True)]
    wanted = [p for p in found if query.to_academic_year in (None, p["toAcademicYear"])]
    start = (query.page - 1) * query.page_size
    rows = [schemas.PromotionRow.model_validate(p) for p in wanted[start : start + query.page_size]]
    return Listing([to_json(row) for row in rows], len(wanted))

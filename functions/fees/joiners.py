"""Students who join later, or come into another class, get the fees of structures that are assigned (rule F5).

What they no longer come to owe is withdrawn: fees of periods that begin after they left the class or the school, unless something
was paid on them. A student who comes back gets the periods from then on anew.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import batched
from typing import Any

from functions.fees.assigning_plan import Terms, classes_of, joined
from functions.fees.assigning_run import ROOM, make_missing, terms_of
from functions.fees.repository import STRUCTURES, Fees, Structures
from shared.consumer import Entry, consumer
from shared.data import reader
from shared.data.unit_of_work import Actor, RetryWrite, UnitOfWork
from shared.entities.fees import StudentFee
from shared.entities.people import Student
from shared.entities.tenancy import School
from shared.lists import CLASSES

_TOLD = frozenset({"classId", "status", "admissionDate", "exitDate", "stays"})  # a change of nothing else changes what is owed
_REMOVALS = 45
_TRIES = 5


def follow_students(entry: Entry) -> None:
    """Make the fees that are missing and withdraw those that are owed no longer; repeating it does no harm."""
    if entry.changes and not any(_TOLD & change["fields"].keys() for change in entry.changes):
        return
    assigned = [i for i, row in STRUCTURES.all(entry.school_id).items() if row.get("assignedAt")]
    school = reader.load(School, consistent=True, school_id=entry.school_id) if assigned else None
    if school is None:
        return
    structures = Structures(entry.school_id).get_many(assigned, consistent=True)
    rooms = CLASSES.all(school.id)
    told = terms_of(school, [(s, classes_of(s, rooms, s.assigned_class_ids)) for s in structures])
    terms = {each.structure.id: each for each in told}
    keys = [Student.key_of(school_id=entry.school_id, id=i) for i in entry.entity_ids]
    for raw in reader.get_many(keys, consistent=True).values():
        _follow(entry, terms, reader.plain(raw))


def _follow(entry: Entry, terms: dict[str, Terms], student: dict[str, Any]) -> None:
    present = {fee.id: fee for fee in Fees(entry.school_id).of_student(student["id"])}
    wanted = [fee for each in terms.values() if each.structure.status == "ACTIVE" for fee in each.fees_of(student)]
    missing = [fee for fee in wanted if fee.id not in present]
    for some in batched(missing, ROOM, strict=False):
        make_missing(lambda: _unit(entry), some)
    _withdraw(entry, [fee.id for fee in present.values() if not_owed(fee, terms, student)])


def not_owed(fee: StudentFee, terms: dict[str, Terms], student: dict[str, Any]) -> bool:
    """Whether an assigned fee that nothing was paid on is of a period that begins after the student left its class or the school."""
    each = terms.get(fee.fee_structure_id or "")
    if each is None or fee.payments or fee.paid_amount:
        return False
    if joined(student, each.class_ids) is not None:
        return False
    since = next((period.since for period in each.periods if period.name == fee.period), None)
    left = _left(student, each.class_ids)
    return since is not None and left is not None and since > left


def _left(student: dict[str, Any], class_ids: Iterable[str]) -> date | None:
    """The last day on which the student was in one of the classes; None where that cannot be told."""
    own = [stay for stay in student.get("stays") or () if stay["classId"] in class_ids]
    until = own[-1].get("until") or student.get("exitDate") if own else None
    return date.fromisoformat(until) if until else None


def _withdraw(entry: Entry, ids: Sequence[str]) -> None:
    fees = Fees(entry.school_id)
    for some in batched(ids, _REMOVALS, strict=False):
        for attempt in range(_TRIES):
            unit = _unit(entry)
            for fee in fees.get_many(list(some), consistent=True):
                if not fee.payments and not fee.paid_amount:
                    unit.delete(fee, action="WITHDRAW")
            try:
                unit.commit()
                break
            except RetryWrite:
                if attempt == _TRIES - 1:
                    raise


def _unit(entry: Entry) -> UnitOfWork:
    return UnitOfWork(entry.school_id, Actor(user_id=entry.user_id), "fees")


students = consumer(follow_students)

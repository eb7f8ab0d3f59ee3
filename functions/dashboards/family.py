"""A student's or a parent's dashboard: each child's day."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from functions.dashboards import attendance_figures, days, inbox, schemas
from shared import clock
from shared.auth.caller import Caller
from shared.auth.permissions import Role
from shared.auth.scope import children, visible_student
from shared.data import reader
from shared.entities.fees import StudentFee, fees_prefix
from shared.entities.people import Student
from shared.errors import Forbidden
from shared.fee_standing import standing_of
from shared.lists import CLASSES
from shared.money import format_plain

_SEES_ALL = {"academics": True, "fees": True}


def reckon(caller: Caller, query: schemas.FamilyQuery) -> schemas.FamilyDashboard:
    """The children whom the caller may see, or the one that is named."""
    today = caller.today()
    return schemas.FamilyDashboard(
        as_of=clock.stamp(),
        date=today.isoformat(),
        school_day=days.is_school_day(caller, today),
        currency=caller.school.currency,
        children=[_child(caller, student, sees, today) for student, sees in _whom(caller, query)],
        unread_notices=inbox.unread(caller.school_id, caller.user_id),
        holidays=days.next_holidays(caller, today),
    )


def _whom(caller: Caller, query: schemas.FamilyQuery) -> list[tuple[Student, dict[str, Any]]]:
    """The students and what of each may be seen."""
    if caller.role != Role.STUDENT_PARENT and query.student_id is not None:
        return [(visible_student(caller, query.student_id), _SEES_ALL)]
    links = {c.student_id: dict(c.sees) for c in children(caller)}
    if query.student_id is not None:
        found = visible_student(caller, query.student_id)
        if found.id not in links:
            raise Forbidden
        return [(found, links[found.id])]
    students = reader.load_many(Student, [{"school_id": caller.school_id, "id": i} for i in links])
    return [(s, links[s.id]) for s in sorted(students, key=lambda s: (s.first_name, s.id))]


def _child(caller: Caller, student: Student, sees: dict[str, Any], today: date) -> schemas.ChildDashboard:
    room = CLASSES.recent(caller.school_id).get(student.class_id)
    told: dict[str, Any] = {}
    if sees.get("academics"):
        told |= attendance_figures.of_student(caller, student, today)
    if sees.get("fees"):
        told |= _fees(caller, student.id, today)
    return schemas.ChildDashboard(
        student_id=student.id,
        first_name=student.first_name,
        last_name=student.last_name,
        class_id=student.class_id,
        class_name=room["name"] if room else None,
        section=student.section,
        **told,
    )


def _fees(caller: Caller, student_id: str, today: date) -> dict[str, Any]:
    """What is open and overdue, and what is due next."""
    currency = caller.school.currency
    zero = Decimal(format_plain(Decimal(0), currency))
    open_amount, overdue, coming = zero, zero, []
    for raw in _of_student(caller.school_id, student_id):
        now = standing_of(reader.plain(raw), today, currency)
        open_amount += now.open
        overdue += now.overdue(today)
        coming += [(due, amount) for due, amount in now.open_parts() if amount and due >= today]
    first = min((due for due, _ in coming), default=None)
    return {
        "fees_open": open_amount,
        "fees_overdue": overdue,
        "next_due_date": first.isoformat() if first else None,
        "next_due_amount": sum((amount for due, amount in coming if due == first), zero) if first else None,
    }


def _of_student(school_id: str, student_id: str) -> Iterable[reader.Raw]:
    partition = StudentFee.partition_of(school_id=school_id)
    return (raw for raw in reader.query(partition, prefix=fees_prefix(student_id)) if raw["studentId"]["S"] == student_id)

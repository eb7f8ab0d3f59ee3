"""Decisions about concessions: discounts and scholarships of single students, kept as data with their reasons."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from functions.fees import fields
from functions.fees import schemas_structures as schemas
from functions.fees.repository import CONCESSIONS, Concessions, Structures
from shared.auth.caller import Caller
from shared.currency_hold import hold_currency
from shared.data.item import Item
from shared.data.list_model import Listing
from shared.data.unit_of_work import RetryWrite
from shared.entities.fees import FeeConcession
from shared.entities.people import Student
from shared.errors import ValidationFailed
from shared.http.envelope import to_json
from shared.http.request import unit
from shared.http.schema import Deletion, sort_field
from shared.ids import new_id

SORTABLE = ("studentId", "kind", "academicYear", "createdAt")


def list_fee_concessions(caller: Caller, query: schemas.ConcessionList) -> Listing:
    """A page of the concessions in force."""
    equal = {
        "studentId": query.student_id,
        "academicYear": query.academic_year,
        "kind": query.kind,
        "status": None if query.include_inactive else "ACTIVE",
    }
    sort = sort_field(query.sort, SORTABLE, "createdAt")
    rows, ids = CONCESSIONS.select(
        caller.school_id, sort=sort, search=query.search, equal={k: v for k, v in equal.items() if v is not None}
    )
    start = (query.page - 1) * query.page_size
    shown = (schemas.ConcessionOut.model_validate(_exact(rows.known[i])) for i in ids[start : start + query.page_size])
    return Listing([to_json(row) for row in shown], len(ids))


def _exact(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, **{name: Decimal(row[name]) for name in ("amount", "percentage") if row.get(name) is not None}}


def create_fee_concession(caller: Caller, data: schemas.ConcessionIn) -> FeeConcession:
    """A concession for fees that are assigned from now on; those that are there are changed one by one."""
    school = caller.school
    student = fields.student_of(caller, data.student_id)
    if (data.amount is None) == (data.percentage is None):
        raise ValidationFailed.of("amount", "Send either an amount or a percentage")
    structures = Structures(caller.school_id)
    if data.fee_structure_id and structures.find(data.fee_structure_id, consistent=True) is None:
        raise ValidationFailed.of("feeStructureId", "No fee structure of this school has this id")
    made = FeeConcession(
        school_id=school.id,
        id=new_id(),
        student_id=student.id,
        kind=data.kind.value,
        fee_structure_id=data.fee_structure_id,
        academic_year=data.academic_year or school.academic_year["name"],
        amount=fields.positive_money(school, "amount", data.amount) if data.amount is not None else None,
        percentage=data.percentage,
        reason=data.reason,
    )
    unit().create(made)
    unit().check(Student(school_id=school.id, id=student.id), Item.pk.exists(), RetryWrite())
    hold_currency(unit(), school)
    return made


def delete_fee_concession(caller: Caller, concession_id: str) -> Deletion:
    """End a concession. Fees that it was applied to keep it."""
    found = Concessions(caller.school_id).get_for_change(concession_id)
    found.status = "INACTIVE"
    unit().update(found, action="DEACTIVATE")
    return Deletion(id=concession_id, outcome="deactivated")

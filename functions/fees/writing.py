"""Decisions about single fees: made by hand, changed, taken away."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from functions.fees import fields, schemas, view
from functions.fees.repository import Fees, Structures
from shared import clock
from shared import fee_rules as rules
from shared.auth.caller import Caller
from shared.auth.scope import may_see_student
from shared.currency_hold import hold_currency
from shared.data.item import Item
from shared.data.unit_of_work import RetryWrite
from shared.entities.fees import FeeExemption, FeeStructure, StudentFee, fee_id
from shared.entities.people import Student
from shared.entities.tenancy import School
from shared.errors import Conflict, Forbidden, ValidationFailed
from shared.http.request import unit
from shared.http.schema import Deletion, changed_fields
from shared.ids import new_id

_MONEY = ("total_amount", "discount_amount", "scholarship_amount", "fine_amount")
_KINDS = {"discount_amount": ("DISCOUNT", "SIBLING"), "scholarship_amount": ("SCHOLARSHIP",)}


def get_fee(caller: Caller, fee_id: str) -> schemas.FeeOut:
    """A fee of a student whom the caller may see."""
    found = Fees(caller.school_id).get(fee_id, consistent=True)
    if not may_see_student(caller, found.student_id, found.class_id, what="fees"):
        raise Forbidden
    return view.shown(found, caller.today(), caller.school.currency)


def create_fee(caller: Caller, data: schemas.FeeIn) -> schemas.FeeOut:
    """A fee of one student, of a structure or by a name of its own."""
    school = caller.school
    student = fields.student_of(caller, data.student_id)
    structure = _structure(caller, data.fee_structure_id)
    name, amount = data.name, data.total_amount
    if structure:
        name, amount = name or structure.name, structure.amount if amount is None else amount
    if not name:
        raise ValidationFailed.of("name", "Name the fee, or the structure that it belongs to")
    if amount is None:
        raise ValidationFailed.of("totalAmount", "Say how much it is, or the structure that it belongs to")
    year = data.academic_year or (structure.academic_year if structure else school.academic_year["name"])
    made = StudentFee(
        school_id=school.id,
        id=fee_id(student.id, year, new_id()),
        student_id=student.id,
        class_id=student.class_id,
        fee_structure_id=structure.id if structure else None,
        name=name,
        academic_year=year,
        period="ONCE",
        total_amount=fields.money(school, "totalAmount", amount),
        paid_amount=fields.nothing(school),
        due_date=data.due_date.isoformat(),
    )
    for field in _KINDS:
        reduce(caller, made, field, getattr(data, field), data.reason)
    refuse_too_much_off(made)
    if data.instalments:
        made.instalments = instalments(school, made, data.instalments)
        made.due_date = made.instalments[-1]["dueDate"]
    unit().create(made)
    unit().check(Student(school_id=school.id, id=student.id), Item.pk.exists(), RetryWrite())
    hold_currency(unit(), school)
    return view.shown(made, caller.today(), school.currency)


def _structure(caller: Caller, structure_id: str | None) -> FeeStructure | None:
    """The structure that a fee belongs to, marked as in use with the request's commit."""
    if structure_id is None:
        return None
    found = Structures(caller.school_id).find(structure_id, consistent=True)
    if found is None:
        raise ValidationFailed.of("feeStructureId", "No fee structure of this school has this id")
    if not found.used:
        found.used = True
        unit().update(found, action="USE")
    return found


def reduce(caller: Caller, fee: StudentFee, field: str, value: Decimal | None, reason: str | None) -> None:
    """Make a fee's discount or scholarship this much, for a reason; None or nothing takes it away."""
    kinds = _KINDS[field]
    amount = fields.optional_money(caller.school, _wire(field), value)
    others = [r for r in fee.reductions or () if r["kind"] not in kinds]
    if amount:
        if not reason:
            raise ValidationFailed.of("reason", "A discount or scholarship needs a reason")
        told = {"kind": kinds[0], "amount": f"{amount:f}", "reason": reason, "by": caller.user_id, "at": clock.stamp()}
        others.append(told)
    fee.reductions = others or None
    setattr(fee, field, amount or None)


def refuse_too_much_off(fee: StudentFee) -> None:
    """Refuse discount and scholarship that come to more than the fee."""
    if (fee.discount_amount or 0) + (fee.scholarship_amount or 0) > fee.total_amount:
        raise ValidationFailed.of("discountAmount", f"Discount and scholarship are more than the fee of {fee.total_amount:f}")


def instalments(school: School, fee: StudentFee, wanted: Sequence[schemas.InstalmentIn]) -> list[dict[str, Any]]:
    """The parts in the order of their days; they must add up to what is owed."""
    made = [(i.due_date, fields.positive_money(school, f"instalments[{n}].amount", i.amount)) for n, i in enumerate(wanted)]
    made.sort(key=lambda pair: pair[0])
    owed = rules.net_amount(fee.total_amount, fee.discount_amount, fee.scholarship_amount)
    total = sum((amount for _, amount in made), fields.nothing(school))
    if total != owed:
        raise ValidationFailed.of("instalments", f"The parts add up to {total:f}, and {owed:f} are owed")
    return [{"dueDate": day.isoformat(), "amount": f"{amount:f}"} for day, amount in made]


def update_fee(caller: Caller, fee_id: str, data: schemas.FeeChange) -> schemas.FeeOut:
    """Change the fields that were sent (rule F4: never below what is paid)."""
    school = caller.school
    found = Fees(caller.school_id).get_for_change(fee_id)
    sent = changed_fields(data, clearable=("discount_amount", "scholarship_amount", "instalments", "reason"))
    reason = sent.pop("reason", None)
    if not reason and any(name in sent for name in _MONEY):
        raise ValidationFailed.of("reason", "A change of what is owed needs a reason")
    if "total_amount" in sent:
        found.total_amount = fields.money(school, "totalAmount", sent["total_amount"])
    for field in _KINDS.keys() & sent.keys():
        reduce(caller, found, field, sent[field], reason)
    if "fine_amount" in sent:
        _set_fine(caller, found, sent["fine_amount"], reason)
    refuse_too_much_off(found)
    _refuse_below_paid(found)
    if "due_date" in sent:
        found.due_date = sent["due_date"].isoformat()
    _reschedule(school, found, sent)
    note = {"reason": [None, reason]} if reason else {}
    unit().update(found)
    unit().changes[-1].fields.update(note)
    return view.shown(found, caller.today(), school.currency)


def _reschedule(school: School, fee: StudentFee, sent: dict[str, Any]) -> None:
    if "instalments" in sent:
        fee.instalments = instalments(school, fee, sent["instalments"]) if sent["instalments"] else None
    elif "due_date" in sent and fee.instalments:
        raise ValidationFailed.of("dueDate", "This fee is paid in parts: change the instalments")
    if fee.instalments:
        fee.due_date = fee.instalments[-1]["dueDate"]


def _set_fine(caller: Caller, fee: StudentFee, value: Decimal, reason: str | None) -> None:
    """Raise or waive the fine; each step stays in the list, so that the night does not fine again for the same."""
    wanted = fields.money(caller.school, "fineAmount", value)
    step = wanted - (fee.fine_amount or fields.nothing(caller.school))
    if step:
        fee.fines = [*(fee.fines or []), {"day": caller.today().isoformat(), "amount": f"{step:f}", "reason": reason}]
    fee.fine_amount = wanted or None


def _refuse_below_paid(fee: StudentFee) -> None:
    net = rules.net_amount(fee.total_amount, fee.discount_amount, fee.scholarship_amount, fee.fine_amount)
    if net < fee.paid_amount:
        raise Conflict.of("totalAmount", f"{fee.paid_amount:f} is paid already: what is owed cannot be less")


def delete_fee(caller: Caller, fee_id: str) -> Deletion:
    """Take away a fee that nothing was ever paid on (rule F4). One that was assigned does not come back by assigning again."""
    found = Fees(caller.school_id).get_for_change(fee_id)
    if found.payments or found.paid_amount:
        raise Conflict("Payments are recorded on this fee: it cannot be removed")
    unit().delete(found)
    if found.fee_structure_id:
        unit().put(FeeExemption(school_id=caller.school_id, id=fee_id), None, Conflict())
    return Deletion(id=fee_id, outcome="removed")


def _wire(field: str) -> str:
    return {"discount_amount": "discountAmount", "scholarship_amount": "scholarshipAmount"}[field]

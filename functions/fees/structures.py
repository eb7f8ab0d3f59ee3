"""Decisions about fee structures (rule F4: one in use is closed, not deleted)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from functions.fees import fields
from functions.fees import schemas_structures as schemas
from functions.fees.periods import Frequency, year_start
from functions.fees.repository import STRUCTURES, Structures
from shared.auth.caller import Caller
from shared.currency_hold import hold_currency
from shared.data.list_model import Listing
from shared.entities.fees import FeeStructure
from shared.errors import Conflict, Detail, ValidationFailed
from shared.http.envelope import to_json
from shared.http.request import unit
from shared.http.schema import Deletion, changed_fields, sort_field
from shared.ids import new_id
from shared.lists import CLASSES

SORTABLE = ("name", "amount", "frequency", "academicYear", "status", "createdAt")
_FROZEN = ("amount", "frequency", "academic_year", "starts_on", "applicable_to", "due_day", "due_date", "instalments")
_CLEARABLE = ("description", "class_ids", "due_date", "instalments")


def list_fee_structures(caller: Caller, query: schemas.StructureList) -> Listing:
    """A page of the school's fee structures."""
    equal = {
        "academicYear": query.academic_year,
        "frequency": query.frequency,
        "status": query.status or (None if query.include_inactive else "ACTIVE"),
    }
    sort = sort_field(query.sort, SORTABLE, "name")
    rows, ids = STRUCTURES.select(caller.school_id, sort=sort, search=query.search, equal={k: v for k, v in equal.items() if v is not None})
    start = (query.page - 1) * query.page_size
    shown = (schemas.StructureOut.model_validate(_exact(rows.known[i])) for i in ids[start : start + query.page_size])
    return Listing([to_json(row) for row in shown], len(ids))


def _exact(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "amount": Decimal(row["amount"])}


def get_fee_structure(caller: Caller, structure_id: str) -> FeeStructure:
    """One structure."""
    return Structures(caller.school_id).get(structure_id, consistent=True)


def create_fee_structure(caller: Caller, data: schemas.StructureIn) -> FeeStructure:
    """A structure of the school's academic year, or of another that is named."""
    school = caller.school
    year = data.academic_year or school.academic_year["name"]
    made = FeeStructure(
        school_id=school.id,
        id=new_id(),
        name=data.name,
        description=data.description,
        amount=fields.positive_money(school, "amount", data.amount),
        frequency=data.frequency.value,
        applicable_to=data.applicable_to.value,
        class_ids=data.class_ids,
        academic_year=year,
        starts_on=_starts_on(caller, year, data.starts_on),
        due_day=data.due_day,
        due_date=data.due_date.isoformat() if data.due_date else None,
        instalments=data.instalments,
    )
    _check(caller, made)
    unit().create(made)
    hold_currency(unit(), school)
    return made


def _starts_on(caller: Caller, year: str, told: date | None) -> str:
    own = caller.school.academic_year
    start = told or year_start(year, own["name"], date.fromisoformat(own["start"]))
    if start is None:
        raise ValidationFailed.of("startsOn", f"Say on which day {year} begins")
    return start.isoformat()


def _check(caller: Caller, made: FeeStructure) -> None:
    wrong: list[Detail] = []
    once = made.frequency in (Frequency.ANNUALLY, Frequency.ONE_TIME)
    if made.due_date and not once:
        wrong.append(Detail("dueDate", f"A fee that is charged {made.frequency} has a due day"))
    if made.due_date and made.due_date < made.starts_on:
        wrong.append(Detail("dueDate", f"The academic year begins on {made.starts_on}"))
    if made.instalments and made.frequency == Frequency.MONTHLY:
        wrong.append(Detail("instalments", "A month's fee is paid at once"))
    wrong += _class_details(caller, made)
    if wrong:
        raise ValidationFailed(details=tuple(wrong))


def _class_details(caller: Caller, made: FeeStructure) -> list[Detail]:
    if made.applicable_to == "ALL":
        return [Detail("classIds", "A structure for all classes names none")] if made.class_ids else []
    if not made.class_ids:
        return [Detail("classIds", "Name the classes that it is for")]
    known = CLASSES.all(caller.school_id)
    wrong = []
    for number, class_id in enumerate(made.class_ids):
        if class_id not in known:
            wrong.append(Detail(f"classIds[{number}]", "No class of this school has this id"))
        elif known[class_id]["academicYear"] != made.academic_year:
            wrong.append(Detail(f"classIds[{number}]", f"This class is of {known[class_id]['academicYear']}"))
    return wrong


def update_fee_structure(caller: Caller, structure_id: str, data: schemas.StructureChange) -> FeeStructure:
    """Change the fields that were sent. What was assigned stays as it was, so that a structure in use keeps its terms."""
    found = Structures(caller.school_id).get_for_change(structure_id)
    sent = changed_fields(data, clearable=_CLEARABLE)
    if "amount" in sent:
        sent["amount"] = fields.positive_money(caller.school, "amount", sent["amount"])
    if "academic_year" in sent or "starts_on" in sent:
        sent["academic_year"] = sent.get("academic_year", found.academic_year)
        sent["starts_on"] = _starts_on(caller, sent["academic_year"], sent.get("starts_on"))
    ready = {name: _stored(value) for name, value in sent.items()}
    if found.used:
        _refuse_new_terms(found, ready)
    for name, value in ready.items():
        setattr(found, name, value)
    _check(caller, found)
    unit().update(found)
    return found


def _stored(value: Any) -> Any:
    match value:
        case date():
            return value.isoformat()
        case Frequency() | schemas.ApplicableTo() | schemas.Status():
            return value.value
    return value


def _refuse_new_terms(found: FeeStructure, ready: Mapping[str, Any]) -> None:
    changed = [name for name in _FROZEN if name in ready and ready[name] != getattr(found, name)]
    dropped = set(found.class_ids or ()) - set(ready.get("class_ids", found.class_ids) or ())
    if changed or dropped:
        named = changed[0] if changed else "class_ids"
        raise Conflict.of(
            schemas.StructureChange.model_fields[named].alias or named,
            "Fees were made of this structure: close it, and make another with the new terms",
        )


def delete_fee_structure(caller: Caller, structure_id: str) -> Deletion:
    """Remove a structure that no fee was made of; close any other."""
    found = Structures(caller.school_id).get_for_change(structure_id)
    if not found.used:
        unit().delete(found)
        return Deletion(id=structure_id, outcome="removed")
    found.status = "INACTIVE"
    unit().update(found, action="DEACTIVATE")
    return Deletion(id=structure_id, outcome="deactivated")

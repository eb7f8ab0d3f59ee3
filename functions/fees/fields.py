"""Amounts as the school's currency has them, and the ids of other records, both checked where they come in."""

from decimal import Decimal

from shared.auth.caller import Caller
from shared.data import reader
from shared.entities.people import Student
from shared.entities.tenancy import School
from shared.errors import ValidationFailed
from shared.money import decimals, parse_money


def money(school: School, field: str, value: Decimal) -> Decimal:
    """The amount with exactly the currency's decimals; a VALIDATION_ERROR on the field where it has more (rule G3)."""
    try:
        return parse_money(value, school.currency)
    except ValueError as error:
        raise ValidationFailed.of(field, str(error)) from error


def optional_money(school: School, field: str, value: Decimal | None) -> Decimal | None:
    """The same of an amount that may be absent."""
    return None if value is None else money(school, field, value)


def positive_money(school: School, field: str, value: Decimal) -> Decimal:
    """An amount above zero."""
    amount = money(school, field, value)
    if not amount:
        raise ValidationFailed.of(field, "must be more than zero")
    return amount


def nothing(school: School) -> Decimal:
    """Zero in the school's currency: `0.00`."""
    return Decimal(0).scaleb(-decimals(school.currency))


def student_of(caller: Caller, student_id: str, field: str = "studentId") -> Student:
    """A student that the input names."""
    found = reader.load(Student, consistent=True, school_id=caller.school_id, id=student_id)
    if found is None:
        raise ValidationFailed.of(field, "No student of this school has this id")
    return found

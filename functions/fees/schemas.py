"""The wire of fees."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field, WithJsonSchema

from shared.http.schema import Line, ListQuery, Out

Amount = Annotated[Decimal, WithJsonSchema({"type": "number"})]


class FeeStatus(StrEnum):
    """How far a fee is paid (rule F1)."""

    PAID = "PAID"
    PARTIAL = "PARTIAL"
    DUE = "DUE"
    OVERDUE = "OVERDUE"


class StudentFees(ListQuery):
    """Filters of a student's fees."""

    status: FeeStatus | None = None
    academic_year: Annotated[Line | None, Field(max_length=20)] = None


class FeeRow(Out):
    """A fee of a student. Amounts are exact, in the school's currency."""

    id: str
    student_id: str
    fee_structure_id: str
    academic_year: str
    total_amount: Amount
    paid_amount: Amount
    discount_amount: Amount | None = None
    scholarship_amount: Amount | None = None
    due_date: str
    status: FeeStatus


SORTABLE = ("dueDate", "status", "academicYear", "totalAmount", "paidAmount")

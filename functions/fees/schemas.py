"""The wire of fees: what the files of each topic share. Amounts are exact, in the school's currency."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from shared.fee_rules import FeeStatus
from shared.http.amounts import number
from shared.http.schema import Date, Id, In, Line, ListQuery, Name, Out

Amount = Annotated[Decimal, WithJsonSchema({"type": "number"})]
# The service gives an amount its currency's decimals, and refuses one that has more.
AmountIn = Annotated[
    Decimal,
    BeforeValidator(number),
    Field(ge=0, allow_inf_nan=False, description="In the school's currency, with as many decimals as it has", examples=[1500]),
    WithJsonSchema({"type": "number", "minimum": 0}),
]
Reason = Annotated[Line, Field(min_length=3, max_length=200, description="Why; it is kept with the change")]
AcademicYear = Annotated[Name, Field(max_length=20, description="For example `2026-2027`", examples=["2026-2027"])]


class ReductionKind(StrEnum):
    """Why less than the full amount is owed."""

    DISCOUNT = "DISCOUNT"
    SCHOLARSHIP = "SCHOLARSHIP"
    SIBLING = "SIBLING"


class Reduction(Out):
    """A part of a fee's discount or scholarship."""

    kind: ReductionKind
    amount: Amount
    reason: str
    by: str | None = None
    at: str | None = None


class Fine(Out):
    """A fine for paying late."""

    day: str
    amount: Amount
    reason: str | None = None


class Instalment(Out):
    """A part of a fee with its own due date."""

    due_date: str
    amount: Amount
    paid_amount: Amount


class InstalmentIn(In):
    """A part to pay by a day."""

    due_date: Date
    amount: AmountIn


class FeeOut(Out):
    """What a student owes of one fee for one period, with the status of the moment."""

    id: str
    school_id: str
    student_id: str
    class_id: str
    fee_structure_id: str | None = None
    name: str
    academic_year: str
    period: str
    total_amount: Amount
    discount_amount: Amount | None = None
    scholarship_amount: Amount | None = None
    fine_amount: Amount | None = None
    net_amount: Annotated[Amount, Field(description="What is owed in all: less discount and scholarship, late fines on top")]
    paid_amount: Amount
    open_amount: Amount
    due_date: str
    status: FeeStatus
    reductions: list[Reduction]
    fines: list[Fine]
    instalments: list[Instalment]
    payment_ids: list[str]
    version: int
    created_at: str | None = None
    updated_at: str | None = None


class StudentFees(ListQuery):
    """Filters of a student's fees."""

    status: FeeStatus | None = None
    academic_year: Annotated[Line | None, Field(max_length=20)] = None


class FeeRow(Out):
    """A fee in a list."""

    id: str
    student_id: str
    class_id: str
    fee_structure_id: str | None = None
    name: str
    academic_year: str
    period: str
    total_amount: Amount
    discount_amount: Amount | None = None
    scholarship_amount: Amount | None = None
    fine_amount: Amount | None = None
    net_amount: Amount
    paid_amount: Amount
    open_amount: Amount
    due_date: str
    status: FeeStatus
    version: int


class FeeIn(In):
    """A fee of one student."""

    student_id: Id
    name: Annotated[Name | None, Field(description="Of a fee without a structure", examples=["Excursion to the observatory"])] = None
    fee_structure_id: Annotated[Id | None, Field(description="The structure that it belongs to, which gives name and amount")] = None
    academic_year: AcademicYear | None = None
    total_amount: AmountIn | None = None
    discount_amount: AmountIn | None = None
    scholarship_amount: AmountIn | None = None
    reason: Annotated[Reason | None, Field(description="Of the discount or scholarship")] = None
    due_date: Date
    instalments: Annotated[list[InstalmentIn] | None, Field(min_length=2, max_length=24)] = None


class FeeChange(In):
    """What to change of a fee. A change of what is owed needs a reason."""

    total_amount: AmountIn | None = None
    discount_amount: AmountIn | None = None
    scholarship_amount: AmountIn | None = None
    fine_amount: Annotated[AmountIn | None, Field(description="Zero waives the fine")] = None
    due_date: Date | None = None
    instalments: Annotated[list[InstalmentIn] | None, Field(max_length=24, description="An empty list: paid at once")] = None
    reason: Reason | None = None


SORTABLE = ("dueDate", "status", "academicYear", "totalAmount", "paidAmount")

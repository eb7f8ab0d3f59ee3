"""The wire of fee structures, their assignment, and concessions."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field, WithJsonSchema

from functions.fees.periods import Frequency
from functions.fees.schemas import AcademicYear, Amount, AmountIn, Reason
from shared.http.amounts import number
from shared.http.schema import Bool, Date, Id, In, Int, Line, Lines, ListQuery, Name, Out

ClassIds = Annotated[list[Id], Field(min_length=1, max_length=500)]
DueDay = Annotated[Int, Field(ge=1, le=31, description="Day of the month; in a shorter month its last")]
Percentage = Annotated[
    Decimal,
    BeforeValidator(number),
    Field(gt=0, le=100, decimal_places=2, allow_inf_nan=False, description="Up to 100, two decimals"),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "maximum": 100}),
]
Instalments = Annotated[Int, Field(ge=2, le=12, description="Parts that a fee of a year, a quarter or once is paid in")]


class ApplicableTo(StrEnum):
    """Whom a structure is for."""

    ALL = "ALL"
    CLASS_SPECIFIC = "CLASS_SPECIFIC"


class Status(StrEnum):
    """Whether a record is in use."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"


class StructureIn(In):
    """A fee that the school charges."""

    name: Annotated[Name, Field(examples=["Tuition fee"])]
    description: Lines | None = None
    amount: Annotated[AmountIn, Field(description="Of each period")]
    frequency: Frequency
    applicable_to: ApplicableTo = ApplicableTo.ALL
    class_ids: ClassIds | None = None
    academic_year: AcademicYear | None = None
    starts_on: Annotated[Date | None, Field(description="The first day of that academic year, where the school's own does not tell it")] = (
        None
    )
    due_day: DueDay = 10
    due_date: Annotated[Date | None, Field(description="Of a fee that is charged once or for a year, instead of the due day")] = None
    instalments: Instalments | None = None


class StructureChange(In):
    """The fields of a fee structure to change. Of one in use amount, frequency and year stay as they are."""

    name: Name | None = None
    description: Lines | None = None
    amount: AmountIn | None = None
    frequency: Frequency | None = None
    applicable_to: ApplicableTo | None = None
    class_ids: ClassIds | None = None
    academic_year: AcademicYear | None = None
    starts_on: Date | None = None
    due_day: DueDay | None = None
    due_date: Date | None = None
    instalments: Instalments | None = None
    status: Status | None = None


class StructureOut(Out):
    """A fee that the school charges."""

    id: str
    school_id: str
    name: str
    description: str | None = None
    amount: Amount
    frequency: Frequency
    applicable_to: ApplicableTo
    class_ids: list[str] | None = None
    academic_year: str
    starts_on: str
    due_day: int
    due_date: str | None = None
    instalments: int | None = None
    status: Status
    used: bool
    assigned_at: str | None = None
    version: int
    created_at: str | None = None
    updated_at: str | None = None


class StructureList(ListQuery):
    """Filters of fee structures."""

    academic_year: Annotated[Line | None, Field(max_length=20)] = None
    frequency: Frequency | None = None
    status: Status | None = None


class AssignIn(In):
    """To which of its classes a structure is assigned; to all of them where none is named."""

    body_optional: ClassVar[bool] = True

    class_ids: ClassIds | None = None
    dry_run: Annotated[Bool, Field(description="Only tell what it would come to")] = False


class AssignedClass(Out):
    """What assigning comes to in one class."""

    class_id: str
    class_name: str
    section: str
    students: int
    fees: int
    net_amount: Amount


class AssignmentOut(Out):
    """What assigning comes to, and how far it has come. `id` is null in a preview."""

    id: str | None = None
    fee_structure_id: str
    dry_run: bool
    state: Annotated[str, Field(description="PREVIEW, RUNNING, DONE or STOPPED")]
    students: int
    total: Annotated[int, Field(description="Fees in all, those that are there already included")]
    made: Annotated[int, Field(description="Fees that this run has made")]
    total_amount: Amount | None = None
    discount_amount: Amount | None = None
    scholarship_amount: Amount | None = None
    net_amount: Amount | None = None
    classes: list[AssignedClass] | None = None
    stopped_by: str | None = None
    created_at: str | None = None
    finished_at: str | None = None


class AssignmentList(ListQuery):
    """Filters of runs."""

    fee_structure_id: Id | None = None


class ConcessionKind(StrEnum):
    """What a concession is."""

    DISCOUNT = "DISCOUNT"
    SCHOLARSHIP = "SCHOLARSHIP"


class ConcessionIn(In):
    """A discount or scholarship of one student: an amount or a percentage of each fee that is assigned while it is in force."""

    student_id: Id
    kind: ConcessionKind
    fee_structure_id: Annotated[Id | None, Field(description="Of this structure's fees alone")] = None
    academic_year: AcademicYear | None = None
    amount: AmountIn | None = None
    percentage: Percentage | None = None
    reason: Reason


class ConcessionOut(Out):
    """A discount or scholarship of one student."""

    id: str
    student_id: str
    kind: ConcessionKind
    fee_structure_id: str | None = None
    academic_year: str
    amount: Amount | None = None
    percentage: Amount | None = None
    reason: str
    status: Status
    version: int
    created_at: str | None = None
    updated_at: str | None = None


class ConcessionList(ListQuery):
    """Filters of concessions."""

    student_id: Id | None = None
    academic_year: Annotated[Line | None, Field(max_length=20)] = None
    kind: ConcessionKind | None = None

"""The wire of the admissions register."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from shared.http.schema import Date, Email, Id, In, Line, Lines, ListQuery, Name, Out, Phone, Query
from shared.names import camel
from shared.student_fields import Gender, Number, ParentRelation


class Status(StrEnum):
    """Where an applicant stands. DECLINED is the school's decision, WITHDRAWN the family's."""

    ENQUIRY = "ENQUIRY"
    APPLIED = "APPLIED"
    OFFERED = "OFFERED"
    ENROLLED = "ENROLLED"
    DECLINED = "DECLINED"
    WITHDRAWN = "WITHDRAWN"


class Beginning(StrEnum):
    """Where a new applicant may stand."""

    ENQUIRY = "ENQUIRY"
    APPLIED = "APPLIED"


Grade = Annotated[Name, Field(max_length=20, description="That is wished for", examples=["10"])]
AcademicYear = Annotated[Name | None, Field(max_length=20, description="The class's, else the school's present one, where it is absent")]


class Applicant(In):
    """What may be known of an applicant, and may not be yet."""

    last_name: Annotated[Name | None, Field(description="Null for a one-word name", examples=["Joshi"])] = None
    date_of_birth: Annotated[Date | None, Field(description="Needed by the time of enrolling", examples=["2012-02-29"])] = None
    gender: Annotated[Gender | None, Field(description="Needed by the time of enrolling")] = None
    class_id: Annotated[Id | None, Field(description="That is wished for, or entered; needed by the time of enrolling")] = None
    parent_name: Annotated[Name | None, Field(examples=["Lata Joshi"])] = None
    parent_phone: Annotated[Phone | None, Field(description="This or the e-mail address is needed", examples=["+919876543210"])] = None
    parent_email: Email | None = None
    parent_relation: ParentRelation | None = None
    address_street: Line | None = None
    address_city: Annotated[Line | None, Field(max_length=100)] = None
    address_state: Annotated[Line | None, Field(max_length=100)] = None
    address_zip: Annotated[Line | None, Field(max_length=20)] = None
    previous_school: Line | None = None
    source: Annotated[Line | None, Field(max_length=50, description="How the family came to know the school", examples=["Open day"])] = None
    notes: Lines | None = None


CLEARABLE = (*Applicant.model_fields, "roll_number", "admission_number", "admission_date")


class AdmissionIn(Applicant):
    """A new applicant."""

    first_name: Annotated[Name, Field(examples=["Rohan"])]
    grade: Grade
    academic_year: AcademicYear = None
    status: Beginning = Beginning.ENQUIRY


class AdmissionChange(Applicant):
    """The fields of an applicant to change. Numbers and admission date are the student's, when the status becomes ENROLLED."""

    first_name: Name | None = None
    grade: Grade | None = None
    academic_year: Annotated[Name | None, Field(max_length=20)] = None
    status: Status | None = None
    reason: Annotated[Line | None, Field(description="Needed with DECLINED and WITHDRAWN")] = None
    roll_number: Number | None = None
    admission_number: Number | None = None
    admission_date: Annotated[Date | None, Field(description="Today where it is absent")] = None


class Seating(Query):
    """Whether the class's capacity may be gone over."""

    over_capacity: Annotated[bool, Field(description="Enrol also where the class is full")] = False


class AdmissionRow(Out):
    """An applicant in a list."""

    id: str
    status: Status
    first_name: str
    last_name: str | None = None
    date_of_birth: str | None = None
    gender: str | None = None
    grade: str
    class_id: str | None = None
    academic_year: str
    parent_name: str | None = None
    parent_phone: str | None = None
    parent_email: str | None = None
    parent_relation: str | None = None
    previous_school: str | None = None
    source: str | None = None
    reason: str | None = None
    student_id: Annotated[str | None, Field(description="Once ENROLLED")] = None
    version: int
    created_at: str | None = None
    updated_at: str | None = None


SORTABLE = tuple(camel(name) for name in AdmissionRow.model_fields)


class StateOut(Out):
    """A state that an applicant came into."""

    status: Status
    at: str
    by: Annotated[str | None, Field(description="The user who set it")] = None
    reason: str | None = None


class AdmissionOut(AdmissionRow):
    """An applicant."""

    school_id: str
    address_street: str | None = None
    address_city: str | None = None
    address_state: str | None = None
    address_zip: str | None = None
    notes: str | None = None
    states: Annotated[list[StateOut], Field(description="Oldest first")]


class AdmissionList(ListQuery):
    """Filters of the list of applicants."""

    status: Status | None = None
    grade: Annotated[Line | None, Field(max_length=20)] = None
    class_id: Id | None = None
    academic_year: Annotated[Line | None, Field(max_length=20)] = None
    source: Annotated[Line | None, Field(max_length=50)] = None

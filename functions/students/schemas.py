"""The wire of students."""

from typing import Annotated, Any

from pydantic import Field

from shared.http.schema import Date, Id, In, Line, ListQuery, Name, Out, Query
from shared.names import camel
from shared.student_fields import Gender, Number, OptionalFields, Status

CLEARABLE = tuple(OptionalFields.model_fields)


class StudentIn(OptionalFields):
    """A new student. Its section is its class's."""

    first_name: Annotated[Name, Field(examples=["Asha"])]
    date_of_birth: Annotated[Date, Field(examples=["2012-02-29"])]
    gender: Gender
    class_id: Id
    admission_date: Annotated[Date | None, Field(description="Today where it is absent")] = None
    roll_number: Number | None = None
    admission_number: Number | None = None


class StudentChange(OptionalFields):
    """The fields of a student to change. Another class is a transfer from today on; the section follows the class."""

    first_name: Name | None = None
    date_of_birth: Date | None = None
    gender: Gender | None = None
    class_id: Id | None = None
    admission_date: Date | None = None
    roll_number: Number | None = None
    admission_number: Number | None = None
    status: Status | None = None
    exit_date: Annotated[Date | None, Field(description="Only with a status of GRADUATED or TRANSFERRED; today where it is absent")] = None


class Seating(Query):
    """Whether the class's capacity may be gone over."""

    over_capacity: Annotated[bool, Field(description="Take a seat also where the class is full")] = False


class StudentOut(Out):
    """A student."""

    id: str
    school_id: str
    roll_number: str
    admission_number: str
    first_name: str
    last_name: str | None = None
    date_of_birth: str
    gender: str
    blood_group: str | None = None
    email: str | None = None
    phone: str | None = None
    address_street: str | None = None
    address_city: str | None = None
    address_state: str | None = None
    address_zip: str | None = None
    class_id: str
    section: str
    admission_date: str
    exit_date: str | None = None
    status: str
    parent_name: str | None = None
    parent_phone: str | None = None
    parent_email: str | None = None
    parent_relation: str | None = None
    emergency_contact_name: str | None = None
    emergency_contact_phone: str | None = None
    emergency_contact_relation: str | None = None
    user_id: str | None = None
    version: int
    created_at: str | None = None
    updated_at: str | None = None


class StudentRow(Out):
    """A student in a list."""

    id: str
    admission_number: str
    roll_number: str
    first_name: str
    last_name: str | None = None
    date_of_birth: str
    gender: str
    email: str | None = None
    phone: str | None = None
    class_id: str
    section: str
    admission_date: str
    exit_date: str | None = None
    status: str
    parent_name: str | None = None
    parent_phone: str | None = None
    parent_email: str | None = None
    parent_relation: str | None = None
    user_id: str | None = None
    version: int


SORTABLE = tuple(camel(name) for name in StudentRow.model_fields)


class StudentList(ListQuery):
    """Filters of the list of students. Without a status it shows those who are at the school now: ACTIVE and SUSPENDED."""

    class_id: Id | None = None
    section: Annotated[Line | None, Field(max_length=20)] = None
    grade: Annotated[Line | None, Field(max_length=20)] = None
    academic_year: Annotated[Line | None, Field(max_length=20, description="Of the student's present class")] = None
    status: Status | None = None
    gender: Gender | None = None
    admitted_from: Date | None = None
    admitted_to: Date | None = None


class TransferIn(In):
    """Where the student goes: to another class of the school, or out of it with TRANSFERRED or GRADUATED."""

    class_id: Annotated[Id | None, Field(description="The new class; absent where the student leaves the school")] = None
    effective_date: Annotated[Date | None, Field(description="First day in the new class; today where it is absent")] = None
    status: Annotated[Status | None, Field(description="TRANSFERRED or GRADUATED, where the student leaves the school")] = None
    exit_date: Annotated[Date | None, Field(description="Last day at the school; today where it is absent")] = None
    reason: Annotated[Line | None, Field(max_length=200)] = None


class StayOut(Out):
    """A time in a class; both days inclusive, `until` null while it lasts."""

    class_id: str
    class_name: str | None = None
    section: str | None = None
    grade: str | None = None
    academic_year: str | None = None
    since: str
    until: str | None = None
    reason: Annotated[str, Field(description="ADMITTED, TRANSFERRED, PROMOTED, REPEATED or READMITTED")]
    note: str | None = None


class StatusOut(Out):
    """A status and the day from which it holds."""

    status: str
    since: str
    note: str | None = None


class HistoryOut(Out):
    """A student's classes and states, oldest first."""

    student_id: str
    stays: list[StayOut]
    statuses: list[StatusOut]

    @classmethod
    def of(cls, student_id: str, stays: list[dict[str, Any]], statuses: list[dict[str, Any]]) -> "HistoryOut":
        """From plain values."""
        return cls.model_validate({"studentId": student_id, "stays": stays, "statuses": statuses})

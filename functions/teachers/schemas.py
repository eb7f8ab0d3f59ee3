"""The wire of teachers."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from shared.http.amounts import Amount, Money
from shared.http.schema import Date, Email, Id, In, Int, Line, ListQuery, Name, Out, Phone, Query, Url

EmployeeId = Annotated[Name, Field(max_length=40, description="Unique in the school, ignoring case; made when absent", examples=["E-0017"])]
Experience = Annotated[Int, Field(ge=0, le=70, description="Years, when they joined")]


class Status(StrEnum):
    """Where a teacher stands: INACTIVE is one who has left, ON_LEAVE one who is away today."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    ON_LEAVE = "ON_LEAVE"


class Person(In):
    """Who the teacher is: kept with the account."""

    first_name: Annotated[Name | None, Field(examples=["Meera"])] = None
    last_name: Annotated[Name | None, Field(description="Null for a one-word name", examples=["Iyer"])] = None
    email: Annotated[Email | None, Field(examples=["meera.iyer@school.example"])] = None
    phone: Phone | None = None
    avatar: Url | None = None


class TeacherIn(Person):
    """A new teacher: a person who gets an account and an invitation, or an existing TEACHER user by `userId`."""

    user_id: Annotated[Id | None, Field(description="Instead of a person's names and e-mail address")] = None
    employee_id: EmployeeId | None = None
    department: Annotated[Line | None, Field(max_length=100)] = None
    qualification: Annotated[Line, Field(min_length=1, examples=["M.Sc., B.Ed."])]
    experience: Experience = 0
    specialization: Line | None = None
    join_date: Annotated[Date | None, Field(description="Today where it is absent")] = None
    salary: Amount | None = None


class TeacherChange(Person):
    """The fields of a teacher to change, of the profile and of the account."""

    employee_id: EmployeeId | None = None
    department: Annotated[Line | None, Field(max_length=100)] = None
    qualification: Annotated[Line | None, Field(min_length=1)] = None
    experience: Experience | None = None
    specialization: Line | None = None
    join_date: Date | None = None
    exit_date: Annotated[Date | None, Field(description="Only of a teacher who has left: the last day at the school")] = None
    salary: Amount | None = None
    status: Annotated[
        Status | None,
        Field(description="ON_LEAVE begins a leave today, ACTIVE ends it today or brings back who has left, INACTIVE is leaving"),
    ] = None


PERSON = frozenset(Person.model_fields)
CLEARABLE = ("last_name", "phone", "avatar", "department", "specialization", "exit_date", "salary")


class LeaveIn(In):
    """Days on which a teacher is away, both inclusive."""

    from_: Annotated[Date, Field(alias="from")]
    until: Annotated[Date | None, Field(description="Absent where it is not known yet")] = None
    reason: Annotated[Line | None, Field(max_length=200)] = None


class LeaveChange(In):
    """The fields of a leave to change."""

    from_: Annotated[Date | None, Field(alias="from")] = None
    until: Date | None = None
    reason: Annotated[Line | None, Field(max_length=200)] = None


class LeaveOut(Out):
    """A leave."""

    id: str
    from_: Annotated[str, Field(alias="from")]
    until: str | None = None
    reason: str | None = None


class TeacherRow(Out):
    """A teacher in a list. Where only an account was made, the profile's fields are null and `version` is 0."""

    id: Annotated[str, Field(description="The user's id")]
    user_id: str
    school_id: str
    employee_id: str | None = None
    first_name: str
    last_name: str | None = None
    email: str
    avatar: str | None = None
    department: str | None = None
    qualification: str | None = None
    experience: int | None = None
    specialization: str | None = None
    join_date: Annotated[str | None, Field(description="Null to colleagues")] = None
    phone: Annotated[str | None, Field(description="Null to colleagues")] = None
    status: Status
    profile_complete: Annotated[bool, Field(description="Whether there is a profile; PUT completes one that is missing")]
    version: int
    created_at: str | None = None
    updated_at: str | None = None


class TeacherOut(TeacherRow):
    """A teacher. What is private is null to colleagues."""

    exit_date: str | None = None
    account_status: Annotated[str | None, Field(description="ACTIVE, SUSPENDED or INACTIVE; null to colleagues")] = None
    invited: Annotated[bool | None, Field(description="Whether an invitation is still open; null to colleagues")] = None
    salary: Annotated[Money | None, Field(description="To admins and the teacher alone")] = None
    leaves: Annotated[list[LeaveOut] | None, Field(description="By their first day; null to colleagues")] = None


SORTABLE = (
    "firstName", "lastName", "email", "employeeId", "department", "qualification", "experience", "specialization", "status", "createdAt",
    "updatedAt",
)  # fmt: skip
SORTABLE_BY_ADMINS = (*SORTABLE, "joinDate", "phone")


class TeacherList(ListQuery):
    """Filters of the list of teachers. Without a status it shows those who are at the school: ACTIVE and ON_LEAVE."""

    status: Status | None = None
    department: Annotated[Line | None, Field(max_length=100, description="Ignoring case and accents")] = None


class Leaving(Query):
    """Whether a teacher leaves also where something is still theirs."""

    force: Annotated[bool, Field(description="Go on although classes or subjects are still theirs; these keep the name")] = False

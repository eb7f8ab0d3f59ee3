"""The fields of a student on the wire: one place for the students' own routes and for imports."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from shared.http.schema import Email, Id, In, Line, Name, Phone

Number = Annotated[Name, Field(max_length=40, description="Unique in the school, ignoring case; made when absent", examples=["R-00017"])]


class Gender(StrEnum):
    """A student's gender."""

    MALE = "MALE"
    FEMALE = "FEMALE"
    OTHER = "OTHER"


class BloodGroup(StrEnum):
    """A blood group of the ABO and Rhesus systems; null where it is not known."""

    A_POSITIVE = "A+"
    A_NEGATIVE = "A-"
    B_POSITIVE = "B+"
    B_NEGATIVE = "B-"
    AB_POSITIVE = "AB+"
    AB_NEGATIVE = "AB-"
    O_POSITIVE = "O+"
    O_NEGATIVE = "O-"


class ParentRelation(StrEnum):
    """What the parent or guardian is to the student."""

    FATHER = "FATHER"
    MOTHER = "MOTHER"
    GUARDIAN = "GUARDIAN"


class Status(StrEnum):
    """Where a student stands. ACTIVE and SUSPENDED students have a seat in their class."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    GRADUATED = "GRADUATED"
    SUSPENDED = "SUSPENDED"
    TRANSFERRED = "TRANSFERRED"


class OptionalFields(In):
    """What a student may have, and may lack."""

    last_name: Annotated[Name | None, Field(description="Null for a one-word name", examples=["O'Brien"])] = None
    blood_group: BloodGroup | None = None
    email: Email | None = None
    phone: Phone | None = None
    address_street: Line | None = None
    address_city: Annotated[Line | None, Field(max_length=100)] = None
    address_state: Annotated[Line | None, Field(max_length=100)] = None
    address_zip: Annotated[Line | None, Field(max_length=20)] = None
    parent_name: Name | None = None
    parent_phone: Phone | None = None
    parent_email: Email | None = None
    parent_relation: ParentRelation | None = None
    emergency_contact_name: Name | None = None
    emergency_contact_phone: Phone | None = None
    emergency_contact_relation: Annotated[Line | None, Field(max_length=50)] = None
    user_id: Annotated[Id | None, Field(description="The student's own login, a STUDENT_PARENT user of the school")] = None

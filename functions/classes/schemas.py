"""The wire of classes and subjects."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from shared.http.schema import Id, In, Int, Line, Lines, ListQuery, Name, Out

Capacity = Annotated[Int, Field(ge=1, le=1000, description="Seats")]
AcademicYear = Annotated[Name, Field(max_length=20, description="For example `2026-2027`", examples=["2026-2027"])]
Section = Annotated[Name, Field(max_length=20, examples=["A"])]
Grade = Annotated[Name, Field(max_length=20, examples=["10"])]


class Status(StrEnum):
    """Whether a record is in use."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"


class ClassIn(In):
    """A new class."""

    name: Annotated[Name, Field(examples=["Class 10"])]
    section: Section
    grade: Grade
    academic_year: AcademicYear | None = None
    capacity: Capacity
    room_number: Annotated[Line | None, Field(max_length=20)] = None
    class_teacher_id: Id | None = None


class ClassChange(In):
    """The fields of a class to change."""

    name: Name | None = None
    section: Section | None = None
    grade: Grade | None = None
    academic_year: AcademicYear | None = None
    capacity: Capacity | None = None
    room_number: Annotated[Line | None, Field(max_length=20)] = None
    class_teacher_id: Id | None = None
    status: Status | None = None


class ClassOut(Out):
    """A class."""

    id: str
    school_id: str
    name: str
    section: str
    grade: str
    academic_year: str
    capacity: int
    room_number: str | None = None
    class_teacher_id: str | None = None
    status: Status
    version: int
    created_at: str | None = None
    updated_at: str | None = None


class ClassList(ListQuery):
    """Filters of the list of classes."""

    grade: Line | None = None
    section: Line | None = None
    academic_year: Line | None = None
    class_teacher_id: Id | None = None
    status: Status | None = None


STUDENT_SORTABLE = ("rollNumber", "admissionNumber", "firstName", "lastName", "dateOfBirth", "gender", "admissionDate", "status")


class ClassStudents(ListQuery):
    """Filters of a class's students."""

    status: Annotated[Line | None, Field(max_length=20)] = None


class ClassStudentRow(Out):
    """A student in the list of a class."""

    id: str
    admission_number: str
    roll_number: str
    first_name: str
    last_name: str | None = None
    date_of_birth: str
    gender: str
    class_id: str
    section: str
    admission_date: str
    status: str
    version: int


class AssignTeacher(In):
    """Who leads the class; null takes the class teacher away."""

    teacher_id: Id | None


class SubjectIn(In):
    """A new subject."""

    name: Annotated[Name, Field(examples=["Mathematics"])]
    code: Annotated[Line | None, Field(max_length=20, examples=["MATH101"])] = None
    description: Lines | None = None


class SubjectChange(In):
    """The fields of a subject to change."""

    name: Name | None = None
    code: Annotated[Line | None, Field(max_length=20)] = None
    description: Lines | None = None
    status: Status | None = None


class SubjectOut(Out):
    """A subject."""

    id: str
    school_id: str
    name: str
    code: str | None = None
    description: str | None = None
    status: Status
    version: int
    created_at: str | None = None
    updated_at: str | None = None


class SubjectList(ListQuery):
    """Filters of the list of subjects."""

    status: Status | None = None


class ClassSubjectIn(In):
    """A subject to teach in the class."""

    subject_id: Id
    teacher_id: Id | None = None
    weekly_hours: Annotated[Int | None, Field(ge=0, le=60)] = None


class ClassSubjectChange(In):
    """What to change of a subject in the class."""

    teacher_id: Id | None = None
    weekly_hours: Annotated[Int | None, Field(ge=0, le=60)] = None


class ClassSubjectOut(Out):
    """A subject taught in a class."""

    id: str
    class_id: str
    subject_id: str
    teacher_id: str | None = None
    weekly_hours: int | None = None
    version: int


class ClassSubjectRow(ClassSubjectOut):
    """A subject taught in a class, with the subject's and the teacher's names."""

    subject_name: str
    subject_code: str | None = None
    teacher_name: str | None = None

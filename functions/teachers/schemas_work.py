"""The wire of what teachers do: their classes, subjects and schedule, and handing them over."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from shared.http.schema import Deletion, Id, In, Line, Out, Query

AcademicYear = Annotated[Line | None, Field(max_length=20, description="For example `2026-2027`; the school's present one where absent")]


class OfYear(Query):
    """Which academic year."""

    academic_year: AcademicYear = None


class OpenYears(Query):
    """Which academic years."""

    academic_year: Annotated[Line | None, Field(max_length=20, description="The present one and those after it where absent")] = None


class TaughtOut(Out):
    """A subject that the teacher teaches in a class."""

    class_subject_id: str
    subject_id: str
    subject_name: str
    subject_code: str | None = None
    weekly_hours: int | None = None


class TeacherClass(Out):
    """A class that the teacher leads or teaches in."""

    id: str
    name: str
    section: str
    grade: str
    academic_year: str
    room_number: str | None = None
    is_class_teacher: bool
    subjects: list[TaughtOut]


class SubjectClass(Out):
    """A class in which the teacher teaches a subject."""

    class_subject_id: str
    class_id: str
    class_name: str
    section: str
    grade: str
    weekly_hours: int | None = None


class TeacherSubject(Out):
    """A subject that the teacher teaches, and where."""

    id: str
    name: str
    code: str | None = None
    weekly_hours: Annotated[int, Field(description="Over all classes")]
    classes: list[SubjectClass]


class Day(StrEnum):
    """A day of the week."""

    MONDAY = "MONDAY"
    TUESDAY = "TUESDAY"
    WEDNESDAY = "WEDNESDAY"
    THURSDAY = "THURSDAY"
    FRIDAY = "FRIDAY"
    SATURDAY = "SATURDAY"
    SUNDAY = "SUNDAY"


class ScheduleQuery(OfYear):
    """Which part of the schedule."""

    day_of_week: Day | None = None
    term: Annotated[Line | None, Field(max_length=20)] = None


class SchedulePeriod(Out):
    """A period of the timetable: from its start up to, not including, its end."""

    id: str
    day_of_week: Day
    start_time: Annotated[str, Field(examples=["09:00"])]
    end_time: Annotated[str, Field(examples=["09:45"])]
    class_id: str
    class_name: str
    section: str
    subject_id: str
    subject_name: str
    room_number: str | None = None
    academic_year: str
    term: str | None = None


class HeldClass(Out):
    """A class that the teacher leads."""

    id: str
    name: str
    section: str
    grade: str
    academic_year: str


class HeldSubject(Out):
    """A subject that the teacher teaches in a class."""

    id: Annotated[str, Field(description="Of the subject in the class")]
    class_id: str
    class_name: str
    section: str
    academic_year: str
    subject_id: str
    subject_name: str
    weekly_hours: int | None = None


class Holdings(Out):
    """What is a teacher's, by academic year and class."""

    teacher_id: str
    classes: list[HeldClass]
    class_subjects: list[HeldSubject]


class GivenClass(In):
    """Who leads a class from now on."""

    class_id: Id
    teacher_id: Id


class GivenSubject(In):
    """Who teaches a subject in a class from now on."""

    class_subject_id: Id
    teacher_id: Id


class HandoverIn(In):
    """Who gets what: single classes and subjects by name, and `teacherId` all the rest."""

    teacher_id: Annotated[Id | None, Field(description="Who gets everything that is not named below")] = None
    academic_year: Annotated[Line | None, Field(max_length=20, description="The present one and those after it where absent")] = None
    classes: Annotated[list[GivenClass], Field(max_length=500)] = Field(default_factory=list)
    class_subjects: Annotated[list[GivenSubject], Field(max_length=500)] = Field(default_factory=list)


class HandoverOut(Out):
    """What was given, what somebody else had got meanwhile, and what is still the teacher's."""

    teacher_id: str
    classes_given: int
    class_subjects_given: int
    passed_over: Annotated[list[str], Field(description="Ids of what was no longer the teacher's to give")]
    left: Holdings


class TeacherDeletion(Deletion):
    """Which of the two was done (rule G10), and what still bears the teacher's name."""

    left: Holdings

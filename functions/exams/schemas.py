"""The wire of exam results."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field, WithJsonSchema

from shared.http.schema import Id, Line, ListQuery, Out

Marks = Annotated[Decimal, WithJsonSchema({"type": "number"})]


class StudentResults(ListQuery):
    """Filters of a student's results."""

    academic_year: Annotated[Line | None, Field(max_length=20)] = None
    exam_id: Id | None = None


class ResultRow(Out):
    """A student's result in one paper of an exam; only approved ones are shown to parents (rule E4)."""

    id: str
    exam_id: str
    exam_subject_id: str
    student_id: str
    marks_obtained: Annotated[Marks | None, Field(description="Null where the student was absent or exempt")] = None
    max_marks: Marks
    grade: str | None = None
    status: str
    remarks: str | None = None


SORTABLE = ("grade", "marksObtained", "status")

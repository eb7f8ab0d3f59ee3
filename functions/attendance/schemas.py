"""The wire of attendance."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from shared.http.schema import Date, ListQuery, Out


class AttendanceStatus(StrEnum):
    """How a student was on a day."""

    PRESENT = "PRESENT"
    ABSENT = "ABSENT"
    LATE = "LATE"
    HALF_DAY = "HALF_DAY"
    EXCUSED = "EXCUSED"


class StudentAttendance(ListQuery):
    """Filters of a student's days."""

    date_from: Date | None = None
    date_to: Date | None = None
    status: AttendanceStatus | None = None


class AttendanceRow(Out):
    """A student's day."""

    student_id: str
    class_id: str
    date: str
    status: AttendanceStatus
    marked_by: Annotated[str | None, Field(description="The user who marked it")] = None
    remarks: str | None = None


SORTABLE = ("date", "status")

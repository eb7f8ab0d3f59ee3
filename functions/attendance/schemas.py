"""The wire of attendance."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, WithJsonSchema

from shared.http.schema import Date, Id, In, Line, ListQuery, Out, Query

CSV = "text/csv"


class AttendanceStatus(StrEnum):
    """How a student was on a day."""

    PRESENT = "PRESENT"
    ABSENT = "ABSENT"
    LATE = "LATE"
    HALF_DAY = "HALF_DAY"
    EXCUSED = "EXCUSED"


Remarks = Annotated[Line | None, Field(max_length=200, examples=["Bus was late"])]
Reason = Annotated[
    Line | None, Field(min_length=3, max_length=200, examples=["The paper register was found"], description="For days further back")
]
Percent = Annotated[
    Decimal | None,
    Field(description="(present + late + 0.5 × halfDay) / totalDays × 100, two decimals; null where nothing is marked"),
    WithJsonSchema({"anyOf": [{"type": "number", "minimum": 0, "maximum": 100}, {"type": "null"}]}),
]
Explain = Annotated[bool, Field(description="Say the rule of each percentage and the numbers that went in")]
Explanation = Annotated[dict[str, Any] | None, Field(description="The rule, the numbers that went in, and the days that do not count")]


class MarkRecord(In):
    """How one student was."""

    student_id: Id
    status: AttendanceStatus
    remarks: Remarks = None


class MarkIn(In):
    """The marks of a class on a day. Who is not named keeps the mark that is there."""

    class_id: Id
    date: Date
    records: Annotated[list[MarkRecord], Field(min_length=1, max_length=200)]
    reason: Reason = None


class AttendanceChange(In):
    """What to correct of a mark."""

    status: Annotated[AttendanceStatus | None, Field(examples=["LATE"])] = None
    remarks: Remarks = None
    reason: Reason = None


class Totals(Out):
    """How often each status stands, and the percentage (rule T3)."""

    total_days: Annotated[int, Field(description="Marked days: every status counts, holidays never")]
    present: int
    absent: int
    late: int
    half_day: int
    excused: int
    percentage: Percent = None


class ExplainQuery(Query):
    """Whether to say how percentages are reckoned."""

    explain: Explain = False


class Marked(Totals):
    """A register after it was marked; the totals are those of the day."""

    class_id: str
    date: str
    version: int
    changed: Annotated[int, Field(description="Marks that are new or different")]
    explain: Explanation = None


class AttendanceRow(Out):
    """A student's day."""

    id: str
    school_id: str
    student_id: str
    student_name: str | None = None
    roll_number: str | None = None
    class_id: str
    date: str
    status: AttendanceStatus
    marked_by: Annotated[str, Field(description="The user who set it last")]
    remarks: str | None = None
    version: Annotated[int, Field(description="The register's version, for If-Match")]
    created_at: str
    updated_at: Annotated[str, Field(description="When it was marked; by the phone's clock where a phone marked it offline")]


class AttendanceOut(AttendanceRow):
    """A student's day."""


class Unmarked(Out):
    """A student of the class who is not marked yet."""

    student_id: str
    student_name: str
    roll_number: str


class RegisterOut(Totals):
    """The register of a class and day, with everybody who is in the class on that day."""

    class_id: str
    date: str
    version: Annotated[int, Field(description="0 while nothing is marked")]
    marked: bool
    markable: Annotated[bool, Field(description="Whether the caller may mark this day (an admin may need a reason)")]
    holiday: str | None = None
    not_markable_because: str | None = None
    records: list[AttendanceOut]
    unmarked: list[Unmarked]
    explain: Explanation = None


class Span(ListQuery):
    """A list over some days: `date`, or `dateFrom` to `dateTo`, both inclusive, no more than 366 days."""

    date_from: Date | None = None
    date_to: Date | None = None
    status: AttendanceStatus | None = None


class AttendanceList(Span):
    """Filters of the marks; today's unless days are given. `search` looks for students by name or number."""

    date: Annotated[Date | None, Field(description="One day")] = None
    class_id: Id | None = None
    section: Line | None = None
    student_id: Id | None = None


class StudentAttendance(Span):
    """Filters of a student's days; those of the academic year unless days are given."""


class SummaryQuery(Query):
    """The days to sum up; the academic year up to today unless days are given."""

    date_from: Date | None = None
    date_to: Date | None = None
    explain: Explain = False


class StudentSummary(Totals):
    """A student's attendance."""

    student_id: str
    date_from: str
    date_to: str
    low: Annotated[bool, Field(description="Whether it is below what the school calls low")]
    explain: Explanation = None


class StudentTotals(Totals):
    """A student in the summary of a class."""

    student_id: str
    student_name: str | None = None
    roll_number: str | None = None
    low: bool
    explain: Explanation = None


class ClassSummary(Totals):
    """A class's attendance: the totals of all its students' marked days, and each student's own."""

    class_id: str
    date_from: str
    date_to: str
    registers: Annotated[int, Field(description="Days on which the class was marked")]
    students: list[StudentTotals]
    explain: Explanation = None


class ReportBy(StrEnum):
    """What a row of the report stands for."""

    CLASS = "class"
    STUDENT = "student"
    DAY = "day"
    RECORD = "record"


class ReportFilters(Span):
    """Filters of the report: the academic year up to today unless days are given."""

    by: Annotated[ReportBy, Field(description="What a row stands for")] = ReportBy.CLASS
    class_id: Id | None = None
    section: Line | None = None
    student_id: Id | None = None


class ReportQuery(ReportFilters):
    """Filters of the report, and how it is answered."""

    format: Annotated[str, Field(pattern="^(json|csv)$", description="`json`, page by page, or `csv`, whole")] = "json"
    explain: Explain = False


class ReportExport(ReportFilters):
    """Filters of the report that is exported whole."""


class ReportRow(Out):
    """A row of the report. What does not belong to such a row is null."""

    class_id: str | None = None
    class_name: str | None = None
    section: str | None = None
    student_id: str | None = None
    student_name: str | None = None
    roll_number: str | None = None
    date: str | None = None
    id: Annotated[str | None, Field(description="The mark, in a row for each record")] = None
    status: AttendanceStatus | None = None
    marked_by: str | None = None
    remarks: str | None = None
    registers: Annotated[int | None, Field(description="Registers that were marked, in a row for a class or a day")] = None
    total_days: int | None = None
    present: int | None = None
    absent: int | None = None
    late: int | None = None
    half_day: int | None = None
    excused: int | None = None
    percentage: Percent = None
    explain: Explanation = None


class StoredFile(Out):
    """A file too large for an answer: where it lies."""

    url: str
    filename: str
    expires_at: str


SORTABLE = ("date", "status")

"""The wire of analytics. Amounts are exact, in the school's currency; rates are percentages with two decimals."""

from typing import Annotated, Any

from pydantic import Field

from functions.dashboards.schemas import Amount, MethodTotal, Rate
from shared.http.schema import Date, Id, Line, Out, Query


class Range(Query):
    """A range of days; both are in it."""

    date_from: Annotated[Date | None, Field(description="First day; the academic year's where it is absent")] = None
    date_to: Annotated[Date | None, Field(description="Last day; today where it is absent")] = None


class StudentAnalyticsQuery(Range):
    """Filters of the students that are counted."""

    class_id: Id | None = None
    grade: Annotated[Line | None, Field(max_length=20)] = None


class Count(Out):
    """How many students."""

    key: str
    label: str
    students: int


class MonthCount(Out):
    """Enrolment in a month."""

    month: str
    admitted: int
    left: int
    enrolled: Annotated[int, Field(description="At the month's end, or today")]


class StudentAnalytics(Out):
    """Enrolment."""

    date_from: str
    date_to: str
    total: int
    by_month: list[MonthCount]
    by_class: list[Count]
    by_grade: list[Count]
    by_gender: list[Count]
    by_status: list[Count]


class AttendanceAnalyticsQuery(Range):
    """Filters of the attendance that is counted."""

    class_id: Id | None = None
    grade: Annotated[Line | None, Field(max_length=20)] = None
    gender: Annotated[bool, Field(description="Also by gender, which goes through every student's marks and takes longer")] = False


class AttendanceGroup(Out):
    """Marked student days, by status."""

    key: str
    label: str
    total_days: int
    present: int
    absent: int
    late: int
    half_day: int
    excused: int
    percentage: Rate = None


class AttendanceAnalytics(Out):
    """Attendance."""

    date_from: str
    date_to: str
    total: AttendanceGroup
    by_month: list[AttendanceGroup]
    by_weekday: list[AttendanceGroup]
    by_class: list[AttendanceGroup]
    by_grade: list[AttendanceGroup]
    by_gender: Annotated[list[AttendanceGroup] | None, Field(description="Null unless `gender=true`")] = None


class FeeAnalyticsQuery(Query):
    """Filters of the fees that are counted."""

    academic_year: Annotated[Line | None, Field(max_length=20, description="The school's present one where it is absent")] = None
    class_id: Id | None = None
    grade: Annotated[Line | None, Field(max_length=20)] = None


class FeeGroup(Out):
    """Fees of a group."""

    key: str
    label: str
    fees: int
    total_fees: Amount
    total_paid: Amount
    total_due: Amount
    overdue: Annotated[Amount | None, Field(description="Null by gender")] = None
    collection_rate: Rate = None


class CollectedMonth(Out):
    """What came in during a month, by method."""

    month: str
    amount: Amount
    by_method: list[MethodTotal]


class FeeAnalytics(Out):
    """Fees."""

    academic_year: str
    currency: str
    total: FeeGroup
    by_month: Annotated[list[FeeGroup], Field(description="By the month in which fees are due")]
    by_class: list[FeeGroup]
    by_grade: list[FeeGroup]
    by_gender: list[FeeGroup]
    collected_by_month: list[CollectedMonth]


class PerformanceQuery(Query):
    """Filters of the results."""

    class_id: Id | None = None
    academic_year: Annotated[Line | None, Field(max_length=20)] = None


class PerformanceAnalytics(Out):
    """Approved results by class and subject; empty while the school has no exams."""

    academic_year: str
    exams: int
    by_class: list[dict[str, Any]]
    by_subject: list[dict[str, Any]]

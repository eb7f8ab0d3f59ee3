"""The wire of dashboards. Amounts are exact, in the school's currency; rates are percentages with two decimals."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, WithJsonSchema

from shared.http.schema import Id, Out, Query

Amount = Annotated[Decimal, WithJsonSchema({"type": "number"})]
Rate = Annotated[
    Decimal | None,
    WithJsonSchema({"anyOf": [{"type": "number", "minimum": 0, "maximum": 100}, {"type": "null"}]}),
    Field(description="Per cent with two decimals; null where nothing was counted", examples=[91.25]),
]


class AlertKind(StrEnum):
    """What an alert is about."""

    LOW_ATTENDANCE = "LOW_ATTENDANCE"
    OVERDUE_FEES = "OVERDUE_FEES"
    REGISTERS_NOT_MARKED = "REGISTERS_NOT_MARKED"


class Alert(Out):
    """A fact to act on."""

    kind: AlertKind
    message: str
    count: int
    amount: Amount | None = None
    items: Annotated[list[dict[str, Any]], Field(description="The first few of what is meant, each with its id")] = Field(
        default_factory=list
    )


class Activity(Out):
    """Something that was done in the school."""

    id: str
    at: str
    action: str
    module: str
    entity_type: str
    entity_id: str | None = None
    count: int
    user_id: str | None = None
    user_name: str | None = None


class TodayAttendance(Out):
    """How far today's registers are."""

    school_day: Annotated[bool, Field(description="Whether there is school today")]
    classes: int
    marked: int
    present: int
    absent: int
    late: int
    half_day: int
    excused: int
    rate: Rate = None


class SchoolDashboard(Out):
    """How a school stands."""

    as_of: str
    date: str
    currency: str
    total_students: int
    total_teachers: int
    total_classes: int
    total_revenue: Annotated[Amount, Field(description="Collected in this academic year, reversals taken off")]
    pending_admissions: int
    attendance_rate: Annotated[Rate, Field(description="Of this month so far")] = None
    fee_collection_rate: Annotated[Rate, Field(description="Paid of what was charged for this academic year")] = None
    fees_open: Amount
    fees_overdue: Amount
    upcoming_events: int
    today: TodayAttendance
    recent_activities: list[Activity]
    alerts: list[Alert]


class OwnClass(Out):
    """A class of a teacher, today."""

    id: str
    name: str
    section: str
    class_teacher: bool
    students: int
    register_marked: Annotated[bool | None, Field(description="Null where there is no school today")]
    present: int
    absent: int
    attendance_rate: Annotated[Rate, Field(description="Of this month so far")] = None


class LowAttendance(Out):
    """A student whose attendance is below the school's threshold."""

    student_id: str
    name: str
    class_id: str
    percentage: Rate
    marked_days: int


class HolidayRow(Out):
    """A holiday that begins soon, or is now."""

    name: str
    start_date: str
    end_date: str


class TeacherQuery(Query):
    """Whose dashboard: the caller's own, or for admins a teacher's."""

    teacher_id: Annotated[Id | None, Field(description="For admins: the teacher")] = None


class TeacherDashboard(Out):
    """A teacher's day."""

    as_of: str
    date: str
    school_day: bool
    classes: list[OwnClass]
    schedule: Annotated[list[dict[str, Any]], Field(description="Today's lessons; empty until the timetable exists")]
    low_attendance: list[LowAttendance]
    unread_notices: int
    holidays: list[HolidayRow]


class MethodTotal(Out):
    """What was collected by a method."""

    method: str
    count: Annotated[int | None, Field(description="Payments and reversals; null where only their sum is kept")] = None
    amount: Amount


class OverdueClass(Out):
    """A class with overdue fees."""

    class_id: str
    label: str
    amount: Amount
    fees: int


class RecentPayment(Out):
    """A payment that came in lately."""

    id: str
    receipt_number: str
    amount: Amount
    method: str
    payment_date: str
    received_by: str | None = None


class AccountantDashboard(Out):
    """The money."""

    as_of: str
    date: str
    currency: str
    collected_today: Amount
    collected_today_by_method: list[MethodTotal]
    collected_this_month: Amount
    total_fees: Amount
    total_paid: Amount
    total_due: Amount
    collection_rate: Rate = None
    overdue: Amount
    overdue_fees: int
    most_overdue: Annotated[
        list[OverdueClass], Field(description="The classes with the most overdue; the students by GET /api/fees/overdue")
    ]
    due_in_seven_days: Annotated[Amount, Field(description="Still open of what is due from today on")]
    recent_payments: list[RecentPayment]


class FamilyQuery(Query):
    """Whose dashboard: of the caller's own children, or of one student who is named."""

    student_id: Id | None = None


class ChildDashboard(Out):
    """A child's day. What the viewer's link does not open is null."""

    student_id: str
    first_name: str
    last_name: str | None = None
    class_id: str
    class_name: str | None = None
    section: str
    attendance_today: str | None = None
    attendance_percentage: Annotated[Rate, Field(description="Of this academic year")] = None
    absences_this_month: int | None = None
    fees_open: Amount | None = None
    fees_overdue: Amount | None = None
    next_due_date: str | None = None
    next_due_amount: Amount | None = None
    results: Annotated[list[dict[str, Any]], Field(description="The latest approved results; empty while there are none")] = Field(
        default_factory=list
    )


class FamilyDashboard(Out):
    """A family's morning."""

    as_of: str
    date: str
    school_day: bool
    currency: str
    children: list[ChildDashboard]
    unread_notices: int
    holidays: list[HolidayRow]

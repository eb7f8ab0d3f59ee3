"""The school's dashboard: how it stands, and what to act on."""

from datetime import date
from decimal import Decimal

from functions.dashboards import activity, alerts, attendance_figures, enrolment_figures, rules, schemas
from shared import clock, fee_totals
from shared.auth.caller import Caller
from shared.auth.permissions import Role
from shared.entities.admissions import PENDING
from shared.lists import ADMISSIONS, CLASSES, USERS
from shared.money import format_plain


def reckon(caller: Caller, today: date) -> schemas.SchoolDashboard:
    """The figures of this moment."""
    school_id, currency = caller.school_id, caller.school.currency
    year = caller.school.academic_year["name"]
    classes = {i: c for i, c in CLASSES.recent(school_id).items() if c["academicYear"] == year and c["status"] == "ACTIVE"}
    fees = fee_totals.classes_of(caller.school)
    sums = fee_totals.figures_of(fees, today.isoformat())
    collected = sum((c.amount for f in fees for c in f.collected), Decimal(0))
    attendance = attendance_figures.of_month(caller, today)
    registers = attendance_figures.of_day(caller, attendance, today, classes)
    return schemas.SchoolDashboard(
        as_of=clock.stamp(),
        date=today.isoformat(),
        currency=currency,
        total_students=len(enrolment_figures.present_students(school_id)),
        total_teachers=sum(1 for u in USERS.recent(school_id).values() if u["role"] == Role.TEACHER and u["status"] == "ACTIVE"),
        total_classes=len(classes),
        total_revenue=Decimal(format_plain(collected, currency)),
        pending_admissions=sum(1 for a in ADMISSIONS.recent(school_id).values() if a["status"] in PENDING),
        attendance_rate=attendance_figures.percentage(attendance.total),
        fee_collection_rate=rules.rate(sums.paid, sums.net),
        fees_open=Decimal(format_plain(sums.open, currency)),
        fees_overdue=Decimal(format_plain(sums.overdue, currency)),
        upcoming_events=0,  # no calendar of events is kept yet
        today=registers,
        recent_activities=activity.recent(school_id),
        alerts=alerts.of_school(caller, today, fees, attendance, classes),
    )

"""Facts to act on: low attendance, overdue fees, registers that are not marked."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from functions.dashboards import accountant, attendance_figures, days, schemas
from shared import clock, fee_totals
from shared.auth.caller import Caller
from shared.money import format_plain
from shared.school_settings import SchoolSettings

_SHOWN = 10


def of_school(
    caller: Caller,
    today: date,
    fees: Sequence[fee_totals.ClassFees],
    attendance: attendance_figures.Month,
    classes: Mapping[str, Any],
) -> list[schemas.Alert]:
    """The school's alerts, those of the day first."""
    found = [
        registers_not_marked(caller, today, attendance, classes),
        low_attendance(caller),
        overdue_fees(caller, today, fees),
    ]
    return [alert for alert in found if alert is not None]


def registers_due(caller: Caller, today: date) -> bool:
    """Whether today's registers should be marked by now."""
    due = SchoolSettings.of(caller.school).attendance.registers_due_at
    return days.is_school_day(caller, today) and f"{clock.now().astimezone(ZoneInfo(caller.school.timezone)):%H:%M}" >= due


def registers_not_marked(
    caller: Caller, today: date, attendance: attendance_figures.Month, classes: Mapping[str, Any]
) -> schemas.Alert | None:
    """The classes whose register of today is missing although it is due."""
    if not registers_due(caller, today):
        return None
    marked = attendance.marked_on(today.isoformat())
    missing = [c for i, c in classes.items() if i not in marked]
    if not missing:
        return None
    items = [{"classId": c["id"], "label": f"{c['name']} {c['section']}".strip()} for c in missing[:_SHOWN]]
    text = f"{len(missing)} of {len(classes)} registers of today are not marked"
    return schemas.Alert(kind=schemas.AlertKind.REGISTERS_NOT_MARKED, message=text, count=len(missing), items=items)


def low_attendance(caller: Caller) -> schemas.Alert | None:
    """The students whose attendance of the academic year is below the school's threshold."""
    low = attendance_figures.low(caller)
    if not low:
        return None
    below = SchoolSettings.of(caller.school).attendance.low_percentage
    items: list[dict[str, Any]] = [
        {"studentId": s.student_id, "label": s.name, "classId": s.class_id, "percentage": s.percentage} for s in low[:_SHOWN]
    ]
    text = f"{len(low)} students have an attendance below {below:f} %"
    return schemas.Alert(kind=schemas.AlertKind.LOW_ATTENDANCE, message=text, count=len(low), items=items)


def overdue_fees(caller: Caller, today: date, fees: Sequence[fee_totals.ClassFees]) -> schemas.Alert | None:
    """What should have been paid before today."""
    sums = fee_totals.figures_of(fees, today.isoformat())
    if not sums.overdue:
        return None
    amount = Decimal(format_plain(sums.overdue, caller.school.currency))
    worst = accountant.most_overdue(caller, fees, today.isoformat())
    items: list[dict[str, Any]] = [{"classId": c.class_id, "label": c.label, "amount": c.amount, "fees": c.fees} for c in worst]
    text = f"{sums.overdue_fees} fees are overdue"
    return schemas.Alert(kind=schemas.AlertKind.OVERDUE_FEES, message=text, count=sums.overdue_fees, amount=amount, items=items)

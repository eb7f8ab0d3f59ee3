"""From registers to the wire."""

from decimal import Decimal
from typing import Any

from functions.attendance import calendar, schemas
from functions.attendance.repository import OpenRegister, Written
from shared.attendance_codes import STATUSES, Counts, explained, record_id
from shared.data.list_model import Row


def record(school_id: str, sheet: OpenRegister, slot: int, row: Row | None) -> schemas.AttendanceOut:
    """One mark of a register."""
    mark = sheet.marks[slot]
    return schemas.AttendanceOut(
        id=record_id(sheet.class_id, sheet.day, slot),
        school_id=school_id,
        student_id=mark.student_id,
        student_name=calendar.full_name(row) if row else None,
        roll_number=row["rollNumber"] if row else None,
        class_id=sheet.class_id,
        date=sheet.day,
        status=schemas.AttendanceStatus(STATUSES[mark.letter]),
        marked_by=mark.by,
        remarks=mark.remarks,
        version=sheet.version,
        created_at=mark.made_at,
        updated_at=mark.at,
    )


def marked(written: Written, *, explain: bool = False) -> schemas.Marked:
    """What a call of marking answers: small, for it may be kept under an idempotency key."""
    sheet = written.sheet
    counts = Counts.of(mark.letter for mark in sheet.marks)
    return schemas.Marked(
        class_id=sheet.class_id,
        date=sheet.day,
        version=sheet.version,
        changed=written.changed,
        explain=explanation(counts) if explain else None,
        **totals(counts),
    )


def totals(counts: Counts) -> dict[str, Any]:
    """The numbers of a summary, by Python name."""
    return {
        "total_days": counts.total,
        "present": counts.present,
        "absent": counts.absent,
        "late": counts.late,
        "half_day": counts.half_day,
        "excused": counts.excused,
        "percentage": counts.percentage,
    }


def explanation(counts: Counts, holidays: dict[str, str] | None = None, *, low: Decimal | None = None) -> dict[str, Any]:
    """The rule and the numbers of a percentage; the days that are not counted, with the holiday's name."""
    more: dict[str, Any] = {"notCounted": [{"date": day, "holiday": name} for day, name in sorted((holidays or {}).items())]}
    return explained(counts, **more, **({"lowBelow": low} if low is not None else {}))


def register(
    sheet: OpenRegister, records: list[schemas.AttendanceOut], unmarked: list[Row], holiday: str | None, closed: str | None
) -> schemas.RegisterOut:
    """A register with everybody in it."""
    counts = Counts.of(mark.letter for mark in sheet.marks)
    return schemas.RegisterOut(
        class_id=sheet.class_id,
        date=sheet.day,
        version=sheet.version,
        marked=bool(sheet.version),
        markable=closed is None,
        holiday=holiday,
        not_markable_because=closed,
        records=records,
        unmarked=[schemas.Unmarked(student_id=r["id"], student_name=calendar.full_name(r), roll_number=r["rollNumber"]) for r in unmarked],
        **totals(counts),
    )

"""The wire of a phone's batches."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, WithJsonSchema

from functions.attendance.schemas import AttendanceStatus, MarkRecord, Reason, Remarks
from shared.http.schema import Date, Id, In, Int, Line, Out


def _text_instant(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("An instant is written as ISO 8601, such as 2026-06-01T08:30:00.000Z")  # noqa: TRY004 - pydantic tells a ValueError as a finding
    return value


def _in_range(value: datetime) -> datetime:
    if not 1970 < value.year < 9999:
        raise ValueError("This instant lies out of range")
    return value


Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_text_instant),
    AfterValidator(_in_range),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


class SyncEntry(In):
    """What a phone marked: one student (`studentId`, `status`), or several (`records`)."""

    client_id: Annotated[Line, Field(min_length=1, max_length=64, examples=["phone-1-42"])]
    class_id: Id
    date: Date
    student_id: Id | None = None
    status: AttendanceStatus | None = None
    remarks: Remarks = None
    records: Annotated[list[MarkRecord] | None, Field(min_length=1, max_length=200)] = None
    marked_at: Annotated[Instant, Field(description="When it was marked, by the phone's clock")]
    base_version: Annotated[Int | None, Field(ge=0, description="The register's version that the phone had seen")] = None
    reason: Reason = None


class SyncIn(In):
    """A phone's batch, in any order; sending it again changes nothing."""

    entries: Annotated[list[SyncEntry], Field(min_length=1, max_length=500)]


class SyncOutcome(StrEnum):
    """What became of an entry."""

    APPLIED = "APPLIED"
    UNCHANGED = "UNCHANGED"
    CONFLICT = "CONFLICT"
    REFUSED = "REFUSED"


class SyncConflict(Out):
    """A mark that somebody else set after the phone's: it stays."""

    student_id: str
    status: AttendanceStatus
    marked_by: str
    marked_at: str


class SyncResult(Out):
    """What became of an entry."""

    client_id: str
    outcome: SyncOutcome
    version: Annotated[int | None, Field(description="The register's version now")] = None
    reason: str | None = None
    conflicts: list[SyncConflict] = Field(default_factory=list)


class SyncOut(Out):
    """What became of each entry, in their order."""

    results: list[SyncResult]

"""Makes a sheet anew within the request that changed an old day."""

from datetime import date

from functions.attendance import rollups
from shared.attendance_totals import fresh_from
from shared.data.unit_of_work import RetryWrite
from shared.observability import logger

_MARGIN = 2  # days: a change must not slip between the request and the moment from which readers rely on the sheet


def is_settled(day: date, today: date) -> bool:
    """Whether readers take the day from its month's sheet, or soon will."""
    return (day - fresh_from(today)).days < _MARGIN


def refresh(school_id: str, class_id: str, month: str) -> None:
    """Make the month anew. What was committed stays committed: where this fails, the journal's consumer does it within seconds."""
    try:
        rollups.rebuild(school_id, class_id, month)
    except Exception as error:  # noqa: BLE001 - the change itself is done and must be answered so
        kind = "it was busy" if isinstance(error, RetryWrite) else type(error).__name__
        logger().exception("a sheet was not made anew at once", extra={"school": school_id, "month": month, "why": kind})

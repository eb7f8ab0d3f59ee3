"""The daily job: makes the roll-ups of this month and the last from the registers, and says what differed."""

from datetime import date, timedelta
from typing import Any

from functions.attendance import rollups
from shared.entities.tenancy import School
from shared.jobs import worker
from shared.lists import CLASSES


def reconcile(school: School, day: date) -> dict[str, Any]:
    """Compare the roll-ups of two months with their registers and put right what differs, in numbers."""
    this = day.isoformat()[:7]
    last = (day.replace(day=1) - timedelta(days=1)).isoformat()[:7]
    told = {"classes": 0, "months": 0, "sheetsPutRight": 0, "countsPutRight": 0, "lowListsPutRight": 0}
    for class_id, row in CLASSES.all(school.id).items():
        told["classes"] += 1
        for month in (last, this):
            found = rollups.rebuild(school.id, class_id, month)
            told["months"] += 1
            told["sheetsPutRight"] += found.sheet
            told["countsPutRight"] += found.counts
        if row["academicYear"] == school.academic_year["name"]:
            told["lowListsPutRight"] += rollups.rebuild_low(school, class_id)
    return told


lambda_handler = worker("attendance", {"attendance-reconcile": reconcile})

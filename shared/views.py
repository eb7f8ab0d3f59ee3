"""Who looked at a child's record: noted while a request is answered, kept after the answer is made.

One write unit for a user, student and minute at most; a look that cannot be kept never fails the request. Kept as long as the audit log.
"""

import time
from collections import OrderedDict
from typing import TYPE_CHECKING

from shared import clock

if TYPE_CHECKING:  # Stored classes pull in PynamoDB, which a request that looks at nobody does not need.
    from shared.auth.caller import Caller
    from shared.http.request import Request

_SAME_LOOK = 60.0  # seconds within which a page and what it loads besides are one look
_REMEMBERED = 5_000
_DAY = 86_400

_kept: OrderedDict[tuple[str, str, str], float] = OrderedDict()


def forget() -> None:
    """Drop what this container remembers of looks."""
    _kept.clear()


def looked_at(student_id: str) -> None:
    """Note that the request's answer shows a student's record."""
    from shared.http.request import current_or_none

    request = current_or_none()
    if request is not None:
        request.looked_at.add(student_id)


def keep(request: "Request", caller: "Caller") -> None:
    """Keep the looks of a request that was answered. Those of writes are in the journal already."""
    if request.method != "GET" or caller.profile is None:
        return
    now = time.monotonic()
    for student_id in request.looked_at:
        key = (caller.school_id, student_id, caller.user_id)
        if now - _kept.get(key, -_SAME_LOOK) < _SAME_LOOK:
            continue
        _write(caller, student_id)
        _kept[key] = now
        _kept.move_to_end(key)
    while len(_kept) > _REMEMBERED:
        _kept.popitem(last=False)


def _write(caller: "Caller", student_id: str) -> None:
    from shared.data import in_place
    from shared.entities.audit import StudentView

    day = caller.today().isoformat()
    days = int((caller.school.settings or {}).get("retentionDays", 365))
    in_place.change(
        StudentView.key_of(school_id=caller.school_id, student_id=student_id, day=day, user_id=caller.user_id),
        "ADD looks :one SET #type = :type, schoolId = :school, studentId = :student, #day = :day, userId = :user, #role = :role, "
        "lastAt = :now, firstAt = if_not_exists(firstAt, :now), expiresAt = :expires",
        None,
        names={"#type": "type", "#day": "day", "#role": "role"},
        one=1,
        type=StudentView.__name__,
        school=caller.school_id,
        student=student_id,
        day=day,
        user=caller.user_id,
        role=str(caller.role),
        now=clock.stamp(),
        expires=clock.epoch() + days * _DAY,
    )

"""Employee ids that are made: in the school's format, in sequence, past those that were given by hand."""

from typing import Any

from shared import clock
from shared.data import counter, reader
from shared.entities.ground import Unique
from shared.entities.tenancy import School
from shared.errors import Conflict
from shared.numbering import format_number
from shared.school_settings import SchoolSettings

_COUNTER = "EMPLOYEE_ID"
_AHEAD = 50  # places that are looked at in one round trip
_ROUNDS = 40


def next_employee_id(school: School, kept: dict[str, Any]) -> str:
    """The next free employee id; two at once never get the same. A change that fails leaves a gap.

    `kept` lives as long as the request: deciding it again draws no other id while the first is free.
    """
    before: str | None = kept.get(_COUNTER)
    if before is None or not _free(school.id, [before]):
        before = kept[_COUNTER] = _draw(school)
    return before


def _draw(school: School) -> str:
    pattern, today = SchoolSettings.of(school).numbering.employee_id, clock.today(school.timezone)
    for _ in range(_ROUNDS):
        place = counter.take(school.id, _COUNTER)
        if _free(school.id, [format_number(pattern, place, today)]):
            return format_number(pattern, place, today)
        ahead = [format_number(pattern, place + step, today) for step in range(1, _AHEAD + 1)]
        free = set(_free(school.id, ahead))
        skipped = next((step for step, value in enumerate(ahead) if value in free), _AHEAD)
        if skipped:
            counter.take(school.id, _COUNTER, skipped)  # the next round draws the free one, unless another is quicker
    raise Conflict.of("employeeId", "No free employee id was found: give one, or change the school's format")


def _free(school_id: str, values: list[str]) -> list[str]:
    keys = {value: Unique.key_of(school_id=school_id, kind="EMPLOYEE_ID", value=value.casefold()) for value in values}
    held = reader.get_many(keys.values(), consistent=True)
    return [value for value, key in keys.items() if key not in held]

"""Employee ids that are made: in the school's format, in sequence, past those that were given by hand."""

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


def next_employee_id(school: School) -> str:
    """The next free employee id. A change that fails leaves a gap; two at once never get the same."""
    pattern, today = SchoolSettings.of(school).numbering.employee_id, clock.today(school.timezone)
    for _ in range(_ROUNDS):
        place = counter.take(school.id, _COUNTER)
        values = [format_number(pattern, place + step, today) for step in range(_AHEAD)]
        keys = [Unique.key_of(school_id=school.id, kind="EMPLOYEE_ID", value=value.casefold()) for value in values]
        if reader.get(keys[0], consistent=True) is None:
            return values[0]
        held = reader.get_many(keys, consistent=True)
        step = next((step for step, key in enumerate(keys) if key not in held), _AHEAD)
        if step > 1:
            counter.take(school.id, _COUNTER, step - 1)  # the next round draws the free one, unless another is quicker
    raise Conflict.of("employeeId", "No free employee id was found: give one, or change the school's format")

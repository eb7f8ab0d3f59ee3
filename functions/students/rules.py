"""The rules of a student's dates and states; pure."""

from datetime import date

EARLIEST_BIRTH = date(1900, 1, 1)
_AHEAD = 366  # days that a date may lie ahead: the next school year is prepared in this one
LEFT = frozenset({"GRADUATED", "TRANSFERRED"})
PRESENT = frozenset({"ACTIVE", "SUSPENDED"})  # has a seat
FOLLOWING = {
    "ACTIVE": {"INACTIVE", "SUSPENDED", "GRADUATED", "TRANSFERRED"},
    "SUSPENDED": {"ACTIVE", "INACTIVE", "GRADUATED", "TRANSFERRED"},
    "INACTIVE": {"ACTIVE", "GRADUATED", "TRANSFERRED"},
    "GRADUATED": {"ACTIVE"},
    "TRANSFERRED": {"ACTIVE"},
}

type Finding = tuple[str, str]  # (field, what is wrong)


def may_become(before: str, after: str) -> bool:
    """Whether a student may go from one status to another."""
    return before == after or after in FOLLOWING[before]


def birth_findings(born: date, today: date) -> list[Finding]:
    """What is wrong with a date of birth."""
    if born >= today:
        return [("dateOfBirth", "A date of birth lies in the past")]
    if born < EARLIEST_BIRTH:
        return [("dateOfBirth", "A date of birth is not before 1900")]
    return []


def admission_findings(admitted: date, born: date, today: date) -> list[Finding]:
    """What is wrong with a date of admission."""
    if admitted < born:
        return [("admissionDate", "The admission is not before the birth")]
    return ahead_findings("admissionDate", admitted, today)


def exit_findings(left: date, admitted: date, today: date) -> list[Finding]:
    """What is wrong with the last day at the school."""
    if left < admitted:
        return [("exitDate", "The exit is not before the admission")]
    return ahead_findings("exitDate", left, today)


def ahead_findings(field: str, day: date, today: date) -> list[Finding]:
    """What is wrong with a day that may lie ahead, but not far."""
    return [(field, "This date lies more than a year ahead")] if (day - today).days > _AHEAD else []

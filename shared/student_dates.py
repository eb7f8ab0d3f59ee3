"""The rules of a student's dates; pure, for the students' own routes and for imports."""

from datetime import date

EARLIEST_BIRTH = date(1900, 1, 1)
_AHEAD = 366  # days that a date may lie ahead: the next school year is prepared in this one

type Finding = tuple[str, str]  # (field, what is wrong)


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


def ahead_findings(field: str, day: date, today: date) -> list[Finding]:
    """What is wrong with a day that may lie ahead, but not far."""
    return [(field, "This date lies more than a year ahead")] if (day - today).days > _AHEAD else []

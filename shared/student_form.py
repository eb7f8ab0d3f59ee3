"""From the wire to what is stored of a person at the school: phones by its country, dates and enums as text; every bad field at once."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Any

from shared.auth.caller import Caller
from shared.errors import Detail, ValidationFailed
from shared.names import camel
from shared.phones import parse_phone
from shared.student_dates import Finding, admission_findings, birth_findings

PHONES = ("phone", "parent_phone", "emergency_contact_phone")


def stored_form(caller: Caller, sent: dict[str, Any], wrong: list[Detail]) -> dict[str, Any]:
    """The fields as they are stored, by Python name; phones that are none go to `wrong`."""
    return {name: _stored(caller, name, value, wrong) for name, value in sent.items()}


def _stored(caller: Caller, name: str, value: Any, wrong: list[Detail]) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return str(value)
    if name in PHONES and value is not None:
        try:
            return parse_phone(value, caller.school.country)
        except ValueError as error:
            wrong.append(Detail(camel(name), str(error)))
    return value


def date_details(caller: Caller, born: str, admitted: str) -> list[Detail]:
    """What is wrong with a student's dates of birth and admission."""
    birth, admission, today = date.fromisoformat(born), date.fromisoformat(admitted), caller.today()
    return as_details(birth_findings(birth, today) or admission_findings(admission, birth, today))


def as_details(findings: Iterable[Finding]) -> list[Detail]:
    """Findings of the rules as details of an error."""
    return [Detail(field, message) for field, message in findings]


def refuse(wrong: list[Detail]) -> None:
    """Raise what is wrong, if anything is."""
    if wrong:
        raise ValidationFailed(details=tuple(wrong))

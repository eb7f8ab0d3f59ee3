"""From the wire to what is stored of a student, and what is wrong with the dates."""

from datetime import date

from functions.students import rules
from shared.auth.caller import Caller
from shared.errors import Detail
from shared.student_form import as_details, date_details, refuse, stored_form

__all__ = ["as_details", "date_details", "exit_details", "refuse", "stored_form"]


def exit_details(caller: Caller, left: str, admitted: str) -> list[Detail]:
    """What is wrong with a student's last day at the school."""
    return as_details(rules.exit_findings(date.fromisoformat(left), date.fromisoformat(admitted), caller.today()))

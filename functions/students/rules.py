"""The rules of a student's dates and states; pure."""

from datetime import date

from shared.student_dates import Finding, ahead_findings

__all__ = ["FOLLOWING", "LEFT", "PRESENT", "ahead_findings", "exit_findings", "may_become"]
LEFT = frozenset({"GRADUATED", "TRANSFERRED"})
PRESENT = frozenset({"ACTIVE", "SUSPENDED"})  # has a seat
FOLLOWING = {
    "ACTIVE": {"INACTIVE", "SUSPENDED", "GRADUATED", "TRANSFERRED"},
    "SUSPENDED": {"ACTIVE", "INACTIVE", "GRADUATED", "TRANSFERRED"},
    "INACTIVE": {"ACTIVE", "GRADUATED", "TRANSFERRED"},
    "GRADUATED": {"ACTIVE"},
    "TRANSFERRED": {"ACTIVE"},
}


def may_become(before: str, after: str) -> bool:
    """Whether a student may go from one status to another."""
    return before == after or after in FOLLOWING[before]


def exit_findings(left: date, admitted: date, today: date) -> list[Finding]:
    """What is wrong with the last day at the school."""
    if left < admitted:
        return [("exitDate", "The exit is not before the admission")]
    return ahead_findings("exitDate", left, today)

"""The states of an applicant; pure."""

ENROLLED = "ENROLLED"
WITH_REASON = frozenset({"DECLINED", "WITHDRAWN"})  # by the school, by the family
FOLLOWING = {
    "ENQUIRY": frozenset({"APPLIED", *WITH_REASON}),
    "APPLIED": frozenset({"OFFERED", *WITH_REASON}),
    "OFFERED": frozenset({ENROLLED, "APPLIED", *WITH_REASON}),  # an offer may be taken back
    "DECLINED": frozenset({"APPLIED"}),
    "WITHDRAWN": frozenset({"APPLIED"}),
    ENROLLED: frozenset[str](),
}


def may_become(before: str, after: str) -> bool:
    """Whether an applicant may go from one state to another."""
    return before == after or after in FOLLOWING[before]


def told(status: str) -> str:
    """The states that may follow, as a person reads them."""
    return ", ".join(sorted(FOLLOWING[status])) or "nothing else"

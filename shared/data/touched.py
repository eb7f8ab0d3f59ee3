"""What this process has committed lately: so that a list which may be a little old is never behind the process's own writes."""

import time
from collections import OrderedDict

_KEPT = 4_096
_moments: OrderedDict[tuple[str, str], int] = OrderedDict()  # (school, kind) → epoch milliseconds of the last commit


def note(school_id: str, kind: str) -> None:
    """Remember that records of a kind were committed now."""
    _moments[school_id, kind] = int(time.time() * 1000)
    _moments.move_to_end((school_id, kind))
    while len(_moments) > _KEPT:
        _moments.popitem(last=False)


def last(school_id: str, kind: str) -> int:
    """When records of a kind were last committed by this process, in epoch milliseconds; 0 where it does not know of any."""
    return _moments.get((school_id, kind), 0)

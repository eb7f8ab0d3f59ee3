"""Figures that a container keeps: five minutes while nothing happens in the school, never more than a minute behind.

Kept in memory by school and by whom they are for. After a minute one look at the newest journal entry (half a read unit)
tells whether anything was written since; only then are they reckoned again.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from shared import clock
from shared.data import reader
from shared.entities.ground import Journal

FRESH_SECONDS = 60
LONGEST_SECONDS = 300
_MAX_KEPT = 500


@dataclass(slots=True)
class _Kept:
    value: Any
    day: str
    made: int
    looked: int
    newest: str


_kept: OrderedDict[tuple[str, str], _Kept] = OrderedDict()


def forget() -> None:
    """Drop everything."""
    _kept.clear()


def newest_entry(school_id: str) -> str:
    """The id of the school's newest journal entry."""
    partition = Journal.index_partition_of(school_id=school_id)
    for raw in reader.query(partition, index=True, newest_first=True, limit=1, fields=("id",)):
        return str(raw["id"]["S"])
    return ""


def cached(school_id: str, what: str, day: str, make: Callable[[], Any]) -> Any:
    """The figures, made when there are none of that day, or when they may be a minute behind."""
    key, now = (school_id, what), clock.epoch()
    kept = _kept.get(key)
    if kept and kept.day == day:
        if 0 <= now - kept.looked < FRESH_SECONDS:
            return kept.value
        if 0 <= now - kept.made < LONGEST_SECONDS and newest_entry(school_id) == kept.newest:
            kept.looked = now
            return kept.value
    newest = newest_entry(school_id)  # before the figures are read: what is written meanwhile makes them stale
    made = _Kept(make(), day, now, now, newest)
    _kept[key] = made
    _kept.move_to_end(key)
    while len(_kept) > _MAX_KEPT:
        _kept.popitem(last=False)
    return made.value

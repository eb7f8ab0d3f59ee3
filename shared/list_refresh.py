"""Keeps the snapshots of long lists near the present, so that a cold container has little of the journal to catch up with.

A snapshot of ten thousand rows costs about a thousand write units: it is replaced when a quarter of it has changed.
"""

import time

from shared.consumer import Entry
from shared.data import reader, snapshots
from shared.data.list_model import OVERLAP_MS, ListModel
from shared.entities.ground import Journal
from shared.ids import floor_id

_SHARE = 4
_MIN_CHANGES = 500


def changed_since(school_id: str, kind: str, moment: int) -> int:
    """How many records of a kind the journal says were changed since a moment (epoch milliseconds)."""
    partition = Journal.partition_of(school_id=school_id, kind=kind)
    count = 0
    for raw in reader.query(partition, after=floor_id(moment - OVERLAP_MS), fields=("entityId", "entityIds")):
        count += len(raw["entityIds"]["L"]) if "entityIds" in raw else 1
    return count


def refresh(model: ListModel, school_id: str, *, least: int = _MIN_CHANGES) -> bool:
    """Replace the school's snapshot if enough has changed; whether it was replaced. Repeating it does no harm."""
    kind = model.kind.__name__
    taken_at, count, turn = snapshots.header(school_id, kind)
    if changed_since(school_id, kind, taken_at) < max(least, count // _SHARE):
        return False
    model.forget()
    rows = model.of(school_id)
    return snapshots.save(school_id, kind, rows.known.values(), rows.seen_until, turn)


def rebuild(model: ListModel, school_id: str) -> bool:
    """Replace the school's snapshot whatever has changed: what was erased is to stand nowhere. Where there is none, none is made."""
    kind = model.kind.__name__
    _, _, turn = snapshots.header(school_id, kind)
    if not turn:
        return False
    model.forget()
    rows = model.of(school_id)
    return snapshots.save(school_id, kind, rows.known.values(), rows.seen_until, turn)


def refresher(model: ListModel) -> "_Refresher":
    """What a consumer calls for each entry of the model's kind."""
    return _Refresher(model)


class _Refresher:
    """Refreshes a school at most once in a few seconds, however many entries arrive together."""

    _PAUSE = 3.0

    def __init__(self, model: ListModel) -> None:
        self.model = model
        self.last: dict[str, float] = {}

    def __call__(self, entry: Entry) -> None:
        if time.monotonic() - self.last.get(entry.school_id, -self._PAUSE) >= self._PAUSE:
            self.last[entry.school_id] = time.monotonic()
            refresh(self.model, entry.school_id)

"""Compressed snapshots of long lists: what a cold container starts from instead of ten thousand records."""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson

from shared.data import reader
from shared.data.attributes import Blob, Text, Whole
from shared.data.item import TENANT, Item, Keys
from shared.data.unit_of_work import Actor, RetryWrite, UnitOfWork

_PART = 350_000  # bytes; an item's limit is 400 KB
_MAX_PARTS = 9  # in one transaction of 4 MB


class Snapshot(Item):
    """One part of a snapshot. All parts are written in one transaction, under the version of the first."""

    keys = Keys(TENANT + "#SNAPSHOT#{kind}", "{part}", purpose="a long list, compressed, for a cold container")

    kind = Text()
    part = Text()
    parts = Whole()
    taken_at = Whole()  # epoch milliseconds at which reading the records began
    count = Whole()
    turn = Whole()
    content = Blob()


@dataclass(frozen=True, slots=True)
class Kept:
    """A loaded snapshot."""

    rows: list[dict[str, Any]]
    taken_at: int
    turn: int


def load(school_id: str, kind: str) -> Kept | None:
    """The school's snapshot, or None where there is none or it is not whole."""
    parts = list(reader.query(Snapshot.partition_of(school_id=school_id, kind=kind), consistent=False))
    if not parts:
        return None
    turn, count = int(parts[0]["turn"]["N"]), int(parts[0]["parts"]["N"])
    same = [p for p in parts if int(p["turn"]["N"]) == turn]
    if len(same) < count:
        return None
    packed = b"".join(reader.blob(p, "content") for p in same[:count])
    return Kept(orjson.loads(zlib.decompress(packed)), int(parts[0]["takenAt"]["N"]), turn)


def header(school_id: str, kind: str) -> tuple[int, int, int]:
    """(taken at in epoch milliseconds, number of rows, turn) of the school's snapshot; zeros where there is none."""
    fields = ("takenAt", "count", "turn")
    for raw in reader.query(Snapshot.partition_of(school_id=school_id, kind=kind), limit=1, fields=fields, consistent=True):
        return int(raw["takenAt"]["N"]), int(raw["count"]["N"]), int(raw["turn"]["N"])
    return 0, 0, 0


def save(school_id: str, kind: str, rows: Iterable[dict[str, Any]], taken_at: int, turn: int) -> None:
    """Replace the snapshot of that turn; RetryWrite where someone else has replaced it."""
    listed = list(rows)
    packed = zlib.compress(orjson.dumps(listed), 6)
    parts = [packed[i : i + _PART] for i in range(0, len(packed), _PART)] or [b""]
    if len(parts) > _MAX_PARTS:
        return  # a list this long is read from its records; the caller's budget says so in the benchmark
    unit = UnitOfWork(school_id, Actor(), "lists")
    for number, content in enumerate(parts):
        item = Snapshot(
            school_id=school_id,
            kind=kind,
            part=f"{number:03d}",
            parts=len(parts),
            taken_at=taken_at,
            count=len(listed),
            turn=turn + 1,
            content=content,
        )
        first = number == 0
        condition = (Snapshot.turn == turn if turn else Item.pk.does_not_exist()) if first else None
        unit.put(item, condition, RetryWrite())
    unit.commit()

"""Compressed snapshots of long lists: what a cold container starts from instead of ten thousand records."""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson
from botocore.exceptions import ClientError

from shared.data import reader
from shared.data.attributes import Blob, Text, Whole
from shared.data.connection import client, connection
from shared.data.item import TENANT, Item, Keys

_PART = 350_000  # bytes; an item's limit is 400 KB
_MAX_PARTS = 12


class Snapshot(Item):
    """One part of a snapshot; parts of one turn belong together."""

    keys = Keys(TENANT + "#SNAPSHOT#{kind}", "{part}", purpose="a long list, compressed, for a cold container")

    kind = Text()
    part = Text()
    parts = Whole()
    taken_at = Whole()  # epoch milliseconds at which reading the records began
    row_count = Whole()
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
    fields = ("takenAt", "rowCount", "turn")
    for raw in reader.query(Snapshot.partition_of(school_id=school_id, kind=kind), limit=1, fields=fields, consistent=True):
        return int(raw["takenAt"]["N"]), int(raw["rowCount"]["N"]), int(raw["turn"]["N"])
    return 0, 0, 0


def save(school_id: str, kind: str, rows: Iterable[dict[str, Any]], taken_at: int, turn: int) -> bool:
    """Replace the snapshot of that turn; False where someone else has replaced it, or it is too long to keep.

    A snapshot is derived, so its parts are plain writes at half the price of a transaction: the first part claims the turn,
    and a reader that meets parts of two turns reads the records instead.
    """
    listed = list(rows)
    packed = zlib.compress(orjson.dumps(listed), 6)
    parts = [packed[i : i + _PART] for i in range(0, len(packed), _PART)] or [b""]
    if len(parts) > _MAX_PARTS:
        return False
    for number, content in enumerate(parts):
        item = Snapshot(
            school_id=school_id,
            kind=kind,
            part=f"{number:03d}",
            parts=len(parts),
            taken_at=taken_at,
            row_count=len(listed),
            turn=turn + 1,
            content=content,
        )
        condition = (Snapshot.turn == turn if turn else Item.pk.does_not_exist()) if number == 0 else None
        connection()
        try:
            client("dynamodb").put_item(**item.place().get_save_kwargs_from_instance(condition=condition))
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return False
    return True

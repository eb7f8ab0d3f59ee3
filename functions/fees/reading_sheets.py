"""Sheets of fees: the rows of a class and quarter, packed into one small item, from which a cold container starts.

A sheet is a copy; the fees and payments are the truth. Whoever starts from sheets catches up by the journal from the moment that
their state tells.
"""

import zlib
from collections.abc import Iterable, Iterator
from sys import intern
from typing import Any, NamedTuple

import orjson

from functions.fees.reading_rows import FeeRow, Line, Part
from shared.data import derived, reader
from shared.data.item import Item
from shared.entities.fee_totals import FeeSheet, FeeSheetState, FeeTotals

OPEN, PAID = "OPEN", "PAID"


class Overtaken(Exception):
    """A signal: someone else has written meanwhile, so start again from what stands in the table."""


class SheetKey(NamedTuple):
    """Which sheet a fee's row belongs to."""

    year: str
    half: str
    block: str


class Kept(NamedTuple):
    """A stored sheet."""

    key: SheetKey
    turn: int
    rows: list[FeeRow]


def sheet_of(row: FeeRow) -> SheetKey:
    """The sheet of a row: by its class, the quarter in which it falls due, and whether anything of it is open."""
    quarter = f"{row.due[:4]}Q{(int(row.due[5:7]) + 2) // 3}"
    return SheetKey(row.year, OPEN if row.open else PAID, f"{row.class_id}#{quarter}")


class _Index:
    """Numbers for repeated texts."""

    def __init__(self) -> None:
        self.texts: dict[str | None, int] = {}

    def __call__(self, text: str | None) -> int:
        return self.texts.setdefault(text, len(self.texts))


def pack(rows: Iterable[FeeRow]) -> bytes:
    """Rows as a sheet keeps them; the same rows give the same bytes."""
    words = _Index()
    packed = [
        [
            r.id, words(r.student_id), words(r.class_id), words(r.structure_id), words(r.name), words(r.period), words(r.due),
            r.total, r.discount, r.scholarship, r.fine, r.net, r.paid, r.version,
            [[words(p.day), p.amount] for p in r.parts],
            [[n.payment, words(n.day), words(n.method), words(n.collector), n.amount] for n in r.lines],
        ]
        for r in sorted(rows)
    ]  # fmt: skip
    return zlib.compress(orjson.dumps([list(words.texts), packed]), 6)


def unpack(content: bytes, year: str) -> list[FeeRow]:
    """The rows of a sheet."""
    texts, packed = orjson.loads(zlib.decompress(content))
    words: list[Any] = [None if t is None else intern(t) for t in texts]
    return [
        FeeRow(
            key, words[student], words[room], words[structure], words[name], year, words[period],
            total, discount, scholarship, fine, net, paid, words[due], version,
            tuple([Part(words[day], amount) for day, amount in parts]) if parts else (),
            tuple([Line(pay, words[day], words[how], words[who], amount) for pay, day, how, who, amount in lines]) if lines else (),
        )
        for key, student, room, structure, name, period, due, total, discount, scholarship, fine, net, paid, version, parts, lines in packed
    ]  # fmt: skip


def load(school_id: str, year: str, *, half: str = "", consistent: bool = False) -> Iterator[Kept]:
    """The sheets of a year, or one half of them."""
    partition = FeeSheet.partition_of(school_id=school_id, academic_year=year)
    named = intern(year)
    for raw in reader.query(partition, prefix=half and f"{half}#", consistent=consistent):
        key = SheetKey(named, raw["half"]["S"], raw["block"]["S"])
        yield Kept(key, int(raw["turn"]["N"]), unpack(reader.blob(raw, "content"), named))


def state_of(school_id: str) -> FeeSheetState | None:
    """How far the sheets have come, as it stands now."""
    return reader.load(FeeSheetState, consistent=True, school_id=school_id)


def save(school_id: str, key: SheetKey, rows: list[FeeRow], turn: int) -> int:
    """Put a sheet in place of its turn (0: there is none yet), or remove it where it has no rows; the turn that it has then."""
    item = FeeSheet(school_id=school_id, academic_year=key.year, half=key.half, block=key.block, turn=turn + 1, content=pack(rows))
    if rows:
        put(item, FeeSheet.turn, turn)
        return turn + 1
    if turn and not derived.remove_if(item, FeeSheet.turn == turn):
        raise Overtaken
    return 0


def put(item: FeeSheet | FeeSheetState | FeeTotals, attribute: Any, turn: int) -> None:
    """Put a derived item over that turn of it. Overtaken where another one stands there."""
    if not derived.put_if(item, attribute == turn if turn else Item.pk.does_not_exist()):
        raise Overtaken

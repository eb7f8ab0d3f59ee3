"""Walks a chain's blocks forward, and finds where they are not what was appended."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from functions.logs.linking import SKEW_MS, blocks, number_text
from shared.audit_chain import genesis, head_after, unpack
from shared.data import reader
from shared.data.reader import Raw
from shared.entities.audit import AuditBlock

_FOR_EVER = 1 << 62


class Broken(Exception):
    """The log is not what was linked."""

    def __init__(self, code: str, message: str, *, entry_id: str | None = None, block: int | None = None, day: str | None = None) -> None:
        super().__init__(message)
        self.told = {"code": code, "message": message, "entry_id": entry_id, "block": block, "day": day}


def _number(raw: Raw) -> int:
    return int(raw["number"]["S"])


def _block(school_id: str, number: int) -> Raw:
    raw = reader.get(AuditBlock.key_of(school_id=school_id, number=number_text(number)), consistent=True)
    if raw is None:
        raise Broken("CHAIN_BROKEN", "A block of the chain is missing", block=number)
    return raw


def last_block(school_id: str) -> Raw | None:
    """The newest block."""
    return next(blocks(school_id, newest_first=True, limit=1), None)


def first_since(school_id: str, moment: int) -> int:
    """The number of the first block made at a moment or later, the clocks of two machines allowed for; one past the last where none."""
    last = last_block(school_id)
    low, high = 1, _number(last) + 1 if last else 1
    while low < high:
        middle = (low + high) // 2
        if int(_block(school_id, middle)["madeAt"]["N"]) >= moment - SKEW_MS:
            high = middle
        else:
            low = middle + 1
    return low


@dataclass(slots=True)
class Walk:
    """How far the blocks were walked, and the links that no entry was held against yet."""

    school_id: str
    number: int = 0
    linked: int = 0
    head: bytes = b""
    links: dict[str, bytes] = field(default_factory=dict)
    heads: dict[int, str] = field(default_factory=dict)  # block → head, of the blocks that were walked
    _made_until: int = 0
    _source: Iterator[Raw] | None = None

    @classmethod
    def since(cls, school_id: str, moment: int) -> "Walk":
        """A walk that begins where entries of a moment may have been linked first."""
        number = first_since(school_id, moment) - 1
        if number == 0:
            return cls(school_id, 0, 0, genesis(school_id))
        before = _block(school_id, number)
        head = reader.blob(before, "head")
        return cls(school_id, number, int(before["linked"]["N"]), head, heads={number: head.hex()})

    def on_to(self, moment: int) -> None:
        """Take the blocks that were made until a moment."""
        while self._made_until <= moment and (raw := self._next()):
            self._take(raw)

    def to_block(self, number: int) -> None:
        """Take the blocks up to a number, or to the end where the chain is shorter."""
        while self.number < number and (raw := self._next()):
            self._take(raw)

    def _next(self) -> Raw | None:
        """The block after the last one that was taken; the pages of one query go on from call to call."""
        if self._source is None:
            self._source = blocks(self.school_id, self.number)
        found = next(self._source, None)
        if found is None:
            self._source = None
        return found

    def to_the_end(self) -> None:
        """Take all blocks that are left."""
        self.to_block(_FOR_EVER)

    def _take(self, raw: Raw) -> None:
        number = _number(raw)
        found = unpack(reader.blob(raw, "links"))
        linked, head = self.linked + len(found), head_after(self.head, found)
        if number != self.number + 1:
            raise Broken("CHAIN_BROKEN", "A block of the chain is missing", block=self.number + 1)
        if reader.blob(raw, "before") != self.head or reader.blob(raw, "head") != head or int(raw["linked"]["N"]) != linked:
            raise Broken("CHAIN_BROKEN", "A block does not go on from the one before it", block=number)
        for entry_id, hashed in found:
            if entry_id in self.links:
                raise Broken("CHAIN_BROKEN", "An entry is linked twice", entry_id=entry_id, block=number)
            self.links[entry_id] = hashed
        self.number, self.linked, self.head = number, linked, head
        self.heads[number] = head.hex()
        self._made_until = max(self._made_until, int(raw["madeAt"]["N"]))

"""Appends journal entries to their school's hash chain, each once, whoever delivers them and how often.

A block's number is the next one, put under the condition that nobody has put it: success proves that the links known here are all
there are. So what was linked before is found in memory, and a failed put reads what another has appended meanwhile.
"""

import random
import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import batched, takewhile
from uuid import UUID

from shared.audit_chain import Link, genesis, head_after, pack, unpack
from shared.data import derived, reader
from shared.data.item import Item
from shared.data.reader import Raw
from shared.entities.audit import AuditBlock
from shared.errors import Unavailable

SKEW_MS = 300_000  # by which the clocks of two machines may differ
_MOST_LINKS = 2_000  # of a block: an item's limit is 400 KB, a reader's page 1 MB
_REMEMBERED = 200  # schools
_REMEMBERED_LINKS = 20_000  # of a school
_PATIENCE = 20.0  # seconds for which others may be quicker


def made_at(entry_id: str) -> int:
    """When an entry was made, in epoch milliseconds, as its id tells."""
    return UUID(entry_id).int >> 80


@dataclass(slots=True)
class Tail:
    """The end of a chain: its last block, and every id that blocks made since `since` link."""

    number: int
    linked: int
    head: bytes
    since: int
    ids: set[str] = field(default_factory=set)

    def take(self, raw: Raw) -> None:
        """Go on to a block that was appended."""
        self.number, self.linked, self.head = int(raw["number"]["S"]), int(raw["linked"]["N"]), reader.blob(raw, "head")
        self.ids.update(entry_id for entry_id, _ in unpack(reader.blob(raw, "links")))


_tails: OrderedDict[str, Tail] = OrderedDict()


def forget() -> None:
    """Drop what this container remembers of chains."""
    _tails.clear()


def number_text(number: int) -> str:
    """A block's number as its key has it."""
    return f"{number:012d}"


def blocks(school_id: str, after: int = 0, *, newest_first: bool = False, limit: int | None = None) -> Iterator[Raw]:
    """A chain's blocks after a number, in order."""
    partition = AuditBlock.partition_of(school_id=school_id)
    yield from reader.query(partition, after=number_text(after + 1), consistent=True, newest_first=newest_first, limit=limit)


def _newest(school_id: str, since: int) -> list[Raw]:
    """The blocks made since a moment, and at least the last one, newest first: read a few at a time, for a page is paid whole."""
    for limit in (8, 256):
        found = list(blocks(school_id, newest_first=True, limit=limit))
        if len(found) < limit or int(found[-1]["madeAt"]["N"]) < since:
            return found
    return list(takewhile(lambda raw: int(raw["madeAt"]["N"]) >= since, blocks(school_id, newest_first=True)))


def _loaded(school_id: str, oldest: int) -> Tail:
    """The chain's end, with the links of every block that may hold an entry made at `oldest` or later."""
    since = oldest - SKEW_MS
    found = _newest(school_id, since)
    tail = Tail(0, 0, genesis(school_id), since)
    for raw in reversed(found):
        tail.take(raw)
    return tail


def _tail(school_id: str, oldest: int) -> Tail:
    tail = _tails.get(school_id)
    if tail is None or tail.since > oldest - SKEW_MS or len(tail.ids) > _REMEMBERED_LINKS:
        tail = _tails[school_id] = _loaded(school_id, oldest)
    _tails.move_to_end(school_id)
    while len(_tails) > _REMEMBERED:
        _tails.popitem(last=False)
    return tail


def link(school_id: str, hashes: Mapping[str, bytes]) -> int:
    """Link the entries (id → hash) that are not linked yet, oldest first; how many were new. Safe to repeat."""
    return sum(_link(school_id, some) for some in batched(sorted(hashes.items()), _MOST_LINKS, strict=False))


def _link(school_id: str, wanted: tuple[Link, ...]) -> int:
    until, pause = time.monotonic() + _PATIENCE, 0.005
    tail = _tail(school_id, made_at(wanted[0][0]))
    while True:
        new = [pair for pair in wanted if pair[0] not in tail.ids]
        if not new:
            return 0
        block = AuditBlock(
            school_id=school_id,
            number=number_text(tail.number + 1),
            made_at=int(time.time() * 1000),
            linked=tail.linked + len(new),
            links=pack(new),
            before=tail.head,
            head=head_after(tail.head, new),
        )
        if derived.put_if(block, Item.pk.does_not_exist()):
            tail.number, tail.linked, tail.head = tail.number + 1, block.linked, block.head
            tail.ids.update(entry_id for entry_id, _ in new)
            return len(new)
        if time.monotonic() > until:
            raise Unavailable
        time.sleep(random.uniform(0, pause))  # noqa: S311 - jitter, not a secret
        pause = min(pause * 1.6, 0.2)
        for raw in blocks(school_id, tail.number):
            tail.take(raw)

"""A school's list of one kind of record, held in the container's memory and kept fresh by the journal.

A page costs one strongly consistent query of the journal (what changed since this container last looked); sorting,
filtering, searching and totals happen in memory. A cold container loads a compressed snapshot where the kind keeps one,
else the records themselves, and the journal since. Ids of journal entries tell the time at which their transaction was
sent; one that took long may show up after a younger one, so each look reaches back OVERLAP_MS and skips what it knows.
"""

import re
import time
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

import orjson

from shared.data import reader, snapshots, touched
from shared.data.item import Record
from shared.data.reader import Raw
from shared.entities.ground import Journal
from shared.ids import floor_id
from shared.text import fold

OVERLAP_MS = 15_000  # longer than a transaction can take, its retries included
RECENT_MS = 15_000  # as long as a read remembers its caller
_MAX_ROWS = 80_000  # rows that a container holds over all schools and kinds
_RELOAD_SHARE = 4  # more than a quarter changed: reading the whole partition is cheaper than each record
_RELOAD_MIN = 400
_TEXT = "\0text"  # the key under which the searchable text of a result is kept
_RESULTS = 64  # results of filters and searches kept a school

type Row = dict[str, Any]


@dataclass(slots=True)
class Rows:
    """One school's list in memory. `order` caches sorted ids by sort field; `found` caches results of filters."""

    seen_until: int  # epoch milliseconds up to which the journal was read
    known: dict[str, Row] = field(default_factory=dict)
    ready: dict[str, bytes] = field(default_factory=dict)
    folded: dict[str, str] = field(default_factory=dict)
    applied: dict[str, int] = field(default_factory=dict)  # ids of entries within the overlap → their time
    order: dict[str, list[str]] = field(default_factory=dict)
    found: OrderedDict[Any, Any] = field(default_factory=OrderedDict)
    used: float = 0.0


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list and the exact total."""

    rows: list[bytes]
    total: int


class ListModel:
    """The list of one kind. `row` makes the row of a plain record; `searchable` the text that search looks through.

    Fields that are `hidden` are held in memory and never answered.
    """

    def __init__(
        self,
        kind: type[Record],
        row: Callable[[Row], Row],
        searchable: tuple[str, ...],
        *,
        snapshot: bool = False,
        default_sort: str = "id",
        hidden: frozenset[str] = frozenset(),
    ) -> None:
        self.kind = kind
        self.row = row
        self.searchable = searchable
        self.snapshot = snapshot
        self.default_sort = default_sort
        self.hidden = hidden
        self._schools: OrderedDict[str, Rows] = OrderedDict()

    def forget(self) -> None:
        """Drop everything held in memory."""
        self._schools.clear()

    def of(self, school_id: str) -> Rows:
        """The school's rows, as fresh as the table at this moment."""
        rows = self._schools.get(school_id)
        if rows is None:
            rows = self._load(school_id)
        self._catch_up(school_id, rows)
        self._schools[school_id] = rows
        self._schools.move_to_end(school_id)
        while len(self._schools) > 1 and sum(len(r.known) for r in self._schools.values()) > _MAX_ROWS:
            self._schools.popitem(last=False)
        return rows

    def _load(self, school_id: str) -> Rows:
        started = int(time.time() * 1000)
        if self.snapshot and (kept := snapshots.load(school_id, self.kind.__name__)):
            rows = Rows(seen_until=kept.taken_at)
            self._put(rows, kept.rows)
            return rows
        rows = Rows(seen_until=started)
        partition = self.kind.partition_of(school_id=school_id)
        self._put(rows, (self.row(reader.plain(raw)) for raw in self._records(partition)))
        return rows

    def _records(self, partition: str) -> Iterable[Raw]:
        name = self.kind.__name__
        return (raw for raw in reader.query(partition, consistent=True) if raw["type"]["S"] == name)

    def _catch_up(self, school_id: str, rows: Rows) -> None:
        """Apply what the journal tells since this container last looked."""
        started = int(time.time() * 1000)
        since = rows.seen_until - OVERLAP_MS
        partition = Journal.partition_of(school_id=school_id, kind=self.kind.__name__)
        changed: dict[str, None] = {}
        applied: dict[str, int] = {}
        for raw in reader.query(partition, after=floor_id(since), consistent=True, fields=("id", "entityId", "entityIds")):
            entry = raw["id"]["S"]
            applied[entry] = started
            if entry not in rows.applied:
                changed.update(dict.fromkeys(_ids(raw)))
        if len(changed) > max(_RELOAD_MIN, len(rows.known) // _RELOAD_SHARE):
            self._reload(school_id, rows)
        elif changed:
            self._refresh(school_id, rows, list(changed))
        rows.applied = applied
        rows.seen_until = started

    def _reload(self, school_id: str, rows: Rows) -> None:
        rows.known.clear()
        rows.ready.clear()
        rows.folded.clear()
        self._put(rows, (self.row(reader.plain(r)) for r in self._records(self.kind.partition_of(school_id=school_id))))

    def _refresh(self, school_id: str, rows: Rows, ids: list[str]) -> None:
        found = reader.get_many([self.kind.key_of(school_id=school_id, id=i) for i in ids], consistent=True)
        for gone in set(ids) - {key[1] for key in found}:
            for held in (rows.known, rows.ready, rows.folded):
                held.pop(gone, None)
        self._put(rows, (self.row(reader.plain(raw)) for raw in found.values()))

    def _put(self, rows: Rows, made: Iterable[Row]) -> None:
        for row in made:
            key = row["id"]
            rows.known[key] = row
            shown = row if self.hidden.isdisjoint(row) else {n: v for n, v in row.items() if n not in self.hidden}
            rows.ready[key] = orjson.dumps(shown)
            rows.folded[key] = "\n".join(fold(str(row[n])) for n in self.searchable if row.get(n))
        rows.order.clear()
        rows.found.clear()

    def sorted_ids(self, rows: Rows, sort: str) -> list[str]:
        """All ids in the order of a field, ties by id; absent values last, in either direction."""
        if sort not in rows.order:
            name, backwards = sort.removeprefix("-"), sort.startswith("-")
            key = str if name == "id" else sort_key  # ids are in the order of creation as they are
            with_value = [(key(r[name]), i) for i, r in rows.known.items() if r.get(name) is not None]
            with_value.sort(key=lambda pair: pair[1])
            with_value.sort(key=lambda pair: pair[0], reverse=backwards)
            without = sorted(i for i, r in rows.known.items() if r.get(name) is None)
            rows.order[sort] = [i for _, i in with_value] + without
        return rows.order[sort]

    def select(
        self,
        school_id: str,
        *,
        sort: str | None = None,
        search: str | None = None,
        equal: dict[str, Any] | None = None,
        keep: Callable[[Row], bool] | None = None,
        keep_key: Any = None,
    ) -> tuple[Rows, list[str]]:
        """Ids of the rows that match, in order. `equal`: field → value or set of values. `keep` needs a `keep_key` to be cached by."""
        rows = self.of(school_id)
        wanted = {n: frozenset(v) if isinstance(v, (set, frozenset, list, tuple)) else v for n, v in (equal or {}).items()}
        needle = fold(search) if search else ""
        order = sort or self.default_sort
        base = (order, tuple(sorted(wanted.items(), key=lambda p: p[0])), keep_key)
        cacheable = keep is None or keep_key is not None
        ids = rows.found.get((base, "")) if cacheable else None
        if ids is None:
            ids = self._filtered(rows, order, wanted, keep)
            if cacheable:
                _remember(rows, (base, ""), ids)
        if not needle:
            return rows, ids
        matching = rows.found.get((base, needle)) if cacheable else None
        if matching is None:
            kept = rows.found.get((base, _TEXT)) if cacheable else None
            if kept is None:
                kept = _text_of(ids, rows.folded)
                if cacheable:
                    _remember(rows, (base, _TEXT), kept)
            first, *others = needle.split()
            matching = _containing(first, ids, *kept)
            for word in others:
                matching = [i for i in matching if word in rows.folded[i]]
            if cacheable:
                _remember(rows, (base, needle), matching)
        return rows, matching

    def _filtered(self, rows: Rows, order: str, wanted: dict[str, Any], keep: Callable[[Row], bool] | None) -> list[str]:
        """Ids in order, of the rows that have the wanted values and pass the test."""
        ids, known = self.sorted_ids(rows, order), rows.known
        for name, value in wanted.items():
            if isinstance(value, frozenset):
                ids = [i for i in ids if known[i].get(name) in value]
            else:
                ids = [i for i in ids if known[i].get(name) == value]
        return [i for i in ids if keep(known[i])] if keep is not None else ids

    def page(self, school_id: str, number: int, size: int, **filters: Any) -> Listing:
        """One page as ready bytes, and the exact total."""
        rows, ids = self.select(school_id, **filters)
        start = (number - 1) * size
        return Listing([rows.ready[i] for i in ids[start : start + size]], len(ids))

    def all(self, school_id: str) -> dict[str, Row]:
        """Every row by id. Do not change it."""
        return self.of(school_id).known

    def recent(self, school_id: str) -> dict[str, Row]:
        """Every row by id, at most RECENT_MS behind what other containers wrote and never behind this one: often without a request.

        For names and calendars, of which a moment's delay harms nobody.
        """
        rows = self._schools.get(school_id)
        known_until = rows.seen_until if rows else 0
        if int(time.time() * 1000) - known_until > RECENT_MS or touched.last(school_id, self.kind.__name__) >= known_until:
            return self.all(school_id)
        return self._schools[school_id].known


def _text_of(ids: list[str], folded: dict[str, str]) -> tuple[str, list[int]]:
    """The rows' searchable texts in one string, and where each begins: one search goes through all of them."""
    texts = [folded[i] for i in ids]
    return "\0".join(texts), [0, *accumulate(len(t) + 1 for t in texts)]


def _containing(word: str, ids: list[str], text: str, starts: list[int]) -> list[str]:
    """The ids, in their order, of the rows whose text contains the word."""
    matching = []
    position = text.find(word)
    while position >= 0:
        row = bisect_right(starts, position) - 1
        matching.append(ids[row])
        position = text.find(word, starts[row + 1])
    return matching


def _remember(rows: Rows, key: Any, ids: Any) -> None:
    """Keep a result until the rows change; the oldest gives way."""
    rows.found[key] = ids
    while len(rows.found) > _RESULTS:
        rows.found.popitem(last=False)


def _ids(raw: Raw) -> list[str]:
    if "entityIds" in raw:
        return [v["S"] for v in raw["entityIds"]["L"]]
    return [raw["entityId"]["S"]] if "entityId" in raw else []


_DIGITS = re.compile(r"\d+")


def sort_key(value: Any) -> Any:
    """Text ignoring case and accents, with numbers inside it in their natural order (`R-9` before `R-10`)."""
    return _DIGITS.sub(lambda m: m[0].zfill(12), fold(value)) if isinstance(value, str) else value

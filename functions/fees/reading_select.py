"""Which fees a list or report is of, in what order, and their sums: one choice for all of them, so that they agree (rule F6)."""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from functions.fees.reading_book import Book
from functions.fees.reading_rows import FeeRow, Line
from shared.fee_rules import FeeStatus
from shared.text import fold

PAID, PARTIAL, DUE, OVERDUE = (s.value for s in (FeeStatus.PAID, FeeStatus.PARTIAL, FeeStatus.DUE, FeeStatus.OVERDUE))

# Orders that hold whatever day it is.
KEYS: dict[str, Callable[[FeeRow], Any]] = {
    "dueDate": lambda r: r.due,
    "academicYear": lambda r: r.year,
    "period": lambda r: r.period,
    "name": lambda r: fold(r.name),
    "totalAmount": lambda r: r.total,
    "netAmount": lambda r: r.net,
    "paidAmount": lambda r: r.paid,
    "openAmount": lambda r: r.open,
}


type Entry = tuple[Any, str, FeeRow]  # sort key, id, row


@dataclass(frozen=True, slots=True)
class PaymentFilters:
    """Which payments count."""

    since: str = ""
    until: str = "9999"
    method: str | None = None
    collector: str | None = None

    def let_through(self, line: Line) -> bool:
        """Whether a line of a fee counts."""
        return (
            self.since <= line.day <= self.until
            and (self.method is None or line.method == self.method)
            and (self.collector is None or line.collector == self.collector)
        )


@dataclass(frozen=True, slots=True)
class Filters:
    """Which fees are wanted. Without `year` and `past`: not the settled ones of years that ended before the present one began."""

    today: str
    present_year: str
    year_start: str
    past: bool = False
    year: str | None = None
    status: str | None = None
    class_ids: frozenset[str] | None = None
    student_ids: frozenset[str] | None = None
    structure_id: str | None = None
    due_from: str | None = None
    due_to: str | None = None
    payments: PaymentFilters | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Ranks:
    """An order of students; another one of the same content is not equal, so that nothing long is compared."""

    ids: list[str]


def status_of(row: FeeRow, today: str) -> str:
    """The status at a day (rule F1)."""
    if row.paid >= row.net:
        return PAID
    if (row.late_from if row.parts else row.due) < today:
        return OVERDUE
    return PARTIAL if row.paid > 0 else DUE


def chosen(rows: Iterable[FeeRow], f: Filters) -> list[FeeRow]:
    """The rows that the filters let through, in the order in which they come."""
    if f.year is not None:
        found = [r for r in rows if r.year == f.year]
    elif f.past:
        found = list(rows)
    else:
        present, start = f.present_year, f.year_start
        found = [r for r in rows if r.year == present or r.due >= start or r.paid < r.net]
    if f.class_ids is not None:
        found = [r for r in found if r.class_id in f.class_ids]
    if f.student_ids is not None:
        found = [r for r in found if r.student_id in f.student_ids]
    if f.structure_id is not None:
        found = [r for r in found if r.structure_id == f.structure_id]
    if f.due_from is not None or f.due_to is not None:
        since, until = f.due_from or "", f.due_to or "9999"
        found = [r for r in found if since <= r.due <= until]
    if f.status is not None:
        found = [r for r in found if status_of(r, f.today) == f.status]
    if f.payments is not None:
        let_through = f.payments.let_through
        found = [r for r in found if any(map(let_through, r.lines))]
    return found


def key_of(name: str, today: str, ranks: Ranks | None = None) -> Callable[[FeeRow], Any]:
    """What fees are sorted by; students that the ranks do not know come last."""
    if ranks is not None:
        places = {student: place for place, student in enumerate(ranks.ids)}
        return lambda r: (places.get(r.student_id, len(places)), r.due)
    if name == "status":
        return lambda r: (status_of(r, today), r.due)
    return KEYS[name]


def in_order(rows: list[FeeRow], sort: str, today: str, ranks: Ranks | None = None) -> list[FeeRow]:
    """A few rows by a field, ties by id."""
    key = key_of(sort.removeprefix("-"), today, ranks)
    return sorted(rows, key=lambda r: (key(r), r.id), reverse=sort.startswith("-"))


class Selection:
    """The fees that filters let through (without filters: all), in ascending order of a key, ties by id."""

    def __init__(self, f: Filters | None, key: Callable[[FeeRow], Any], entries: list[Entry]) -> None:
        self.filters, self.key, self.entries = f, key, entries

    @property
    def size(self) -> int:
        """How many fees there are."""
        return len(self.entries)

    def _wanted(self, row: FeeRow) -> bool:
        return self.filters is None or bool(chosen((row,), self.filters))

    def drop(self, row: FeeRow) -> None:
        """Take a row out."""
        if self._wanted(row):
            del self.entries[bisect_left(self.entries, (self.key(row), row.id))]

    def add(self, row: FeeRow) -> None:
        """Put a row in its place."""
        if self._wanted(row):
            insort(self.entries, (self.key(row), row.id, row))

    def rows(self, start: int = 0, stop: int | None = None, *, descending: bool = False) -> list[FeeRow]:
        """Some of the fees, counted from the end where the order is descending."""
        if not descending:
            return [e[2] for e in self.entries[start:stop]]
        last = len(self.entries)
        return [e[2] for e in reversed(self.entries[max(last - (last if stop is None else stop), 0) : max(last - start, 0)])]


def select(book: Book, f: Filters, name: str = "dueDate", ranks: Ranks | None = None) -> Selection:
    """The fees that are wanted, in the order of a field."""
    return book.view((f, name, ranks), lambda: _select(book, f, name, ranks))


def _select(book: Book, f: Filters, name: str, ranks: Ranks | None) -> Selection:
    key = key_of(name, f.today, ranks)
    if f.class_ids is None and ranks is None and name in KEYS:
        every = book.view((None, name), lambda: Selection(None, key, _entries(book.rows.values(), key)))
        wanted = {r.id for r in chosen([e[2] for e in every.entries], f)}
        return Selection(f, key, [e for e in every.entries if e[1] in wanted])
    return Selection(f, key, _entries(chosen(_candidates(book, f), f), key))


def _candidates(book: Book, f: Filters) -> Iterable[FeeRow]:
    """All fees, or those of the classes that are named."""
    if f.class_ids is None:
        return book.rows.values()
    return [r for (_, class_id), room in book.rooms.items() if class_id in f.class_ids for r in room.values()]


def _entries(rows: Iterable[FeeRow], key: Callable[[FeeRow], Any]) -> list[Entry]:
    return sorted((key(r), r.id, r) for r in rows)


def collected(row: FeeRow, payments: PaymentFilters | None) -> int:
    """What the payments that count put on a fee, reversals taken off."""
    if payments is None:
        return sum([n.amount for n in row.lines])
    return sum([n.amount for n in row.lines if payments.let_through(n)])


class Sums:
    """Sums over the fees that filters let through, in minor units, and how many of them stand how."""

    size = 0

    def __init__(self, f: Filters, rows: Iterable[FeeRow]) -> None:
        self.filters = f
        self.statuses = dict.fromkeys((PAID, PARTIAL, DUE, OVERDUE), 0)
        self.fees = self.total = self.net = self.paid = self.open = self.overdue = 0
        self.discount = self.scholarship = self.fine = self.collected = 0
        for row in rows:
            self._count(row, 1)

    def drop(self, row: FeeRow) -> None:
        """Take a row's amounts off."""
        if chosen((row,), self.filters):
            self._count(row, -1)

    def add(self, row: FeeRow) -> None:
        """Put a row's amounts on."""
        if chosen((row,), self.filters):
            self._count(row, 1)

    def _count(self, row: FeeRow, sign: int) -> None:
        today = self.filters.today
        self.statuses[status_of(row, today)] += sign
        self.fees += sign
        self.total += sign * row.total
        self.net += sign * row.net
        self.paid += sign * row.paid
        if row.paid < row.net:
            self.open += sign * (row.net - row.paid)
            self.overdue += sign * row.overdue(today)
        if row.lines:
            self.collected += sign * collected(row, self.filters.payments)
        self.discount += sign * (row.discount or 0)
        self.scholarship += sign * (row.scholarship or 0)
        self.fine += sign * (row.fine or 0)


def sums(book: Book, f: Filters) -> Sums:
    """Sums over the fees that are wanted."""
    return book.view((f, "sums"), lambda: Sums(f, chosen(_candidates(book, f), f)))

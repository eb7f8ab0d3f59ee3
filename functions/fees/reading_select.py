"""Which fees a list or report is of, in what order, and their sums: one choice for all of them, so that they agree (rule F6)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from functions.fees.reading_book import Book
from functions.fees.reading_rows import FeeRow, Line
from functions.fees.rules import FeeStatus
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


class Sums(NamedTuple):
    """Sums over fees in minor units, and how many of them stand how."""

    fees: int
    net: int
    paid: int
    open: int
    overdue: int
    discount: int
    scholarship: int
    fine: int
    collected: int
    statuses: dict[str, int]


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


def in_order(rows: list[FeeRow], sort: str, today: str, ranks: Ranks | None = None) -> list[FeeRow]:
    """The rows by a field, ties by id; those of unknown students last."""
    name = sort.removeprefix("-")
    if ranks is not None:
        places = {student: place for place, student in enumerate(ranks.ids)}
        key: Callable[[FeeRow], Any] = lambda r: places.get(r.student_id, len(places))  # noqa: E731 - one of three keys
    elif name == "status":
        key = lambda r: status_of(r, today)  # noqa: E731 - one of three keys
    else:
        key = KEYS[name]
    return sorted(rows, key=lambda r: (key(r), r.due, r.id), reverse=sort.startswith("-"))


def select(book: Book, f: Filters, sort: str | None = None, ranks: Ranks | None = None) -> list[FeeRow]:
    """The fees that are wanted, in order; in any order where there is no `sort`."""
    return book.kept((f, sort, ranks), lambda: _select(book, f, sort, ranks))


def _select(book: Book, f: Filters, sort: str | None, ranks: Ranks | None) -> list[FeeRow]:
    if f.class_ids is not None:
        some = [r for (_, class_id), room in book.rooms.items() if class_id in f.class_ids for r in room.values()]
        found = chosen(some, f)
        return in_order(found, sort, f.today, ranks) if sort else found
    if sort is None:
        return chosen(book.rows.values(), f)
    name = sort.removeprefix("-")
    if name not in KEYS or ranks is not None:
        return in_order(chosen(book.rows.values(), f), sort, f.today, ranks)
    entries = book.order(name, KEYS[name])
    return chosen([e[2] for e in (reversed(entries) if sort.startswith("-") else entries)], f)


def collected(row: FeeRow, payments: PaymentFilters | None) -> int:
    """What the payments that count put on a fee, reversals taken off."""
    if payments is None:
        return sum([n.amount for n in row.lines])
    return sum([n.amount for n in row.lines if payments.let_through(n)])


def sums(rows: list[FeeRow], f: Filters) -> Sums:
    """Sums over rows."""
    statuses = dict.fromkeys((PAID, PARTIAL, DUE, OVERDUE), 0)
    open_amount = overdue = discount = scholarship = fine = received = 0
    for row in rows:
        statuses[status_of(row, f.today)] += 1
        if row.paid < row.net:
            open_amount += row.net - row.paid
            overdue += row.overdue(f.today)
        if row.lines:
            received += collected(row, f.payments)
        discount += row.discount or 0
        scholarship += row.scholarship or 0
        fine += row.fine or 0
    net, paid = sum([r.net for r in rows]), sum([r.paid for r in rows])
    return Sums(len(rows), net, paid, open_amount, overdue, discount, scholarship, fine, received, statuses)

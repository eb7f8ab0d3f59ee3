"""All fees of a school in a container's memory, as fresh as the table, for lists and reports of any length.

A cold container starts from the sheets (see reading_sheets) and reads the journal since; a warm one asks the journal what changed.
Years that are over are held with what is open of them, and in full once somebody asks for them.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any, Protocol, cast

from functions.fees import reading_sheets
from functions.fees.reading_rows import FeeRow, Line, lines_of, row_of, short
from functions.fees.reading_sheets import SheetKey, sheet_of
from shared.data import reader
from shared.data.list_model import OVERLAP_MS
from shared.entities.fee_totals import FeeSheetState
from shared.entities.fees import Payment, StudentFee
from shared.entities.ground import Journal
from shared.entities.tenancy import School
from shared.ids import floor_id
from shared.money import decimals

_MAX_ROWS = 500_000  # rows that a container holds over all schools: about 300 MB
_VIEWS = 64
_VIEWED = 2_000_000  # rows in all views of a school, of about 70 bytes at most
_MANY = 3_000  # from so many changes on, views are made anew when they are asked for
_STEP = 1_000

type Look = Callable[[dict[str, Any]], None]


def _unseen(_: dict[str, Any]) -> None:
    """Nobody looks."""


class View(Protocol):
    """Something reckoned from the rows that follows each change of a row instead of being reckoned again."""

    @property
    def size(self) -> int:
        """How many rows it holds."""

    def drop(self, row: FeeRow) -> None:
        """A row is no longer there."""

    def add(self, row: FeeRow) -> None:
        """A row is there."""


class Book:
    """One school's fees."""

    def __init__(self, school: School) -> None:
        self.school_id = school.id
        self.currency = school.currency
        self.places = decimals(school.currency)
        self.rows: dict[str, FeeRow] = {}
        self.rooms: dict[tuple[str, str], dict[str, FeeRow]] = {}  # year and class → its fees
        self.partial: set[str] = set()  # years of which only what is open is held
        self.turns: dict[SheetKey, int] = {}
        self.dirty: set[SheetKey] = set()  # sheets that are not stored as they are here
        self.seen_until = 0  # epoch milliseconds up to which the journal was read
        self.applied: frozenset[str] = frozenset()  # journal entries within the overlap
        self.views: OrderedDict[Hashable, View] = OrderedDict()

    def put(self, fee_id: str, row: FeeRow | None) -> list[FeeRow]:
        """Hold a row as it is now (None: it is gone); the rows before and after, none where nothing changed."""
        before = self.rows.get(fee_id)
        if row is not None and row.year in self.partial and not row.open:
            row = None
        if before == row:
            return []
        changed = [r for r in (before, row) if r is not None]
        self.dirty.update(map(sheet_of, changed))
        if before is not None:
            del self.rooms[before.year, before.class_id][fee_id], self.rows[fee_id]
        if row is not None:
            self.hold(row)
        for view in self.views.values():
            if before is not None:
                view.drop(before)
            if row is not None:
                view.add(row)
        return changed

    def hold(self, row: FeeRow) -> None:
        """Hold a row that is not here yet, without a thought of views."""
        self.rows[row.id] = row
        room = self.rooms.get((row.year, row.class_id))
        if room is None:
            room = self.rooms[row.year, row.class_id] = {}
        room[row.id] = row

    def view[V: View](self, key: Hashable, make: Callable[[], V]) -> V:
        """A view, made once and then kept for as long as there is room."""
        if key not in self.views:
            self.views[key] = make()
            while len(self.views) > 1 and (len(self.views) > _VIEWS or sum(v.size for v in self.views.values()) > _VIEWED):
                self.views.popitem(last=False)
        self.views.move_to_end(key)
        return cast("V", self.views[key])


_books: OrderedDict[str, Book] = OrderedDict()


def forget() -> None:
    """Drop everything held in memory."""
    _books.clear()


def of(school: School, *, year: str | None = None, every_year: bool = False) -> Book:
    """The school's fees at this moment; `year` or all years with their settled fees too."""
    book = _books.get(school.id)
    if book is None or book.currency != school.currency:  # it can change for as long as there are no amounts
        book = load(school)
    catch_up(book)
    for named in sorted(book.partial if every_year else book.partial & {year, school.academic_year["name"]}):
        complete(book, named)
    _books[school.id] = book
    _books.move_to_end(school.id)
    while len(_books) > 1 and sum(len(b.rows) for b in _books.values()) > _MAX_ROWS:
        _books.popitem(last=False)
    return book


def load(school: School, *, consistent: bool = False, whole: bool = False) -> Book:
    """The fees from the school's sheets, else from the fees themselves. `whole`: years that are over in full."""
    state = reading_sheets.state_of(school.id)
    if state is None:
        return from_source(school)
    return from_sheets(school, state, consistent=consistent, whole=whole)


def from_sheets(school: School, state: FeeSheetState, *, consistent: bool, whole: bool) -> Book:
    """The fees as the sheets have them, to be caught up with the journal."""
    book = Book(school)
    book.seen_until = state.read_until
    year = school.academic_year
    for name, last_due in state.years.items():
        over = not whole and name != year["name"] and last_due < year["start"]
        if over:
            book.partial.add(name)
        _take(book, reading_sheets.load(school.id, name, half=reading_sheets.OPEN if over else "", consistent=consistent))
    return book


def _take(book: Book, sheets: Iterator[reading_sheets.Kept]) -> None:
    for sheet in sheets:
        book.turns[sheet.key] = sheet.turn
        for row in sheet.rows:
            before = book.rows.get(row.id)  # in two sheets while it moves from one to the other
            if before is None:
                book.hold(row)
            elif before.version < row.version:
                book.put(row.id, row)
            else:
                book.dirty.add(sheet.key)


def complete(book: Book, year: str) -> None:
    """Hold the settled fees of a year too."""
    book.partial.discard(year)
    book.views.clear()
    state = reading_sheets.state_of(book.school_id)
    _take(book, reading_sheets.load(book.school_id, year, half=reading_sheets.PAID))
    # The sheets may be older than what the container has seen: what the journal told since is read once more.
    book.seen_until = min(book.seen_until, state.read_until if state else 0)
    book.applied = frozenset()
    catch_up(book)


def from_source(school: School, payment: Look = _unseen, fee: Look = _unseen) -> Book:
    """The fees as they and their payments stand in the table; `payment` and `fee` are shown each stored record, payments first."""
    book = Book(school)
    book.seen_until = int(time.time() * 1000)
    lines: dict[str, dict[str, Line]] = {}
    for raw in _of_kind(Payment, school.id):
        payment(plain := reader.plain(raw))
        for fee_id, line in lines_of(plain, book.places).items():
            lines.setdefault(fee_id, {})[line.payment] = line
    for raw in _of_kind(StudentFee, school.id):
        fee(plain := reader.plain(raw))
        book.hold(row_of(plain, _in_order(plain, lines.get(plain["id"], {})), book.currency, book.places))
    return book


def _of_kind(kind: type[StudentFee] | type[Payment], school_id: str) -> Iterator[reader.Raw]:
    name = kind.__name__
    return (r for r in reader.query(kind.partition_of(school_id=school_id), consistent=True) if r["type"]["S"] == name)


def _in_order(plain: dict[str, Any], lines: dict[str, Line]) -> list[Line]:
    """The lines of a fee's payments, oldest first."""
    return [lines[key] for key in map(short, plain.get("payments") or ()) if key in lines]


def catch_up(book: Book, also: Iterable[str] = ()) -> list[FeeRow]:
    """Apply what the journal tells since the book last looked, and look again at these ids; rows before and after, of all of them."""
    started = int(time.time() * 1000)
    changed, applied = changed_since(book.school_id, book.seen_until, book.applied)
    changed.update(dict.fromkeys(also))
    touched = refresh(book, list(changed))
    book.applied, book.seen_until = applied, started
    return touched


def changed_since(school_id: str, moment: int, known: frozenset[str]) -> tuple[dict[str, None], frozenset[str]]:
    """Ids of fees that the journal names since a moment, of entries that are not known; and all entries within the overlap."""
    changed: dict[str, None] = {}
    applied: list[str] = []
    partition = Journal.partition_of(school_id=school_id, kind=StudentFee.__name__)
    for raw in reader.query(partition, after=floor_id(moment - OVERLAP_MS), consistent=True, fields=("id", "entityId", "entityIds")):
        entry = raw["id"]["S"]
        applied.append(entry)
        if entry not in known:
            many = [v["S"] for v in raw["entityIds"]["L"]] if "entityIds" in raw else []
            changed.update(dict.fromkeys(many or ([raw["entityId"]["S"]] if "entityId" in raw else [])))
    return changed, frozenset(applied)


def refresh(book: Book, ids: list[str]) -> list[FeeRow]:
    """Read these fees as they stand now; the rows before and after of all of them, changed or not."""
    if len(ids) > _MANY:
        book.views.clear()
    touched: list[FeeRow] = []
    for start in range(0, len(ids), _STEP):
        some = ids[start : start + _STEP]
        rows = current_rows(book, some)
        for fee_id in some:
            touched += [r for r in (book.rows.get(fee_id), rows.get(fee_id)) if r is not None]
            book.put(fee_id, rows.get(fee_id))
    return touched


def current_rows(book: Book, ids: list[str]) -> dict[str, FeeRow]:
    """The rows of those fees among the ids that exist, from the table; payments that the book knows are not read again."""
    keys = [StudentFee.key_of(school_id=book.school_id, id=i) for i in ids]
    plains = [reader.plain(raw) for raw in reader.get_many(keys, consistent=True).values()]
    known = {p["id"]: {n.payment: n for n in book.rows[p["id"]].lines} if p["id"] in book.rows else {} for p in plains}
    missing = {i for p in plains for i in p.get("payments") or () if short(i) not in known[p["id"]]}
    payments = reader.get_many([Payment.key_of(school_id=book.school_id, id=i) for i in sorted(missing)], consistent=True)
    for raw in payments.values():
        for fee_id, line in lines_of(reader.plain(raw), book.places).items():
            known.setdefault(fee_id, {})[line.payment] = line
    return {p["id"]: row_of(p, _in_order(p, known[p["id"]]), book.currency, book.places) for p in plains}

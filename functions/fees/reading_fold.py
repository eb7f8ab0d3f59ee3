"""Works the journal into the sheets of fees and the totals of classes.

The stream only says that something happened. What, is read from the journal since the last time, and how the fees stand now from
the table: an entry that comes three times, late or out of order gives the same. Sheets, totals and state are each written over the
turn that was read; whoever is overtaken starts again.
"""

import random
import time
from collections import defaultdict
from collections.abc import Iterable

from functions.fees import reading_book, reading_sheets
from functions.fees.reading_book import Book
from functions.fees.reading_rows import FeeRow, money
from functions.fees.reading_sheets import Overtaken, sheet_of
from shared.data import reader
from shared.entities.fee_totals import FeeSheetState, FeeTotals
from shared.entities.tenancy import School
from shared.errors import Unavailable
from shared.fee_totals import NO_CLASS, ClassFees, Collected, DueDay, GenderFees
from shared.lists import STUDENTS

_TRIES = 6
_HELD = 4  # schools whose books a container keeps between entries

type Room = tuple[str, str]  # academic year and class

_books: dict[str, tuple[Book, int]] = {}  # as they are stored, with the state's turn


def forget() -> None:
    """Drop everything held in memory."""
    _books.clear()


def knows(school_id: str, entry_id: str) -> bool:
    """Whether this container has worked that journal entry in lately."""
    return school_id in _books and entry_id in _books[school_id][0].applied


def fold(school_id: str, also: Iterable[str] = ()) -> None:
    """Bring the school's sheets and totals to the present; the classes of the fees `also` named are reckoned anew in any case."""
    ids = list(also)
    for attempt in range(_TRIES):
        try:
            _fold(school_id, ids)
        except Overtaken:
            time.sleep(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311 - jitter, not a secret
        else:
            return
    raise Unavailable


def _fold(school_id: str, also: list[str]) -> None:
    state = reading_sheets.state_of(school_id)
    school = reader.load(School, consistent=True, school_id=school_id)
    if school is None:
        raise LookupError(f"there is no school {school_id}")
    book = _book(school, state)
    touched = reading_book.catch_up(book, also)
    rooms = {(r.year, r.class_id) for r in touched} if state else set(book.rooms)
    save_sheets(book)
    for room in sorted(rooms):
        save_totals(book, room)
    _books[school_id] = (book, save_state(book, state, touched if state else book.rows.values()))
    while len(_books) > _HELD:
        _books.pop(next(iter(_books)))


def _book(school: School, state: FeeSheetState | None) -> Book:
    """The book as it is stored. It leaves memory until all of it is stored again."""
    kept = _books.pop(school.id, None)
    if state is None:
        return _unstored(school)
    if kept is not None and kept[1] == state.turn and kept[0].currency == school.currency:
        return kept[0]
    return reading_book.from_sheets(school, state, consistent=True, whole=True)


def _unstored(school: School) -> Book:
    """The fees as they stand, all of them still to be stored, over what an attempt that died may have left."""
    book = reading_book.from_source(school)
    book.dirty.update(map(sheet_of, book.rows.values()))
    for year in {year for year, _ in book.rooms}:
        for kept in reading_sheets.load(school.id, year, consistent=True):
            book.turns[kept.key] = kept.turn
            book.dirty.add(kept.key)
    return book


def save_sheets(book: Book) -> None:
    """Store the sheets that are not as they are here."""
    for key in sorted(book.dirty):
        class_id = key.block.split("#")[0]
        rows = [r for r in book.rooms.get((key.year, class_id), {}).values() if sheet_of(r) == key]
        book.turns[key] = reading_sheets.save(book.school_id, key, rows, book.turns.get(key, 0))
    book.dirty.clear()


def save_totals(book: Book, room: Room) -> None:
    """Store the sums of a class, where they are others than before."""
    year, class_id = room
    kept_as = class_id or NO_CLASS
    stored = reader.load(FeeTotals, consistent=True, school_id=book.school_id, academic_year=year, class_id=kept_as)
    content = totals_of(book, room).pack()
    if stored is not None and stored.content == content:
        return
    if stored is not None and stored.read_until > book.seen_until:
        raise Overtaken
    turn = stored.turn if stored else 0
    item = FeeTotals(
        school_id=book.school_id, academic_year=year, class_id=kept_as, turn=turn + 1, read_until=book.seen_until, content=content
    )
    reading_sheets.put(item, FeeTotals.turn, turn)


def totals_of(book: Book, room: Room) -> ClassFees:
    """The sums of a class's fees, from its rows."""
    year, class_id = room
    days: dict[str, list[int]] = defaultdict(lambda: [0] * 5)
    received: dict[tuple[str, str], int] = defaultdict(int)
    for row in book.rooms.get(room, {}).values():
        days[row.due][0] += 1
        _add_parts(days, row)
        if row.open:
            days[row.late_from][4] += 1
        for line in row.lines:
            received[line.day[:7], line.method] += line.amount
    due = tuple(DueDay(day, *figures) for day, figures in sorted(days.items()))
    collected = tuple(Collected(*at, money(amount, book.places)) for at, amount in sorted(received.items()))
    return ClassFees(class_id, year, book.places, due, collected, book.seen_until, _genders(book, room))


def _genders(book: Book, room: Room) -> tuple[GenderFees, ...]:
    """The sums by the gender that the students' records tell now; a later correction is taken up with the class's next change."""
    students = STUDENTS.recent(book.school_id)
    sums: dict[str, list[int]] = defaultdict(lambda: [0] * 4)
    for row in book.rooms.get(room, {}).values():
        known = students.get(row.student_id)
        figures = sums[known["gender"] if known else "UNKNOWN"]
        for place, amount in enumerate((1, row.net, row.paid, row.open)):
            figures[place] += amount
    return tuple(GenderFees(gender, *figures) for gender, figures in sorted(sums.items()))


def _add_parts(days: dict[str, list[int]], row: FeeRow) -> None:
    """Add what of a fee falls due on each of its days: owed, paid, open."""
    charged = [p.amount for p in row.parts] or [row.net]
    left = row.paid
    for (day, open_amount), amount in zip(row.open_parts(), charged, strict=True):
        figures = days[day]
        figures[1] += amount
        figures[2] += amount - open_amount
        figures[3] += open_amount
        left -= amount - open_amount
    days[row.due][2] += left  # paid above what is owed, which must not be: shown, not hidden


def save_state(book: Book, state: FeeSheetState | None, touched: Iterable[FeeRow]) -> int:
    """Store how far the journal was read; the state's new turn."""
    years = dict(state.years) if state else {}
    for row in touched:
        years[row.year] = max(years.get(row.year, ""), row.due)
    turn = state.turn if state else 0
    item = FeeSheetState(school_id=book.school_id, read_until=book.seen_until, turn=turn + 1, years=years)
    reading_sheets.put(item, FeeSheetState.turn, turn)
    return turn + 1

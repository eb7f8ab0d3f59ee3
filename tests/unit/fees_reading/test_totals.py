"""The sums of a class add up to those of its fees, by day, month and method."""

from collections import Counter
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from functions.fees import reading_fold
from functions.fees import reading_select as choice
from functions.fees.reading_book import Book
from functions.fees.reading_rows import FeeRow, Line, Part
from shared import fee_totals
from shared.entities.tenancy import School

YEAR = "2026-2027"
DAYS = st.dates(date(2026, 4, 1), date(2027, 3, 31)).map(date.isoformat)


@st.composite
def rows(draw):
    """A row whose parts add up, whose lines are what is paid, and which is not overpaid."""
    amounts = draw(st.lists(st.integers(0, 10**6), min_size=1, max_size=4))
    days = sorted(draw(st.lists(DAYS, min_size=len(amounts), max_size=len(amounts))))
    net = sum(amounts)
    paid = draw(st.integers(0, net))
    parts = tuple(map(Part, days, amounts)) if len(amounts) > 1 else ()
    line = Line(draw(st.text(max_size=3)), draw(DAYS), draw(st.sampled_from(["CASH", "CARD"])), "u", paid)
    return FeeRow(
        draw(st.uuids().map(str)), "s", draw(st.sampled_from("ab")), None, "n", YEAR, "p", net, None, None, None, net, paid, days[-1], 1,
        parts, (line,) if paid else (),
    )  # fmt: skip


def book_of(some):
    book = Book(School(school_id="x", id="x", currency="INR"))
    for row in some:
        book.hold(row)
    return book


@given(st.lists(rows(), max_size=12, unique_by=lambda r: r.id), DAYS)
def test_f6_totals_of_classes_equal_the_sums_over_their_fees(some, today):
    book = book_of(some)
    f = choice.Filters(today, YEAR, "2026-04-01")
    sums = choice.sums(book, f)
    classes = [reading_fold.totals_of(book, room) for room in book.rooms]
    told = fee_totals.figures_of(classes, today)
    assert [told.fees, *(int(a.scaleb(2)) for a in (told.net, told.paid, told.open, told.overdue))] == [
        sums.fees,
        sums.net,
        sums.paid,
        sums.open,
        sums.overdue,
    ]
    assert told.overdue_fees == sums.statuses["OVERDUE"]
    assert told.open_fees == sums.fees - sums.statuses["PAID"]
    collected = fee_totals.collected_by_month(classes)
    assert sum((a for methods in collected.values() for a in methods.values()), Decimal(0)).scaleb(2) == sums.collected
    by_month = fee_totals.by_month(classes, today)
    assert sum((m.net for m in by_month.values()), Decimal(0)) == told.net


@given(st.lists(rows(), max_size=12, unique_by=lambda r: r.id))
def test_totals_come_back_as_they_were_packed(some):
    book = book_of(some)
    for room in book.rooms:
        made = reading_fold.totals_of(book, room)
        assert fee_totals.ClassFees.unpack(made.class_id, made.academic_year, 2, made.pack(), made.read_until) == made


FILTERS = [
    choice.Filters("2026-11-24", YEAR, "2026-04-01", **more)
    for more in (
        {}, {"status": "OVERDUE"}, {"class_ids": frozenset("a")}, {"due_from": "2026-09-01"}, {"year": "2020-2021"},
        {"payments": choice.PaymentFilters(method="CASH")},
    )
]  # fmt: skip


@given(st.lists(rows(), max_size=12, unique_by=lambda r: r.id), st.data())
def test_f6_selections_and_sums_that_follow_changes_equal_those_made_anew(some, data):
    book = book_of(some)
    ranks = choice.Ranks(["t", "s"])
    names = (*choice.KEYS, "status")

    def look(at):
        told = [choice.select(at, f, n).rows(descending=back) for f in FILTERS for n in names for back in (False, True)]
        told += [choice.select(at, f, "studentName", ranks).rows() for f in FILTERS]
        return told, [{n: v for n, v in vars(choice.sums(at, f)).items() if n != "filters"} for f in FILTERS]

    look(book)
    for row in some:
        match data.draw(st.sampled_from(["keep", "gone", "other"])):
            case "gone":
                book.put(row.id, None)
            case "other":
                book.put(row.id, row._replace(net=row.net + data.draw(st.integers(0, 9)), due=data.draw(DAYS), parts=(), name="m"))
    assert look(book) == look(book_of(list(book.rows.values())))
    assert Counter(r.class_id for r in book.rows.values()) == Counter({c: len(room) for (_, c), room in book.rooms.items() if room})


@given(st.lists(rows(), max_size=12, unique_by=lambda r: r.id), st.integers(0, 14), st.integers(0, 14))
def test_g6_pages_of_a_selection_are_pieces_of_it_in_either_direction(some, start, size):
    found = choice.select(book_of(some), FILTERS[0], "openAmount")
    for descending in (False, True):
        every = found.rows(descending=descending)
        assert found.rows(start, start + size, descending=descending) == every[start : start + size]
    assert found.rows(descending=True) == found.rows()[::-1]


@given(st.lists(rows(), max_size=12, unique_by=lambda r: r.id), DAYS, DAYS)
def test_figures_of_a_span_are_those_of_the_parts_due_in_it(some, first, last):
    classes = [reading_fold.totals_of(book, room) for book in [book_of(some)] for room in book.rooms]
    told = fee_totals.figures_of(classes, "2026-11-24", since=first, until=last)
    parts = [(p.day, p.amount) for r in some for p in (r.parts or (Part(r.due, r.net),))]
    assert int(told.net.scaleb(2)) == sum(amount for day, amount in parts if first <= day <= last)

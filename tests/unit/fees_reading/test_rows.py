"""Rows of fees: exact, and with the standing that the rules give."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.fees import reading_select as choice
from functions.fees.reading_rows import FeeRow, Line, Part, lines_of, row_of, text_of, units
from functions.fees.reading_sheets import pack, sheet_of, unpack
from shared import fee_totals
from shared.fee_rules import collection_rate
from shared.fee_standing import standing_of

DAYS = st.dates(date(2026, 4, 1), date(2027, 3, 31)).map(date.isoformat)
CENTS = st.integers(0, 10**12)


@st.composite
def stored_fees(draw):
    """A fee as it is stored, with amounts that can come together."""
    total = draw(st.integers(0, 10**9))
    discount, scholarship = draw(st.integers(0, total)), draw(st.integers(0, 10**9))
    fine = draw(st.integers(0, 10**6))
    net = max(total - discount - scholarship, 0) + fine
    paid = draw(st.integers(0, net))
    days = sorted(draw(st.lists(DAYS, min_size=0, max_size=4, unique=True)))
    agreed = [{"dueDate": d, "amount": text_of(draw(st.integers(1, 10**6)), 2)} for d in days] if len(days) > 1 else None
    amounts = {
        "totalAmount": total,
        "discountAmount": discount or None,
        "scholarshipAmount": scholarship or None,
        "fineAmount": fine or None,
    }
    return {
        "id": "f", "studentId": "s", "classId": "c", "name": "Tuition", "academicYear": "2026-2027", "period": "Q1", "version": 3,
        "dueDate": days[-1] if agreed else draw(DAYS), "paidAmount": text_of(paid, 2), "instalments": agreed,
        **{n: None if a is None else text_of(a, 2) for n, a in amounts.items()},
    }  # fmt: skip


@given(stored_fees(), DAYS)
def test_f1_a_row_stands_as_the_fee_stands(plain, today):
    row = row_of(plain, (), "INR", 2)
    standing = standing_of(plain, date.fromisoformat(today), "INR")
    assert Decimal(text_of(row.net, 2)) == standing.net
    assert Decimal(text_of(row.open, 2)) == standing.open
    assert choice.status_of(row, today) == standing.status
    if row.open:
        assert row.late_from == standing.due.isoformat()
    assert 0 <= row.overdue(today) <= row.open
    assert (row.overdue(today) > 0) == (standing.status == "OVERDUE")


@given(stored_fees())
def test_the_parts_of_a_fee_add_up_to_what_is_open(plain):
    row = row_of(plain, (), "INR", 2)
    assert sum(amount for _, amount in row.open_parts()) == row.open
    assert row.overdue("9999") == row.open
    assert row.overdue("") == 0


@given(st.integers(-(10**18), 10**18), st.sampled_from([0, 2, 3]))
def test_g3_minor_units_and_text_are_the_same_amount(amount, places):
    text = text_of(amount, places)
    assert units(text, places) == amount
    assert Decimal(text) == Decimal(amount).scaleb(-places)
    assert len(text.partition(".")[2]) == places


def test_several_allocations_of_a_payment_to_one_fee_are_one_line():
    parts = [{"feeId": "f", "amount": "1.10"}, {"feeId": "g", "amount": "5.00"}, {"feeId": "f", "amount": "2.20"}]
    payment = {"id": "0" * 36, "paymentDate": "2026-05-01", "paymentMethod": "CASH", "receivedBy": "u", "allocations": parts}
    assert {fee: line.amount for fee, line in lines_of(payment, 2).items()} == {"f": 330, "g": 500}


TEXT = st.text(max_size=12)
LINES = st.builds(Line, TEXT, DAYS, st.sampled_from(["CASH", "CARD"]), TEXT, st.integers(-(10**12), 10**12))
ROWS = st.builds(
    FeeRow,
    id=st.uuids().map(str), student_id=TEXT, class_id=TEXT, structure_id=st.none() | TEXT, name=TEXT, year=st.just("2026-2027"), period=TEXT,
    total=CENTS, discount=st.none() | CENTS, scholarship=st.none() | CENTS, fine=st.none() | CENTS, net=CENTS, paid=CENTS, due=DAYS,
    version=st.integers(1, 10**6), parts=st.lists(st.builds(Part, DAYS, CENTS), max_size=3).map(tuple),
    lines=st.lists(LINES, max_size=3).map(tuple),
)  # fmt: skip


@given(st.lists(ROWS, max_size=6, unique_by=lambda r: r.id), st.randoms(use_true_random=False))
def test_a_sheet_gives_back_the_rows_that_were_put_in_and_is_the_same_for_the_same_rows(rows, shuffle):
    packed = pack(rows)
    assert unpack(packed, "2026-2027") == sorted(rows)
    shuffle.shuffle(rows)
    assert pack(rows) == packed


@pytest.mark.parametrize(
    ("due", "paid", "half", "block"),
    [("2026-04-01", 0, "OPEN", "c#2026Q2"), ("2026-12-31", 9, "OPEN", "c#2026Q4"), ("2027-01-01", 10, "PAID", "c#2027Q1")],
)
def test_a_row_lies_in_the_sheet_of_its_class_quarter_and_state(due, paid, half, block):
    row = FeeRow("f", "s", "c", None, "n", "2026-2027", "p", 10, None, None, None, 10, paid, due, 1, (), ())
    assert sheet_of(row) == ("2026-2027", half, block)


@given(st.integers(0, 10**15), st.integers(1, 10**15))
def test_f6_a_rate_is_rounded_half_up_to_two_decimals(paid, net):
    told = collection_rate(Decimal(paid).scaleb(-2), Decimal(net).scaleb(-2))
    assert told is not None
    assert -1 <= 2 * (told * net - paid * 100) / Decimal("0.01") / net <= 1
    assert told.as_tuple().exponent == -2


@pytest.mark.parametrize(("paid", "net", "told"), [("1", "3", "33.33"), ("2", "3", "66.67"), ("1", "800", "0.13"), ("5", "5", "100.00")])
def test_f6_the_rate_of_collection(paid, net, told):
    assert str(collection_rate(Decimal(paid), Decimal(net))) == told


def test_f6_nothing_of_nothing_is_no_rate():
    assert collection_rate(Decimal(0), Decimal(0)) is None
    assert fee_totals.Figures().collection_rate is None

"""The compact forms of attendance give back what went in, and the percentage keeps its rule (T3)."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import attendance_codes as codes
from shared.attendance_codes import Counts, Mark, Place
from shared.ids import is_id, new_id

COUNT = st.integers(0, 400)
COUNTS = st.builds(Counts, COUNT, COUNT, COUNT, COUNT, COUNT)
IDS = st.uuids().map(str)
WHO = st.sampled_from([new_id() for _ in range(4)])
WHEN = st.integers(0, 86_399).map(lambda n: f"2026-11-24T{n // 3600:02d}:{n // 60 % 60:02d}:{n % 60:02d}.000Z")
MARK = st.builds(Mark, IDS, st.sampled_from("PALHE"), WHO, WHEN, WHO, WHEN, st.none() | st.text(min_size=1, max_size=9))
MARKS = st.lists(MARK, max_size=60, unique_by=lambda m: m.student_id)
DAY = st.dates(date(2026, 4, 1), date(2027, 3, 31)).map(str)


@pytest.mark.parametrize(
    ("counts", "percentage"),
    [
        (Counts(), None),
        (Counts(present=1), "100.00"),
        (Counts(absent=3), "0.00"),
        (Counts(half_day=1), "50.00"),
        (Counts(late=1, absent=2), "33.33"),
        (Counts(present=2, absent=1), "66.67"),
        (Counts(excused=1, present=1), "50.00"),
        (Counts(present=12_345, absent=7_655), "61.73"),  # 61.725 goes up
        (Counts(half_day=1, absent=399), "0.13"),  # 0.125 goes up
    ],
)
def test_t3_the_percentage_has_two_decimals_half_up(counts, percentage):
    assert counts.percentage == (Decimal(percentage) if percentage else None)
    assert str(counts.percentage) == str(percentage)


@given(COUNTS)
def test_t3_the_percentage_is_exact_and_within_bounds(counts):
    if not counts.total:
        assert counts.percentage is None
        return
    exact = (Decimal(counts.present + counts.late) + Decimal("0.5") * counts.half_day) / counts.total * 100
    assert abs(counts.percentage - exact) <= Decimal("0.005") + Decimal("1e-20")
    assert counts.percentage == exact.quantize(Decimal("0.01"), ROUND_HALF_UP) or abs(exact * 1000 % 10 - 5) < Decimal("1e-15")
    assert 0 <= counts.percentage <= 100
    assert counts.percentage.as_tuple().exponent == -2


@given(COUNTS, COUNTS)
def test_t3_sums_hold_and_a_better_day_never_lowers_the_percentage(one, other):
    both = one.plus(other)
    assert both == codes.summed([one, other])
    assert both.total == one.total + other.total
    better = one.plus(Counts(present=1))
    assert one.percentage is None or better.percentage >= one.percentage
    worse = one.plus(Counts(absent=1))
    assert one.percentage is None or worse.percentage <= one.percentage


@given(MARKS)
def test_marks_come_back_as_they_were_packed(marks):
    packed = codes.pack_marks(marks)
    assert codes.unpack_marks(packed.marks, packed.hands, packed.remarks) == marks
    assert codes.letters_of(packed.marks) == {m.student_id: m.letter for m in marks}
    assert codes.counts_of(packed.marks) == Counts.of(m.letter for m in marks)
    assert len(packed.marks) == 28 * len(marks)


@given(st.dictionaries(st.integers(1, 31), COUNTS.filter(lambda c: c.total)))
def test_a_months_counts_come_back_as_they_were_packed(days):
    assert codes.unpack_counts(codes.pack_counts(days)) == days


@given(st.dictionaries(IDS, st.dictionaries(st.integers(1, 30).map(lambda d: f"2026-11-{d:02d}"), st.sampled_from("PALHE"), min_size=1)))
def test_a_months_sheet_comes_back_as_it_was_packed_whatever_the_order(sheet):
    packed = codes.pack_sheet(sheet)
    assert codes.unpack_sheet("2026-11", packed) == sheet
    assert codes.pack_sheet(dict(reversed(sheet.items()))) == packed


@given(IDS, DAY, st.integers(0, 300))
def test_a_records_id_is_a_uuid_of_version_7_that_tells_its_place_alone(class_id, day, slot):
    made = codes.record_id(class_id, day, slot)
    assert is_id(made)
    assert UUID(made).version == 7
    assert codes.place_of(made, [new_id(), class_id]) == Place(class_id, day, slot)
    assert codes.place_of(made, [new_id()]) is None
    assert made != codes.record_id(class_id, day, slot + 1)


@given(st.uuids())
def test_any_other_id_has_no_place_and_is_no_error(number):
    assert codes.place_of(str(number), [new_id()]) is None


def test_the_months_of_a_span():
    assert codes.month_span(date(2026, 11, 30), date(2027, 2, 1)) == ["2026-11", "2026-12", "2027-01", "2027-02"]
    assert codes.month_span(date(2026, 11, 1), date(2026, 11, 30)) == ["2026-11"]

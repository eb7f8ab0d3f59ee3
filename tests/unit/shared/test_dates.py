"""Dates of files: ISO, day or month first, spreadsheet serials; impossible ones say why (G12)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.csv_files import DateOrder, parse_date


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("2024-02-29", "iso", date(2024, 2, 29)),
        (" 2024-2-9 ", "dmy", date(2024, 2, 9)),
        ("2024/02/09", "mdy", date(2024, 2, 9)),
        ("2024-02-29T00:00:00.000Z", "iso", date(2024, 2, 29)),
        ("2024-02-29 00:00:00+00:00", "iso", date(2024, 2, 29)),
        ("03/04/2015", "dmy", date(2015, 4, 3)),
        ("03/04/2015", "mdy", date(2015, 3, 4)),
        ("3-4-2015", "dmy", date(2015, 4, 3)),
        ("3.4.2015 00:00", "dmy", date(2015, 4, 3)),
        ("4/2/2000", "mdy", date(2000, 4, 2)),
        ("43831", "iso", date(2020, 1, 1)),
        ("43831.0", "dmy", date(2020, 1, 1)),
        ("1", "iso", date(1900, 1, 1)),
        ("59", "iso", date(1900, 2, 28)),
        ("61", "iso", date(1900, 3, 1)),
        ("2958465", "iso", date(9999, 12, 31)),
    ],
)
def test_a_date_is_read_in_the_order_of_the_mapping(text: str, order: DateOrder, expected: date) -> None:
    assert parse_date(text, order) == expected


@pytest.mark.parametrize(
    ("text", "order", "reason"),
    [
        ("2023-02-29", "iso", "February 2023 has no day 29"),
        ("31/04/2015", "dmy", "April 2015 has no day 31"),
        ("13/25/2015", "mdy", "no month 13|no day"),
        ("12/25/2015", "dmy", "no month 25.*other way round"),
        ("25/12/2015", "mdy", "no month 25.*other way round"),
        ("2015-13-01", "iso", "no month 13"),
        ("2015-00-01", "iso", "no month 0"),
        ("0000-01-01", "iso", "no year 0"),
        ("03/04/2015", "iso", "YYYY-MM-DD"),
        ("03/04/15", "dmy", "four digits"),
        ("03/04/20155", "dmy", "four digits"),
        ("2015-04-03T08:30:00", "iso", "without a time"),
        ("03/04/2015 8:30", "dmy", "without a time"),
        ("43831.5", "iso", "without a time"),
        ("60", "iso", "1900 has no day 29"),
        ("2015", "iso", "only a year"),
        ("2958466", "iso", "no serial"),
        ("0", "iso", "form YYYY-MM-DD"),
        ("20150403", "iso", "form YYYY-MM-DD"),
        ("3/4-2015", "dmy", "form DD/MM/YYYY"),
        ("soon", "mdy", "form MM/DD/YYYY"),
        ("", "iso", "form"),
        ("٢٠١٥-٠٤-٠٣", "iso", "form"),
    ],
)
def test_what_is_no_date_says_why(text: str, order: DateOrder, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_date(text, order)


@given(st.dates(min_value=date(1900, 3, 1)))
def test_every_form_of_a_date_is_that_date(day: date) -> None:
    assert parse_date(day.isoformat(), "mdy") == day
    assert parse_date(f"{day.day:02d}/{day.month:02d}/{day.year:04d}", "dmy") == day
    assert parse_date(f"{day.month}.{day.day}.{day.year:04d}", "mdy") == day
    serial = (day - date(1899, 12, 30)) // timedelta(days=1)
    if serial not in range(1900, 2101):
        assert parse_date(str(serial), "iso") == day


@given(st.text(max_size=20), st.sampled_from(["iso", "dmy", "mdy"]))
def test_any_text_is_a_date_or_a_value_error(text: str, order: DateOrder) -> None:
    try:
        assert isinstance(parse_date(text, order), date)
    except ValueError:
        return

"""Number formats that a school sets."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.numbering import check_pattern, format_number

DAY = date(2026, 3, 9)


@pytest.mark.parametrize(
    ("pattern", "sequence", "made"),
    [
        ("{YYYY}-{SEQ:4}", 7, "2026-0007"),
        ("R-{SEQ:5}", 1, "R-00001"),
        ("{SEQ}", 12, "12"),
        ("{SEQ:4}", 12345, "12345"),
        ("ADM/{YY}{MM}/{SEQ:3}", 4, "ADM/2603/004"),
        ("{SEQ:10}", 1, "0000000001"),
    ],
)
def test_a_pattern_makes_the_number_of_a_place_in_the_sequence(pattern, sequence, made):
    assert format_number(check_pattern(pattern), sequence, DAY) == made


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("", "1 to 40"),
        ("{SEQ}" + "x" * 40, "1 to 40"),
        ("R-1", "exactly once"),
        ("{YYYY}", "exactly once"),
        ("{SEQ}-{SEQ:3}", "exactly once"),
        ("{SEQ:0}", "no placeholder"),
        ("{SEQ:11}", "no placeholder"),
        ("{seq}", "no placeholder"),
        ("{DD}{SEQ}", "no placeholder"),
        ("{SEQ", "exactly once"),
        ("{SEQ}}", "letters A–Z"),
        ("№{SEQ}", "letters A–Z"),
        ("=1+{SEQ}", "letters A–Z"),
        (" {SEQ}", "no blank"),
        ("{SEQ}\n", "no blank"),
    ],
)
def test_a_wrong_pattern_is_told_what_is_wrong_with_it(pattern, why):
    with pytest.raises(ValueError, match=why):
        check_pattern(pattern)


@given(st.integers(1, 10**9), st.integers(1, 10**9), st.sampled_from(["{SEQ}", "{YYYY}-{SEQ:4}", "A{SEQ:2}B", "{MM}.{SEQ:10}"]))
def test_different_places_in_the_sequence_never_get_the_same_number(one, other, pattern):
    assert (format_number(pattern, one, DAY) == format_number(pattern, other, DAY)) == (one == other)

"""Phone numbers are read with the school's country and kept as E.164 (G4); what spreadsheets do to them is recognised."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.phones import is_e164, parse_phone


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("9876543210", "IN", "+919876543210"),
        ("098765 43210", "IN", "+919876543210"),
        ("919876543210", "IN", "+919876543210"),
        ("+91 98765-43210", None, "+919876543210"),
        ("9876543210.0", "in", "+919876543210"),
        ("\u202a+91\u00a098765\u00a043210\u202c", "DE", "+919876543210"),
        ("０９８７６５４３２１０", "IN", "+919876543210"),
        ("٠٥٠١٢٣٤٥٦٧", "SA", "+966501234567"),
        ("0044 20 7946 0958", "IN", "+442079460958"),
        ("(555) 123.4567", "US", "+15551234567"),
        ("0612345678", "IT", "+390612345678"),
        ("0700000000", "CI", "+2250700000000"),
        ("7911123456", "GB", "+447911123456"),
    ],
)
def test_a_number_is_read_as_one_dials_it_in_the_country(text: str, country: str | None, expected: str) -> None:
    assert parse_phone(text, country) == expected


@pytest.mark.parametrize(
    ("text", "country", "reason"),
    [
        ("1.0E+11", "IN", "shortened by a spreadsheet"),
        ("9,88E+09", "IN", "shortened by a spreadsheet"),
        ("612345678", "IT", "lost its leading zero"),
        ("700000000", "CI", "leading zero"),
        ("447911123456", "IN", r"lost the \+"),
        ("9876543210", None, r"begin with \+"),
        ("9876543210", "XX", r"begin with \+"),
        ("555-1234", "US", "area code"),
        ("98765", "IN", "too few or too many"),
        ("98765432109876", "IN", "too long"),
        ("+999 123456789", "IN", "country code"),
        ("+1 555 010 0199 ext 5", "US", "digits, spaces"),
        ("call me", "IN", "digits, spaces"),
        ("12\n34567890\x00", "IN", "digits, spaces"),
        ("", "IN", "empty"),
        ("9" * 41, "IN", "too long"),
        ("+4912", "DE", "area code|digits"),
        ("+", "IN", "digits, spaces|too short"),
    ],
)
def test_a_bad_number_is_refused_with_its_reason(text: str, country: str | None, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_phone(text, country)


@pytest.mark.parametrize(("text", "country"), [("118098-.215-3", "US"), (".0611", "DE"), ("- 0611", "DE"), ("(0872-4 0.13", "IN")])
def test_a_number_that_reads_as_none_with_a_zero_in_front_is_no_failure(text: str, country: str) -> None:
    with contextlib.suppress(ValueError):
        assert is_e164(parse_phone(text, country))


@given(st.text(max_size=45) | st.from_regex(r"[+0-9() .\-]{1,30}", fullmatch=True), st.sampled_from(["IN", "US", "DE", "IT", "KE", None]))
def test_any_text_gives_e164_that_stays_the_same_or_a_value_error(text: str, country: str | None) -> None:
    try:
        number = parse_phone(text, country)
    except ValueError:
        return
    assert is_e164(number)
    assert parse_phone(number, country) == number


@pytest.mark.parametrize("text", ["", "+", "919876543210", "+0123456789", "+91 98765", "+9198765432101234", "+919876543210\n", "+٩١٩٨٧٦٥"])
def test_what_is_not_e164_is_told_apart(text: str) -> None:
    assert not is_e164(text)

"""What JSON a body may hold."""

from decimal import Decimal

import pytest

from shared.errors import UnsupportedMediaType, ValidationFailed
from shared.http.body import expect_json, parse_json, validated
from shared.http.schema import Bool, Date, Email, In, Int, Lines, Name


def test_numbers_stay_exact():
    assert parse_json(b'{"a": 0.10, "b": 100.00, "c": 12345678901234567890.123}') == {
        "a": Decimal("0.10"),
        "b": Decimal("100.00"),
        "c": Decimal("12345678901234567890.123"),
    }


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[1,]",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": 1e400}',
        b'{"a": 1e-400}',
        b'{"a": ' + b"9" * 100 + b"}",
        b'{"a": 1, "a": 2}',
        b'{"a": {"b": 1, "b": 1}}',
        b"[" * 1000 + b"]" * 1000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b"\xff\xfe",
        b'{"a": "\xed\xa0\x80"}',
    ],
)
def test_what_is_no_clean_json_is_a_validation_error(raw):
    with pytest.raises(ValidationFailed) as caught:
        parse_json(raw)
    assert caught.value.details


def test_brackets_inside_strings_are_not_nesting():
    assert parse_json(b'{"a": "' + b"[" * 200 + b'"}') == {"a": "[" * 200}


@pytest.mark.parametrize("kind", ["text/plain", "", "multipart/form-data", "application/xml"])
def test_only_json_is_taken_as_json(kind):
    with pytest.raises(UnsupportedMediaType):
        expect_json(kind)


class Sample(In):
    first_name: Name
    age: Int | None = None
    born: Date | None = None
    mail: Email | None = None
    happy: Bool | None = None
    notes: Lines | None = None


@pytest.mark.parametrize(
    ("data", "fields"),
    [
        ({}, {"firstName"}),
        ({"firstName": "  "}, {"firstName"}),
        ({"firstName": "a\x00b"}, {"firstName"}),
        ({"firstName": "\ud800"}, {"firstName"}),
        ({"firstName": "A", "age": "5"}, {"age"}),
        ({"firstName": "A", "age": Decimal("5.0")}, {"age"}),
        ({"firstName": "A", "age": True}, {"age"}),
        ({"firstName": "A", "born": "2026-02-30"}, {"born"}),
        ({"firstName": "A", "born": 20260101}, {"born"}),
        ({"firstName": "A", "born": "2026-1-1"}, {"born"}),
        ({"firstName": "A", "mail": "nobody"}, {"mail"}),
        ({"firstName": "A", "happy": "true"}, {"happy"}),
        ({"firstName": "A", "__proto__": {}, "role": "SUPER_ADMIN"}, {"__proto__", "role"}),
        ({"first_name": "A"}, {"firstName", "first_name"}),
        ([], {"body"}),
        (None, {"body"}),
    ],
)
def test_g7_every_bad_field_is_named(data, fields):
    with pytest.raises(ValidationFailed) as caught:
        validated(Sample, data)
    assert {d.field for d in caught.value.details} == fields


def test_g4_text_is_composed_and_trimmed_and_addresses_are_lower_cased():
    made = validated(Sample, {"firstName": " Zoe\u0301 ", "mail": "Zoe@School.EXAMPLE", "notes": "one\ntwo"})
    assert (made.first_name, made.mail, made.notes) == ("Zoé", "zoe@school.example", "one\ntwo")


def test_a_model_tells_nothing_of_its_content():
    assert "Zoe" not in repr(validated(Sample, {"firstName": "Zoe"}))

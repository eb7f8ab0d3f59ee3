"""Text is cleaned on the way in, folded for search, masked for logs (G4)."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.text import clean, fold, mask_email, mask_phone

PERSIAN = "می\u200cخواهم"
SINHALA = "ශ්\u200dරී"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Asha  ", "Asha"),
        ("Jose\u0301", "José"),
        ("\u00a0Zoë\u3000", "Zoë"),
        ("\ufeffZoë\u200b", "Zoë"),
        ("O'Brien", "O'Brien"),
        (PERSIAN, PERSIAN),
        (SINHALA, SINHALA),
        ("दिव्या", "दिव्या"),
        ("", ""),
    ],
)
def test_text_is_trimmed_and_composed_and_keeps_its_joiners(text: str, expected: str) -> None:
    assert clean(text) == expected


@pytest.mark.parametrize("sign", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\x9f", "\n", "\r", "\t", "\u2028", "\u202e", "\u2066"])
@pytest.mark.parametrize("around", ["Asha{}Rao", "Zoë{}", "{}Asha"])
def test_a_control_character_is_refused_wherever_it_stands(sign: str, around: str) -> None:
    with pytest.raises(ValueError, match="control character"):
        clean(around.format(sign))


@pytest.mark.parametrize("sign", [chr(0xD800), chr(0xDFFF), "\ufffe", "\uffff", "\ufdd0", "\U0001ffff", "\U0010fffe"])
def test_a_lone_surrogate_and_a_noncharacter_are_refused(sign: str) -> None:
    with pytest.raises(ValueError, match="no character"):
        clean(f"Asha{sign}")


def test_lines_keep_their_breaks_and_tabs_in_one_form() -> None:
    assert clean(" a\r\nb\rc\n\td\u2028e ", multiline=True) == "a\nb\nc\n\td\ne"
    with pytest.raises(ValueError, match="control character"):
        clean("a\x00\nb", multiline=True)


def test_a_pile_of_marks_is_refused_before_it_costs_time() -> None:
    started = time.process_time()
    with pytest.raises(ValueError, match="marks"):
        clean("a" + "\u0301\u0327" * 200_000)
    assert time.process_time() - started < 1


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    try:
        once = clean(text)
    except ValueError:
        return
    assert clean(once) == once
    assert unicodedata.is_normalized("NFC", once)


@pytest.mark.parametrize(
    "twins",
    [
        ("José Ñandú", "jose nandu", "JOSE\u0301 N\u0303ANDU\u0301"),
        ("Straße", "STRASSE", "strasse"),
        ("Łódź Øst Đặng", "lodz ost dang"),
        ("O'Brien", "O’Brien", "OBrien", "o`brien", "Oʼbrien"),
        ("Σοφός", "ΣΟΦΟΣ", "σοφοσ"),
        ("Ёлкин", "елкин"),
        ("İstanbul", "istanbul", "ISTANBUL"),
        ("Yıldız", "yildiz"),
        ("مُحَمَّد", "محمد", "محـمد"),
        ("أحمد", "احمد"),
        ("علی", "علي"),
        ("שָׁלוֹם", "שלום"),
        ("ＡＢＣ　１２", "abc 12"),
        ("ｶﾞｷﾞ", "ガギ"),
        ("١٢٣", "123"),
        ("a  b\u00a0 c ", "a b c"),
        (PERSIAN, PERSIAN.replace("\u200c", "")),
    ],
)
def test_search_finds_what_differs_only_in_case_accents_and_ways_of_typing(twins: tuple[str, ...]) -> None:
    assert len({fold(twin) for twin in twins}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("मीरा", "मिरा"), ("रवि", "रवी"), ("মিতা", "মীতা"), ("மீனா", "மினா"), ("한국", "하국"), ("カキ", "ガギ"), ("นิด", "นัด"), ("Anna", "Ana")],
)
def test_different_names_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(st.characters(codec="utf-8")))
def test_composed_and_decomposed_twins_fold_alike(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


@given(st.text(st.characters(max_codepoint=127)))
def test_the_quick_path_for_ascii_agrees_with_the_long_one(text: str) -> None:
    assert fold(text + "é") == fold(text + "e")


def test_a_masked_address_and_number_do_not_give_the_person_away() -> None:
    assert mask_email("asha.rao@example.org") == "a***@e***.org"
    assert mask_email("nobody") == mask_email("@x.y") == mask_email("a@b") == "***"
    assert mask_email("\n@example.org") == "***@***.org"
    assert mask_phone("+919876543210") == "***210"
    assert mask_phone("12345") == mask_phone("") == "***"

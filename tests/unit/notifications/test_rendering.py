"""Prices by parts of a text, placeholders filled in once, addresses that tell nothing."""

import pytest

from functions.notifications import prices, rendering
from functions.notifications.rendering import Words
from shared.entities.tenancy import School


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ज" * 70, 1),
        ("ज" * 71, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_a_text_message_is_charged_by_its_parts(text, parts):
    assert prices.text_parts(text) == parts


def test_a_number_is_priced_by_its_country_code_the_longest_that_is_known():
    assert prices.text_price("+966500000000") == prices._TEXT["966"]
    assert prices.text_price("+14155550100") == prices._TEXT["1"]
    assert prices.text_price("+99912345678") == prices._TEXT_ELSEWHERE


def test_what_a_fact_holds_is_not_looked_through_again():
    assert rendering._fill("{title}: {content}", {"title": "{content}", "content": "{title}"}) == "{content}: {title}"
    assert rendering._fill("{missing}!", {}) == "!"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [("{student} {date}", []), ("{price}", ["{price}"]), ("{ }", ["{ }"]), ("{", ["{"]), ("a } b", ["}"]), ("{{student}}", ["{", "}"])],
)
def test_placeholders_that_nobody_fills_in_are_found(text, wrong):
    assert rendering.unknown_placeholders("ABSENCE", text) == wrong


def test_a_subject_is_one_line_whatever_its_facts_hold():
    school = School(school_id="s", id="s", name="School", locale="en", timezone="UTC", currency="INR", email=None)
    letter = rendering.mail(school, Words("en", "A", "One\n\nTwo\nThree", "A"), to="a@b.example", name="<N>", unsubscribe=None, tags={})
    assert "<p>One</p><p>Two<br>Three</p>" in letter.html
    assert "&lt;N&gt;" in letter.html
    assert letter.headers == []


@pytest.mark.parametrize(("language", "direction"), [("ar", "rtl"), ("he", "rtl"), ("ar-AE", "rtl"), ("en", "ltr"), ("hi", "ltr")])
def test_arabic_and_hebrew_run_from_right_to_left(language, direction):
    assert Words(language, "t", "c", "s").direction == direction


def test_a_long_text_message_is_cut():
    assert len(rendering.sms(Words("en", "t", "c", "x" * 5_000))) == 600

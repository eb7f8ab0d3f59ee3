"""The e-mails of the auth module."""

import string

import pytest

from functions.auth import letters
from functions.auth.accounts import Account
from functions.auth.texts import LANGUAGES, Words
from shared.entities.tenancy import Access, School, User


def account(locale: str | None = "en-IN", **fields) -> Account:
    user = User(id="u", email="ravi@school.example", role="TEACHER", **{"first_name": "Ravi", "last_name": "Kumar", **fields})
    school = School(name="Hill & Vale <School>", locale=locale, email="office@school.example") if locale else None
    return Account(user, Access(role="TEACHER"), school, legacy=False)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_everything_with_known_names_alone(language):
    for field in Words.__dataclass_fields__:
        text = getattr(LANGUAGES[language], field)
        assert text
        assert {name for _, name, _, _ in string.Formatter().parse(text) if name} <= {"school", "name"}
    assert "{school}" in LANGUAGES[language].invitation_subject


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_carries_code_and_link_in_text_and_html(language):
    code = letters.reset_code(account(f"{language}-XX"), "12345678")
    assert "\n\n12345678\n\n" in code.text
    assert "12345678" in code.html
    assert f'lang="{language}"' in code.html
    link = letters.invitation(account(f"{language}-XX"), "a.b")
    assert "/accept-invitation?token=a.b" in link.text
    assert "/accept-invitation?token=a.b" in link.html


def test_names_are_escaped_in_html_and_plain_in_text():
    made = letters.reset_code(account(first_name="<script>", last_name=None), "12345678")
    assert "<script>" not in made.html
    assert "Hill &amp; Vale &lt;School&gt;" in made.html
    assert "Hill & Vale <School>" in made.text
    assert made.subject == "Hill & Vale <School>: your code"


def test_braces_in_a_name_are_only_text():
    assert "{school}" in letters.reset_code(account(first_name="{school}"), "12345678").text


@pytest.mark.parametrize("locale", ["xx-XX", "", "EN", None])
def test_another_language_is_answered_in_english(locale):
    assert letters.reset_code(account(locale), "12345678").subject.endswith(": your code")


def test_the_sender_is_the_school_and_answers_go_to_its_office():
    made = letters.reset_code(account(), "12345678")
    assert (made.sender_name, made.reply_to, made.to) == ("Hill & Vale <School>", "office@school.example", "ravi@school.example")
    assert letters.reset_code(account(None), "12345678").sender_name == "Homeroom"

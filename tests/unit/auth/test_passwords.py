"""How strong a password must be (rule A4), and the codes by which one is set."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.auth import codes
from shared.auth import attempts, passwords
from shared.data.in_place import Outcome
from shared.data.unit_of_work import Actor, UnitOfWork
from shared.entities.tenancy import User
from shared.errors import Unavailable, ValidationFailed
from shared.gateways import pool
from tests.support.journal import actions
from tests.support.world import make_person, make_school


@pytest.mark.parametrize(
    ("password", "lacks"),
    [
        ("Blue-Kite-42", []),
        ("Aa345678", []),
        ("Aa34567", ["at least 8 characters"]),
        ("aa345678", ["an upper case letter A–Z"]),
        ("AA345678", ["a lower case letter a–z"]),
        ("Abcdefgh", ["a digit"]),
        ("", ["at least 8 characters", "an upper case letter A–Z", "a lower case letter a–z", "a digit"]),
        ("Éé345678", ["an upper case letter A–Z", "a lower case letter a–z"]),
        ("Aa٣٤٥٦٧٨٩", ["a digit"]),
        (" Aa345678", ["no blank at its beginning or end"]),
        ("Aa345678\t", ["no blank at its beginning or end"]),
        ("Aa3" + "x" * 254, ["at most 256 characters"]),
        ("密码Aa345678", []),
    ],
)
def test_a4_everything_that_a_password_lacks_is_named(password, lacks):
    assert passwords.missing(password) == lacks


def test_a4_a_weak_password_is_a_validation_error_on_its_field():
    with pytest.raises(ValidationFailed) as refused:
        passwords.check_strength("abc", "newPassword")
    assert [d.field for d in refused.value.details] == ["newPassword"] * 3
    passwords.check_strength("Blue-Kite-42")


@given(st.text(max_size=300))
def test_any_text_is_judged(password):
    assert isinstance(passwords.missing(password), list)


def test_a_code_has_eight_digits_and_is_another_each_time():
    made = {codes.new_code() for _ in range(200)}
    assert all(len(code) == 8 and code.isdecimal() for code in made)
    assert len(made) > 190


def test_a_codes_hash_is_salted_and_right_for_the_code_alone():
    one, two = codes.hashed("12345678"), codes.hashed("12345678")
    assert one != two
    assert "12345678" not in one
    assert codes.is_right("12345678", one)
    assert not codes.is_right("12345679", one)
    assert not codes.is_right("12345678", None)
    assert not codes.is_right("", None)


def user(**fields):
    return User(school_id="s", id="u", email="ravi@school.example", **fields)


@pytest.fixture
def unit(world):
    return UnitOfWork("s", Actor(), "users")


def test_a_first_password_goes_to_the_pool_and_into_the_units_journal(unit, monkeypatch):
    told = []
    monkeypatch.setattr(pool, "set_password", lambda *given: told.append(given))
    passwords.first_password(unit, user(), "Blue-Kite-42")
    assert told == [("u", "s", "Blue-Kite-42")]
    assert [c.action for c in unit.changes] == ["SET_PASSWORD"]


@pytest.mark.parametrize("refusal", [pool.Refused(), ValidationFailed.of("password", "weak")])
def test_a_password_that_the_pool_does_not_take_is_a_validation_error_on_its_field(unit, monkeypatch, refusal):
    def refuse(*_):
        raise refusal

    monkeypatch.setattr(pool, "set_password", refuse)
    with pytest.raises(ValidationFailed) as refused:
        passwords.first_password(unit, user(), "Blue-Kite-42", field="newPassword")
    assert [d.field for d in refused.value.details] == ["newPassword"]


def test_g11_no_password_changes_without_an_audit_entry_also_when_the_process_dies(unit, monkeypatch):
    class Killed(BaseException):
        pass

    def killed(*_):
        raise Killed

    monkeypatch.setattr(pool, "set_password", killed)
    person = make_person(make_school())
    own = UnitOfWork(person.school_id, Actor(), "users")
    with pytest.raises(Killed):
        passwords.set_password(own, user(), "Blue-Kite-42", action="CHANGE_PASSWORD")
    assert actions(person.school_id, "Password") == [("CHANGE_PASSWORD_BEGUN", "SUCCESS")]


def test_a_counter_that_others_keep_changing_is_unavailable_at_last(monkeypatch):
    monkeypatch.setattr(attempts.in_place, "change", lambda *_, **__: Outcome(done=False, item=None))
    with pytest.raises(Unavailable):
        attempts.begin("busy@school.example")

"""Tokens of the form `<id>.<secret>`."""

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from functions.auth.handles import Handle, new_step
from shared.ids import new_id
from shared.names import PLATFORM_SCHOOL


@pytest.mark.parametrize("school_id", ["0199a0a0-0000-7000-8000-000000000001", PLATFORM_SCHOOL])
def test_a_token_tells_its_school_and_user(school_id):
    made = Handle.new(school_id, new_id())
    assert Handle.parse(str(made)) == made


@given(st.text(max_size=200))
def test_any_text_is_a_token_or_none(text):
    found = Handle.parse(text)
    assert found is None or str(found) == text


def test_a_token_written_in_another_way_is_none():
    text = str(Handle.new(new_id(), new_id()))
    twin = text[:-1] + chr(ord(text[-1]) + 1)  # the last character's spare bits
    assert Handle.parse(twin) is None or Handle.parse(twin).secret != Handle.parse(text).secret
    for other in (text + "=", f" {text}", text.replace(".", ".."), text + "A"):
        assert Handle.parse(other) is None


def test_the_stored_hash_is_not_the_secret_and_matches_it_alone():
    one, two = Handle.new(new_id(), new_id()), Handle.new(new_id(), new_id())
    assert one.secret not in one.hash
    assert one.matches(one.hash)
    assert not one.matches(two.hash)
    assert not one.matches(None)


def test_secret_and_step_together_give_the_next_secret():
    one, step = Handle.new(new_id(), new_id()), new_step()
    assert one.next(step) == one.next(step)
    assert one.next(step).secret not in {one.secret, one.next(new_step()).secret}
    assert one.next(step).id == one.id


def test_what_is_sealed_opens_under_its_own_token_alone():
    one = Handle.new(new_id(), new_id())
    sealed = one.seal("the pool's token")
    assert one.unseal(sealed) == "the pool's token"
    assert one.seal("the pool's token") != sealed
    for other in (one.next(new_step()), Handle(one.school_id, one.user_id, Handle.new(one.school_id, one.user_id).id, one.secret)):
        with pytest.raises(InvalidTag):
            other.unseal(sealed)


def test_no_log_line_shows_a_secret():
    one = Handle.new(new_id(), new_id())
    assert one.secret not in repr(one)

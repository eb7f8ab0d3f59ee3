"""The first operator of a platform."""

import pytest

from functions.auth.bootstrap import create_super_admin
from shared.errors import Conflict, ValidationFailed
from shared.ids import new_id
from shared.names import PLATFORM_SCHOOL
from tests.support.client import Client
from tests.support.user_pool import make_user, sign_in
from tests.support.world import Person


def operator(password: str, email: str | None = None) -> Person:
    email = email or f"Operator-{new_id()}@platform.example"
    return Person(create_super_admin(email, password), email, PLATFORM_SCHOOL, "SUPER_ADMIN", Client())


def test_the_first_operator_signs_in_and_manages_schools(pooled):
    told = sign_in(operator("Blue-Kite-42"), "Blue-Kite-42").data
    assert (told["user"]["role"], told["school"]) == ("SUPER_ADMIN", None)


def test_running_it_again_changes_the_password_alone(pooled):
    first = operator("Blue-Kite-42")
    again = operator("Green-Kite-43", first.email)
    assert again.id == first.id
    assert sign_in(first, "Blue-Kite-42").status == 401
    assert sign_in(first, "Green-Kite-43").status == 200


def test_a_weak_password_makes_nobody(pooled):
    with pytest.raises(ValidationFailed):
        operator("weak")


def test_an_address_of_somebody_else_is_left_alone(school):
    taken = make_user(school)
    with pytest.raises(Conflict):
        operator("Blue-Kite-42", taken.email)


def test_an_operator_whom_another_makes_at_the_same_time_is_taken(pooled, monkeypatch):
    from functions.auth import bootstrap

    real, seen = bootstrap._known, []

    def overtaken(address):
        if not seen:
            seen.append(None)
            seen.append(create_super_admin(address, "Green-Kite-43"))
            return None
        return real(address)

    monkeypatch.setattr(bootstrap, "_known", overtaken)
    assert create_super_admin(f"twin-{new_id()}@platform.example", "Blue-Kite-42") == seen[1]

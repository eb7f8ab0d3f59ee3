"""Schools that bring bcrypt hashes along: their users sign in with the passwords they have."""

import bcrypt
import pytest

from shared.auth import passwords
from shared.data import reader
from shared.data.unit_of_work import Actor, UnitOfWork
from shared.entities.tenancy import LegacyHash, User
from shared.errors import ValidationFailed
from tests.support.client import Client
from tests.support.user_pool import session, sign_in, with_password
from tests.support.world import Person, make_person, make_school

OLD = "altes passwort"  # weaker than what is asked for today


def brought_along(school, bcrypt_hash: str | None = None) -> Person:
    made = make_person(school, "TEACHER")
    unit = UnitOfWork(school.id, Actor(), "tests")
    user = reader.load(User, consistent=True, school_id=school.id, id=made.id)
    passwords.legacy_hash(unit, user, bcrypt_hash or bcrypt.hashpw(OLD.encode(), bcrypt.gensalt(4)).decode())
    unit.commit()
    return Person(made.id, made.email, made.school_id, made.role, Client())


def waiting(person) -> bool:
    return reader.load(LegacyHash, consistent=True, school_id=person.school_id, user_id=person.id) is not None


def test_a_hash_brought_along_is_good_at_the_first_sign_in_and_then_removed(school):
    person = brought_along(school)
    assert sign_in(person, "something else").status == 401
    assert waiting(person)
    device = session(person, OLD)
    assert device.client.get("/api/auth/me").status == 200
    assert not waiting(person)
    assert sign_in(person, OLD).status == 200  # the pool has it now
    assert sign_in(person, "something else").status == 401


def test_phps_hashes_are_taken_too(school):
    known = bcrypt.hashpw(OLD.encode(), bcrypt.gensalt(4)).decode()
    assert sign_in(brought_along(school, "$2y$" + known[4:]), OLD).status == 200


def test_bcrypt_looks_at_72_bytes(school):
    long = "Ä" * 40
    person = brought_along(school, bcrypt.hashpw(long.encode()[:72], bcrypt.gensalt(4)).decode())
    assert sign_in(person, long).status == 200


def test_a_password_set_meanwhile_makes_the_hash_worthless(school):
    person = brought_along(school)
    unit = UnitOfWork(school.id, Actor(), "tests")
    user = reader.load(User, consistent=True, school_id=school.id, id=person.id)
    passwords.set_password(unit, user, "Green-Kite-43", action="CHANGE_PASSWORD")
    unit.commit()
    assert not waiting(person)
    assert sign_in(person, OLD).status == 401
    assert sign_in(person, "Green-Kite-43").status == 200


def test_a_pool_user_keeps_its_password_whatever_hash_is_brought(school):
    person = with_password(brought_along(school), "Green-Kite-43")
    assert sign_in(person, OLD).status == 401


@pytest.mark.parametrize(
    "text", ["", "5f4dcc3b5aa765d61d8327deb882cf99", "$1$abc$def", "$2b$12$short", "$2b$99$" + "a" * 53, "$2b$12$" + "é" * 53]
)
def test_what_is_no_bcrypt_hash_is_refused(pooled, text):
    user = User(school_id="s", id="u")
    with pytest.raises(ValidationFailed) as refused:
        passwords.legacy_hash(UnitOfWork("s", Actor(), "tests"), user, text)
    assert refused.value.details[0].field == "passwordHash"


def test_g8_a_hash_is_of_its_own_school_alone(school):
    person = brought_along(school)
    brought_along(make_school())
    assert sign_in(person, OLD).status == 200

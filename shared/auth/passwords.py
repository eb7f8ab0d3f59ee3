"""Passwords: how strong one must be, setting one, proving one, and the hashes that a school brings along."""

import re

from shared.auth import attempts
from shared.auth.sessions import end_all
from shared.data.unit_of_work import RetryWrite, UnitOfWork
from shared.entities.tenancy import LegacyHash, User
from shared.errors import Detail, ValidationFailed
from shared.gateways import pool

LONGEST = 256  # what the pool takes
_SHORTEST = 8
_BCRYPT = re.compile(r"\$2[aby]\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}")


def missing(password: str) -> list[str]:
    """What a password lacks (rule A4). The pool knows the letters A–Z, a–z and the digits 0–9 alone, so these are asked for."""
    wants = (
        (len(password) >= _SHORTEST, f"at least {_SHORTEST} characters"),
        (len(password) <= LONGEST, f"at most {LONGEST} characters"),
        (re.search("[A-Z]", password), "an upper case letter A–Z"),
        (re.search("[a-z]", password), "a lower case letter a–z"),
        (re.search("[0-9]", password), "a digit"),
        (password == password.strip(), "no blank at its beginning or end"),
    )
    return [text for good, text in wants if not good]


def check_strength(password: str, field: str = "password") -> None:
    """Refuse a weak password by a ValidationFailed that names everything it lacks."""
    lacks = missing(password)
    if lacks:
        raise ValidationFailed(details=tuple(Detail(field, f"The password needs {text}") for text in lacks))


def set_password(unit: UnitOfWork, user: User, password: str, *, action: str, field: str = "password") -> None:
    """Set a user's password in the pool, and end all their sessions with the unit's commit, which the caller makes.

    The intention is journalled before the pool is told, so that no password ever changes without an audit entry. The pool
    comes before the commit: what was begun with the old password carries an older session version, and ends. May be repeated.
    """
    check_strength(password, field)
    before = UnitOfWork(unit.school_id, unit.actor, unit.module, retention_days=unit.retention_days)
    before.note(f"{action}_BEGUN", "Password", user.id)
    before.commit()
    _tell_pool(user, password, field)
    end_all(unit, unit.school_id, user.id)
    unit.remove(LegacyHash(school_id=unit.school_id, user_id=user.id), None, RetryWrite())
    unit.note(action, "Password", user.id)


def first_password(unit: UnitOfWork, user: User, password: str, *, field: str = "password") -> None:
    """Set the password of a user whom the unit creates. A pool user whose commit failed has no account, and signs nobody in."""
    check_strength(password, field)
    _tell_pool(user, password, field)
    unit.note("SET_PASSWORD", "Password", user.id)


def _tell_pool(user: User, password: str, field: str) -> None:
    try:
        pool.set_password(user.id, str(user.school_id), password)
    except (ValidationFailed, pool.Refused) as error:
        raise ValidationFailed.of(field, "The password is not one that can be used: choose another") from error


def proven(user: User, password: str) -> bool:
    """Whether this is the user's password. Counts as a sign-in attempt: RateLimited while the address is locked."""
    attempts.begin(user.email.lower())
    try:
        result = pool.sign_in(user.id, password, str(user.school_id))
    except pool.Refused:
        return False
    attempts.clear(user.email.lower())
    if isinstance(result, pool.Granted) and result.refresh_token:
        pool.revoke(result.refresh_token)
    return True


def legacy_hash(unit: UnitOfWork, user: User, bcrypt_hash: str, *, field: str = "passwordHash") -> None:
    """Keep a bcrypt hash that a school brings along, for the user's first sign-in; another kind of text is a ValidationFailed."""
    if not _BCRYPT.fullmatch(bcrypt_hash):
        raise ValidationFailed.of(field, "Not a bcrypt hash, as in $2b$12$…")
    unit.put(LegacyHash(school_id=unit.school_id, user_id=user.id, hash=bcrypt_hash), None, RetryWrite())
    unit.note("SET_PASSWORD_HASH", "Password", user.id)

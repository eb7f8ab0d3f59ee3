"""Locks an e-mail address after five failures in a row for fifteen minutes (rule A4), whether an account has it or not.

An attempt is counted before the password is looked at, so that a hundred at once are five. What is known to be good clears it.
"""

from shared import clock
from shared.data import in_place
from shared.entities.tenancy import SignInAttempts
from shared.errors import RateLimited, Unavailable

LIMIT = 5
LOCK_SECONDS = 900
_TRIES = 8


def begin(email: str) -> int:
    """Count an attempt as failed until it is known to be good. The count so far; RateLimited while the address is locked."""
    key = SignInAttempts.key_of(email=email)
    now = clock.epoch()
    ends, told = now + LOCK_SECONDS, {"#type": "type"}
    rest = "expiresAt = :ends, email = :email, #type = :type"
    common = {"now": now, "ends": ends, "email": email, "type": "SignInAttempts", "one": 1}
    for _ in range(_TRIES):
        going = "failures < :limit AND expiresAt > :now"
        more = in_place.change(key, f"SET failures = failures + :one, {rest}", going, names=told, limit=LIMIT, **common)
        if more.item and more.done:
            return int(more.item["failures"]["N"])
        first = in_place.change(key, f"SET failures = :one, {rest}", "attribute_not_exists(pk) OR expiresAt <= :now", names=told, **common)
        if first.done:
            return 1
        if first.item and int(first.item["failures"]["N"]) >= LIMIT:
            left = int(first.item["expiresAt"]["N"]) - now
            raise RateLimited("Too many failed sign-ins: try again later", retry_after=max(left, 1))
    raise Unavailable


def clear(email: str) -> None:
    """Forget the failures of an address: somebody proved to own it."""
    in_place.remove(SignInAttempts.key_of(email=email))

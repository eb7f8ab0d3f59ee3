"""The code or token by which a password may be set once: kept as a hash, claimed while it is being used."""

import hashlib
import hmac
import secrets

from shared import clock
from shared.data import in_place
from shared.data.reader import Key
from shared.entities.tenancy import PasswordCode

RESET = "RESET"
INVITATION = "INVITATION"
LIFETIME = {RESET: 900, INVITATION: 7 * 86_400}
TRIES = {RESET: 5, INVITATION: 1_000_000}  # nobody guesses an invitation's 256 bits
_DIGITS = 8
_LEASE = 30  # seconds for which a code is in use, longer than the function may take
_SCRYPT: dict[str, int] = {"n": 2**14, "r": 8, "p": 1}  # 40 ms a guess: eight digits outlast their quarter of an hour


def new_code() -> str:
    """Eight random digits."""
    return f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"


def hashed(code: str) -> str:
    """What the table keeps of a code of few digits."""
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}${hashlib.scrypt(code.encode(), salt=salt, **_SCRYPT).hex()}"


def is_right(code: str, stored: str | None) -> bool:
    """Whether the code is the one of the hash; takes its time where there is no hash, too."""
    salt, _, wanted = (stored or "00$").partition("$")
    found = hashlib.scrypt(code.encode(), salt=bytes.fromhex(salt), **_SCRYPT).hex()
    return hmac.compare_digest(found, wanted)


def _key(code: PasswordCode) -> Key:
    return PasswordCode.key_of(school_id=str(code.school_id), user_id=code.user_id, purpose=code.purpose)


def take_try(school_id: str, user_id: str, purpose: str) -> PasswordCode | None:
    """The open code of a user with one try taken before anything is compared; None where there is none, or none is left."""
    key = PasswordCode.key_of(school_id=school_id, user_id=user_id, purpose=purpose)
    condition = "tries > :none AND expiresAt > :now"
    taken = in_place.change(key, "SET tries = tries - :one", condition, one=1, none=0, now=clock.epoch())
    return PasswordCode.from_item(taken.item) if taken.done and taken.item else None


def claim(code: PasswordCode) -> bool:
    """Take the code for oneself while a password is set with it; it comes free by itself where the process dies."""
    now = clock.epoch()
    condition = "codeHash = :hash AND claimedUntil <= :now"
    return in_place.change(_key(code), "SET claimedUntil = :until", condition, hash=code.code_hash, now=now, until=now + _LEASE).done


def release(code: PasswordCode) -> None:
    """Give the code back: the password was not set."""
    in_place.change(_key(code), "SET claimedUntil = :none", "codeHash = :hash", none=0, hash=code.code_hash)

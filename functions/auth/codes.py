"""The code or token by which a password may be set once: kept as a hash, claimed while it is being used."""

import hashlib
import hmac
import secrets
from typing import Any

from botocore.exceptions import ClientError

from shared import clock
from shared.data.connection import client
from shared.entities.tenancy import PasswordCode
from shared.settings import settings

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


def _change(school_id: str, user_id: str, purpose: str, how: str, condition: str, **values: str | int) -> dict[str, Any] | None:
    pk, sk = PasswordCode.key_of(school_id=school_id, user_id=user_id, purpose=purpose)
    try:
        answer: dict[str, Any] = client("dynamodb").update_item(
            TableName=settings().table,
            Key={"pk": {"S": pk}, "sk": {"S": sk}},
            UpdateExpression=how,
            ConditionExpression=condition,
            ExpressionAttributeValues={f":{k}": {"S": v} if isinstance(v, str) else {"N": str(v)} for k, v in values.items()},
            ReturnValues="ALL_NEW",
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        return None
    return answer["Attributes"]  # type: ignore[no-any-return]  # ALL_NEW gives them


def take_try(school_id: str, user_id: str, purpose: str) -> PasswordCode | None:
    """The open code of a user with one try taken before anything is compared; None where there is none, or none is left."""
    condition = "tries > :none AND expiresAt > :now"
    raw = _change(school_id, user_id, purpose, "SET tries = tries - :one", condition, one=1, none=0, now=clock.epoch())
    return PasswordCode.from_item(raw) if raw else None


def claim(code: PasswordCode) -> bool:
    """Take the code for oneself while a password is set with it; it comes free by itself where the process dies."""
    now = clock.epoch()
    condition = "codeHash = :hash AND claimedUntil <= :now"
    how = "SET claimedUntil = :until"
    school_id = str(code.school_id)
    return _change(school_id, code.user_id, code.purpose, how, condition, hash=code.code_hash, now=now, until=now + _LEASE) is not None


def release(code: PasswordCode) -> None:
    """Give the code back: the password was not set."""
    _change(str(code.school_id), code.user_id, code.purpose, "SET claimedUntil = :none", "codeHash = :hash", none=0, hash=code.code_hash)

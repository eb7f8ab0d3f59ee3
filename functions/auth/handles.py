"""Tokens of the form `<id>.<secret>` that a client holds: refresh tokens, challenges, invitations.

The id packs school and user, so that its item is found by key. The table holds a hash of the secret, and what the pool
needs to go on is encrypted under a key derived from the secret: a dump of the table opens no session.
"""

import base64
import binascii
import hashlib
import hmac
import os
import uuid
from dataclasses import dataclass

from shared.names import PLATFORM_SCHOOL

_ID = 16  # bytes of a UUID
_OWN = 12
_SECRET = 32
_NONCE = 12
_PLATFORM = bytes(_ID)


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decode(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _derive(secret: str, salt: bytes, purpose: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256  # a cold start does not pay for it
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=purpose).derive(_decode(secret))


@dataclass(frozen=True, slots=True)
class Handle:
    """A token as its parts."""

    school_id: str
    user_id: str
    id: str
    secret: str

    @classmethod
    def new(cls, school_id: str, user_id: str) -> "Handle":
        """A fresh one."""
        return cls(school_id, user_id, _encode(os.urandom(_OWN)), _encode(os.urandom(_SECRET)))

    @classmethod
    def parse(cls, text: str) -> "Handle | None":
        """From what a client sent; None where it is no such token."""
        packed, _, secret = text.partition(".")
        try:
            raw, key = _decode(packed), _decode(secret)
        except (binascii.Error, ValueError):
            return None
        if len(raw) != 2 * _ID + _OWN or len(key) != _SECRET:
            return None
        school = raw[:_ID]
        school_id = PLATFORM_SCHOOL if school == _PLATFORM else str(uuid.UUID(bytes=school))
        made = cls(school_id, str(uuid.UUID(bytes=raw[_ID : 2 * _ID])), _encode(raw[2 * _ID :]), _encode(key))
        return made if str(made) == text else None  # base64 lets several texts stand for the same bytes

    def __str__(self) -> str:
        school = _PLATFORM if self.school_id == PLATFORM_SCHOOL else uuid.UUID(self.school_id).bytes
        return f"{_encode(school + uuid.UUID(self.user_id).bytes + _decode(self.id))}.{self.secret}"

    def __repr__(self) -> str:
        return f"<Handle {self.id}>"

    @property
    def hash(self) -> str:
        """What the table may know of the secret, which has too many bits to be guessed from it."""
        return hashlib.sha256(self.secret.encode()).hexdigest()

    def matches(self, stored: str | None) -> bool:
        """Whether a stored hash is this secret's."""
        return stored is not None and hmac.compare_digest(self.hash, stored)

    def next(self, step: str) -> "Handle":
        """The token that follows this one: whoever holds this secret and the step gets the same."""
        return Handle(self.school_id, self.user_id, self.id, _encode(_derive(self.secret, step.encode(), b"next secret")))

    def seal(self, text: str) -> str:
        """The text, encrypted and bound to this token."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # a cold start does not pay for it

        nonce = os.urandom(_NONCE)
        key = _derive(self.secret, self.id.encode(), b"sealed")
        return _encode(nonce + AESGCM(key).encrypt(nonce, text.encode(), self.id.encode()))

    def unseal(self, sealed: str) -> str:
        """The text back."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # a cold start does not pay for it

        raw = _decode(sealed)
        key = _derive(self.secret, self.id.encode(), b"sealed")
        return AESGCM(key).decrypt(raw[:_NONCE], raw[_NONCE:], self.id.encode()).decode()


def new_step() -> str:
    """What leads from one secret to the next."""
    return _encode(os.urandom(16))

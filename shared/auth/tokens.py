"""Verifies the user pool's access tokens. Keys come from the pool's own address alone, never from one in a token."""

import time
from dataclasses import dataclass
from typing import Any

from shared import clock
from shared.errors import Unauthorized, Unavailable
from shared.settings import settings

_MAX_LENGTH = 8_192
_CACHE_SECONDS = 30
_CACHE_SIZE = 2_000
_REFETCH_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Claims:
    """What a good access token says."""

    user_id: str
    school_id: str
    role: str
    session_version: int
    token_id: str
    expires: int  # epoch seconds
    issued: int


_keys: dict[str, Any] = {}
_fetched_at = -1e9
_verified: dict[str, tuple[float, Claims]] = {}


def forget() -> None:
    """Drop cached keys and tokens."""
    global _fetched_at  # one key cache a process
    _keys.clear()
    _verified.clear()
    _fetched_at = -1e9


def _fetch() -> dict[str, Any]:
    """The pool's JWKS document; a pool that does not answer is Unavailable."""
    import json  # at first use
    import urllib.request  # at first use

    try:
        with urllib.request.urlopen(settings().jwks_url, timeout=3) as answer:  # noqa: S310 - the address is our own setting
            found: dict[str, Any] = json.load(answer)
    except (OSError, ValueError) as error:
        raise Unavailable from error
    return found


def _key(kid: str) -> Any:
    global _fetched_at  # one key cache a process
    if kid not in _keys and time.monotonic() - _fetched_at > _REFETCH_SECONDS:
        import jwt  # a cold start does not pay for it

        found = _fetch()
        _fetched_at = time.monotonic()
        _keys.clear()
        _keys.update({k["kid"]: jwt.PyJWK(k).key for k in found.get("keys", []) if k.get("kty") == "RSA" and "kid" in k})
    if kid not in _keys:
        raise Unauthorized
    return _keys[kid]


def _decode(token: str) -> Claims:
    import jwt  # a cold start does not pay for it

    try:
        header = jwt.get_unverified_header(token)
        if header.get("alg") != "RS256" or not isinstance(header.get("kid"), str):
            raise Unauthorized
        said = jwt.decode(
            token,
            _key(header["kid"]),
            algorithms=["RS256"],
            issuer=settings().token_issuer,
            options={"require": ["exp", "iat", "jti"], "verify_aud": False, "verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )
        claims = Claims(
            said["user"], said["school"], said["role"], int(said["sv"]), said["jti"], int(said["exp"]), int(said.get("nbf", said["iat"]))
        )
    except (jwt.PyJWTError, KeyError, TypeError, ValueError) as error:
        raise Unauthorized from error
    if said.get("token_use") != "access" or said.get("client_id") != settings().user_pool_client_id:
        raise Unauthorized
    return claims


def verify(token: str) -> Claims:
    """The claims of a good access token; anything else is Unauthorized. Revocation is checked apart, by the gate."""
    if len(token) > _MAX_LENGTH or token.count(".") != 2:  # a JWS has three parts
        raise Unauthorized
    cached = _verified.get(token)
    if cached is None or cached[0] < time.monotonic():
        if len(_verified) >= _CACHE_SIZE:
            _verified.clear()
        cached = (time.monotonic() + _CACHE_SECONDS, _decode(token))
        _verified[token] = cached
    claims = cached[1]
    now = clock.epoch()
    if claims.expires <= now or claims.issued > now + 60:
        raise Unauthorized
    return claims

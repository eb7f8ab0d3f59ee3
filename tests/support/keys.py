"""A token issuer for tests: its own RSA key, and access tokens as the user pool signs them."""

import time
import uuid
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

ISSUER = "https://pool.test"
CLIENT_ID = "test-client"
KID = "test-key"


@cache
def private_key() -> rsa.RSAPrivateKey:
    """The issuer's key, made once a process."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def jwks() -> dict[str, Any]:
    """The issuer's JWKS document."""
    public = jwt.algorithms.RSAAlgorithm.to_jwk(private_key().public_key(), as_dict=True)
    return {"keys": [{**public, "kid": KID, "alg": "RS256", "use": "sig"}]}


def access_token(user_id: str, school_id: str, role: str, *, session_version: int = 1, **claims: Any) -> str:
    """An access token of the user; claims override what it says."""
    now = int(time.time())
    said = {
        "iss": ISSUER,
        "client_id": CLIENT_ID,
        "token_use": "access",
        "sub": user_id,
        "username": user_id,
        "user": user_id,
        "school": school_id,
        "role": role,
        "sv": str(session_version),
        "iat": now,
        "exp": now + 3600,
        "jti": str(uuid.uuid4()),
        **claims,
    }
    return jwt.encode(said, private_key(), algorithm="RS256", headers={"kid": KID})

"""Access tokens that the pool did not sign, or signed for something else: 401, never 500, and nothing is fetched (survive.md)."""

import base64
import json
import time
import urllib.request

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from shared.auth import tokens
from tests.support import keys
from tests.support.client import Client
from tests.support.world import make_person, make_school


@pytest.fixture
def person(world):
    return make_person(make_school())


def claims(person, **more):
    now = int(time.time())
    return {
        "iss": keys.ISSUER,
        "client_id": keys.CLIENT_ID,
        "token_use": "access",
        "user": person.id,
        "school": person.school_id,
        "role": person.role,
        "sv": "1",
        "iat": now,
        "exp": now + 3600,
        "jti": "a",
        **more,
    }


def part(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def signed(told, key=None, **header):
    return jwt.encode(told, key or keys.private_key(), algorithm="RS256", headers={"kid": keys.KID, **header})


def hs256(told):
    public = keys.private_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    signing = f"{part({'alg': 'HS256', 'kid': keys.KID, 'typ': 'JWT'})}.{part(told)}"
    import hashlib
    import hmac

    mac = base64.urlsafe_b64encode(hmac.new(public, signing.encode(), hashlib.sha256).digest()).decode().rstrip("=")
    return f"{signing}.{mac}"


FORGERIES = {
    "alg none": lambda p: f"{part({'alg': 'none', 'kid': keys.KID})}.{part(claims(p))}.",
    "alg None": lambda p: f"{part({'alg': 'None', 'kid': keys.KID})}.{part(claims(p))}.x",
    "HS256 signed with the public key": lambda p: hs256(claims(p)),
    "unknown kid": lambda p: signed(claims(p), kid="another"),
    "no kid": lambda p: jwt.encode(claims(p), keys.private_key(), algorithm="RS256"),
    "kid that is a path": lambda p: signed(claims(p), kid="../../dev/null"),
    "a key of its own": lambda p: signed(claims(p), key=rsa.generate_private_key(public_exponent=65537, key_size=2048)),
    "jku": lambda p: signed(claims(p), kid="evil", jku="https://evil.example/jwks.json"),
    "jwk": lambda p: signed(claims(p), kid="evil", jwk=keys.jwks()["keys"][0]),
    "x5u": lambda p: signed(claims(p), kid="evil", x5u="https://evil.example/cert.pem"),
    "another pool": lambda p: signed(claims(p, iss="https://pool.evil")),
    "another client": lambda p: signed(claims(p, client_id="another")),
    "an ID token": lambda p: signed(claims(p, token_use="id", aud=keys.CLIENT_ID)),
    "expired": lambda p: signed(claims(p, exp=int(time.time()) - 1)),
    "not yet valid": lambda p: signed(claims(p, nbf=int(time.time()) + 3600)),
    "issued in the future": lambda p: signed(claims(p, iat=int(time.time()) + 3600)),
    "without an end": lambda p: signed({k: v for k, v in claims(p).items() if k != "exp"}),
    "without a school": lambda p: signed({k: v for k, v in claims(p).items() if k != "school"}),
    "another school": lambda p: signed(claims(p, school="0190a0a0-0000-7000-8000-000000000000")),
    "another role": lambda p: signed(claims(p, role="SUPER_ADMIN")),
    "an unknown role": lambda p: signed(claims(p, role="EMPEROR")),
    "an old session version": lambda p: signed(claims(p, sv="0")),
    "a session version that is no number": lambda p: signed(claims(p, sv="one")),
    "a session version that is null": lambda p: signed(claims(p, sv=None)),
    "an end that is text": lambda p: signed(claims(p, exp="never")),
    "claims that are a list": lambda p: f"{part({'alg': 'RS256', 'kid': keys.KID})}.{part([1])}.AAAA",
    "header that is no JSON": lambda p: f"AAAA.{part(claims(p))}.AAAA",
    "200 KB": lambda p: signed(claims(p, more="x" * 200_000)),
    "two parts": lambda p: "a.b",
    "five parts": lambda p: "a.b.c.d.e",
    "not ASCII": lambda p: "€.€.€",
    "changed after signing": lambda p: signed(claims(p))[:-6] + "AAAAAA",
}


@pytest.mark.parametrize("forgery", FORGERIES)
@pytest.mark.parametrize("how", ["bearer", "cookie"])
def test_a_forged_token_is_401_and_fetches_nothing(person, monkeypatch, forgery, how):
    assert person.client.get("/api/classes").status == 200  # the keys are known now

    def fetched(*_args, **_options):
        raise AssertionError("an address was fetched")

    monkeypatch.setattr(urllib.request, "urlopen", fetched)
    token = FORGERIES[forgery](person)
    if how == "bearer":
        reply = Client().request("GET", "/api/classes", headers={"Authorization": f"Bearer {token}"})
    else:
        reply = Client().request("GET", "/api/classes", cookies=[f"homeroom_access={token}"])
    assert (reply.status, reply.error["code"]) == (401, "UNAUTHORIZED")


def test_a_good_token_is_good(person):
    assert Client(signed(claims(person))).get("/api/classes").status == 200


def test_unknown_keys_are_looked_for_seldom(person, monkeypatch):
    asked = []
    monkeypatch.setattr(tokens, "_fetch", lambda: asked.append(True) or keys.jwks())
    tokens.forget()
    for number in range(20):
        reply = Client().request("GET", "/api/classes", headers={"Authorization": f"Bearer {signed(claims(person), kid=f'k{number}')}"})
        assert reply.status == 401
    assert len(asked) == 1

"""The cookies of a browser's session (rule A6). Together they stay far below the 4,096 bytes that some clients keep."""

from functions.auth.sessions import LIFETIME, Tokens
from shared.names import ACCESS_COOKIE, CSRF_COOKIE, REFRESH_COOKIE

_HIDDEN = "; HttpOnly"
_REFRESH_PATH = "/api/auth"


def _cookie(name: str, value: str, path: str, age: int, more: str = _HIDDEN) -> str:
    return f"{name}={value}; Path={path}; Max-Age={age}; Secure; SameSite=Strict{more}"


def signed_in(tokens: Tokens) -> list[str]:
    """The cookies of a session. The CSRF token outlives the access token: the next refresh needs it."""
    return [
        _cookie(ACCESS_COOKIE, tokens.access_token, "/", tokens.expires_in),
        _cookie(REFRESH_COOKIE, tokens.refresh_token, _REFRESH_PATH, LIFETIME),
        _cookie(CSRF_COOKIE, tokens.csrf_token, "/", LIFETIME, ""),
    ]


def signed_out() -> list[str]:
    """Takes the cookies away."""
    return [
        _cookie(ACCESS_COOKIE, "", "/", 0),
        _cookie(REFRESH_COOKIE, "", _REFRESH_PATH, 0),
        _cookie(CSRF_COOKIE, "", "/", 0, ""),
    ]

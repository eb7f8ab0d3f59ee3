"""What the environment says, read at first use and never at import."""

import os
from dataclasses import dataclass
from functools import cache


class SettingsError(Exception):
    """A setting is missing or wrong; the message names it."""


LIMIT_NAMES = ("auth", "read", "write", "upload")
ROLE_NAMES = ("SUPER_ADMIN", "SCHOOL_ADMIN", "TEACHER", "ACCOUNTANT", "STUDENT_PARENT")
DEFAULT_RATE_LIMITS = {"auth": 5, "read": 100, "write": 30, "upload": 10}


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a function is told by its environment."""

    table: str
    files_bucket: str
    user_pool_id: str
    user_pool_client_id: str
    token_issuer: str
    jwks_url: str
    stage: str
    web_origins: tuple[str, ...]
    web_url: str
    mail_from: str
    mail_configuration_set: str | None  # SES tells what becomes of mails that are sent with it
    rate_limits: dict[str, int] | None  # None: off, which the local stack alone may say
    trusted_proxy_header: str | None  # the header in which CloudFront tells the viewer's address
    mfa_required_roles: frozenset[str]  # roles that sign in with a one-time code only


def parse_rate_limits(text: str) -> dict[str, int] | None:
    """`auth=5,read=100` → limits a minute by kind; `off` → None; anything else is a SettingsError."""
    if text.strip().lower() == "off":
        return None
    limits = dict(DEFAULT_RATE_LIMITS)
    for part in filter(None, (p.strip() for p in text.split(","))):
        name, _, value = part.partition("=")
        if name not in LIMIT_NAMES or not value.isdecimal() or not 1 <= int(value) <= 1_000_000:
            raise SettingsError(f"RATE_LIMITS: {part!r} is not one of {', '.join(LIMIT_NAMES)} = a whole number from 1")
        limits[name] = int(value)
    return limits


def parse_roles(text: str) -> frozenset[str]:
    """`SUPER_ADMIN,SCHOOL_ADMIN` → roles; anything else is a SettingsError."""
    roles = frozenset(filter(None, (part.strip() for part in text.split(","))))
    if roles - set(ROLE_NAMES):
        raise SettingsError(f"MFA_REQUIRED_ROLES: {', '.join(sorted(roles - set(ROLE_NAMES)))} is none of {', '.join(ROLE_NAMES)}")
    return roles


def _need(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise SettingsError(f"{name} is not set")
    return value


@cache
def settings() -> Settings:
    """The settings of this process; a wrong one stops it with a SettingsError that names it."""
    env = os.environ
    stage = env.get("STAGE", "dev")
    limits = parse_rate_limits(env.get("RATE_LIMITS", ""))
    if limits is None and stage != "local":
        raise SettingsError("RATE_LIMITS: off works on the local stack only")
    issuer = env.get("TOKEN_ISSUER", "")
    return Settings(
        table=_need("TABLE_NAME"),
        files_bucket=env.get("FILES_BUCKET", ""),
        user_pool_id=env.get("USER_POOL_ID", ""),
        user_pool_client_id=env.get("USER_POOL_CLIENT_ID", ""),
        token_issuer=issuer,
        jwks_url=env.get("JWKS_URL", f"{issuer}/.well-known/jwks.json"),
        stage=stage,
        web_origins=tuple(filter(None, env.get("WEB_ORIGINS", "").split(","))),
        web_url=env.get("WEB_URL", "http://localhost:8000"),
        mail_from=env.get("MAIL_FROM", "no-reply@homeroom.example"),
        mail_configuration_set=env.get("MAIL_CONFIGURATION_SET") or None,
        rate_limits=limits,
        trusted_proxy_header=env.get("TRUSTED_PROXY_HEADER") or None,
        mfa_required_roles=parse_roles(env.get("MFA_REQUIRED_ROLES", "")),
    )


def fonts_dir() -> str:
    """The folder with the fonts of documents: as the environment says, else beside the Python packages, as layers have it."""
    from importlib.util import find_spec  # at first use

    told = os.environ.get("FONTS_DIR", "")
    found = None if told else find_spec("homeroom_fonts")
    if found is None or found.submodule_search_locations is None:
        return told or _need("FONTS_DIR")
    return str(next(iter(found.submodule_search_locations)))


def queue_url(name: str) -> str:
    """The URL of one of the module's queues."""
    return _need(f"QUEUE_URL_{name.upper().replace('-', '_')}")

"""What `make run` can be told by the environment; a wrong setting is one line that names it."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from shared.settings import SettingsError, parse_rate_limits, parse_roles

ROOT = Path(__file__).resolve().parents[2]
REGION = "eu-central-1"
ACCOUNT = "000000000000"
TABLE = "homeroom"
BUCKET = "homeroom-files"
POOL = "homeroom"
MAIL_FROM = "no-reply@homeroom.example"
DEFAULT_ADMIN = "admin@homeroom.example"


class StartError(Exception):
    """The stack cannot start, or go on; the message is the one line that says why. `code` is the exit code."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


def _whole(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = env.get(name, "") or str(default)
    if not text.isdecimal() or not low <= int(text) <= high:
        raise StartError(f"{name}: {text!r} is not a whole number from {low} to {high}", 2)
    return int(text)


def _switch(env: Mapping[str, str], name: str, *, default: bool) -> bool:
    text = env.get(name, "") or ("1" if default else "0")
    if text not in {"0", "1"}:
        raise StartError(f"{name}: {text!r} is neither 0 nor 1", 2)
    return text == "1"


@dataclass(frozen=True, slots=True)
class Options:
    """The settings of one local stack."""

    data_dir: Path
    port: int = 8000  # 0: any free one
    demo: bool = True
    super_admin_email: str = DEFAULT_ADMIN
    super_admin_password: str = ""  # empty: the one kept in the data folder, else one is made up
    rate_limits: str = ""
    mfa_required_roles: str = ""
    workers: int = 4
    web_origins: tuple[str, ...] = ()
    cache_dir: Path = field(default=ROOT / ".cache")
    python_path: tuple[str, ...] = ()  # put before the checkout: where tests keep modules of their own

    @classmethod
    def read(cls, env: Mapping[str, str] = os.environ) -> "Options":
        """The options that the environment asks for."""
        limits = env.get("RATE_LIMITS", "")
        try:
            parse_rate_limits(limits)
            parse_roles(env.get("MFA_REQUIRED_ROLES", ""))
        except SettingsError as wrong:
            raise StartError(str(wrong), 2) from wrong
        email = env.get("SUPER_ADMIN_EMAIL") or DEFAULT_ADMIN
        if email.count("@") != 1 or email.strip("@") != email or " " in email:
            raise StartError(f"SUPER_ADMIN_EMAIL: {email!r} is not an e-mail address", 2)
        return cls(
            data_dir=Path(env.get("DATA_DIR") or ROOT / ".local").expanduser().resolve(),
            port=_whole(env, "PORT", 8000, 0, 65_535),
            demo=_switch(env, "DEMO", default=True),
            super_admin_email=email,
            super_admin_password=env.get("SUPER_ADMIN_PASSWORD", ""),
            rate_limits=limits,
            mfa_required_roles=env.get("MFA_REQUIRED_ROLES", ""),
            workers=_whole(env, "WORKERS", 4, 1, 32),
            web_origins=tuple(filter(None, env.get("WEB_ORIGINS", "").split(","))),
            cache_dir=Path(env.get("CACHE_DIR") or ROOT / ".cache").resolve(),
            python_path=tuple(filter(None, env.get("HOMEROOM_PYTHON_PATH", "").split(os.pathsep))),
        )


def made_up_password() -> str:
    """A password that the user pool's policy takes and a person can type."""
    return f"{secrets.token_hex(3).capitalize()}-{secrets.token_hex(3)}-{secrets.randbelow(90) + 10}!Ab"

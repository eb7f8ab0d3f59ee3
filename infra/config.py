"""What a stage is told by the CDK context: cdk.json names the stages, `-c name=value` overrides one value."""

from dataclasses import dataclass
from typing import Any, Literal

from constructs import Node

Architecture = Literal["arm64", "x86_64"]
ARCHITECTURES: tuple[Architecture, ...] = ("arm64", "x86_64")


class ConfigError(Exception):
    """A context value is missing or wrong; the message names it."""


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that differs between one deployment and another."""

    stage: str
    arch: Architecture
    web_origins: tuple[str, ...]
    web_url: str
    mail_from: str
    log_days: int
    keep_data: bool  # whether table, bucket and pool outlive their stack and refuse to be deleted
    rate_limits: str = ""  # as the setting RATE_LIMITS; empty: the defaults
    mfa_required_roles: str = ""  # as the setting MFA_REQUIRED_ROLES
    sms_status: bool = False  # whether this stage is the account's one that hears what becomes of text messages
    jwks_base: str = ""  # where the pool's keys are read; empty: from Cognito itself

    @property
    def prefix(self) -> str:
        """The beginning of every stack's name."""
        return f"Homeroom-{self.stage}"

    @property
    def configuration_set(self) -> str:
        """The name of SES's configuration set, which e-mails are sent with."""
        return self.prefix.lower()


def _setting(node: Node, stage: dict[str, Any], name: str, default: Any = None) -> Any:
    override = node.try_get_context(name)
    value = stage.get(name, default) if override is None else override
    if value is None:
        raise ConfigError(f"context: {name} is missing (stages.<stage>.{name} in cdk.json, or -c {name}=…)")
    return value


def _flag(value: Any) -> bool:
    return value if isinstance(value, bool) else str(value).lower() == "true"


def config_from(node: Node) -> Config:
    """The configuration that the app's context asks for; a wrong value is a ConfigError that names it."""
    stages: dict[str, dict[str, Any]] = node.try_get_context("stages") or {}
    stage = str(node.try_get_context("stage") or "dev")
    if stage not in stages:
        raise ConfigError(f"context: stage={stage!r} is none of {', '.join(stages)}")
    arch = str(node.try_get_context("arch") or "arm64")
    if arch not in ARCHITECTURES:
        raise ConfigError(f"context: arch={arch!r} is none of {', '.join(ARCHITECTURES)}")
    chosen = stages[stage]
    origins = _setting(node, chosen, "webOrigins", [])
    return Config(
        stage=stage,
        arch=arch,
        web_origins=tuple(origins.split(",") if isinstance(origins, str) else origins),
        web_url=str(_setting(node, chosen, "webUrl")),
        mail_from=str(_setting(node, chosen, "mailFrom")),
        log_days=int(_setting(node, chosen, "logDays")),
        keep_data=_flag(_setting(node, chosen, "keepData")),
        rate_limits=str(_setting(node, chosen, "rateLimits", "")),
        mfa_required_roles=str(_setting(node, chosen, "mfaRequiredRoles", "")),
        sms_status=_flag(_setting(node, chosen, "smsStatus", default="false")),
        jwks_base=str(_setting(node, chosen, "jwksBase", "")),
    )

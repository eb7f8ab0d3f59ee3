"""What a deployment put where, read from the file that `cdk deploy --outputs-file` writes."""

import json
from dataclasses import dataclass
from pathlib import Path

_ENVIRONMENT = (
    "TABLE_NAME",
    "FILES_BUCKET",
    "USER_POOL_ID",
    "USER_POOL_CLIENT_ID",
    "TOKEN_ISSUER",
    "JWKS_URL",
    "STAGE",
    "WEB_ORIGINS",
    "WEB_URL",
    "MAIL_FROM",
)


class OutputsError(Exception):
    """The outputs lack one that is needed; the message names it."""


@dataclass(frozen=True, slots=True)
class Outputs:
    """The outputs of every stack of one stage."""

    stacks: dict[str, dict[str, str]]

    @classmethod
    def read(cls, path: Path) -> "Outputs":
        """The outputs in a file."""
        return cls(json.loads(path.read_text(encoding="utf-8")))

    def of(self, name: str) -> str:
        """The output of that name, of whichever stack has it."""
        for values in self.stacks.values():
            if name in values:
                return values[name]
        raise OutputsError(f"no stack has an output {name}: was the whole app deployed?")

    @property
    def function_environment(self) -> dict[str, str]:
        """The environment of a deployed function, for an operator's command that is run beside it."""
        return {name: self.of("".join(word.capitalize() for word in name.split("_"))) for name in _ENVIRONMENT}

"""Fills an empty platform: the first operator, and the demo school. Run in a process of its own, with the functions' environment."""

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from infra.local.options import Options, made_up_password

_ACCOUNTS = "accounts.json"


@dataclass(frozen=True, slots=True)
class Account:
    """One way to sign in."""

    role: str
    email: str
    password: str


def read_accounts(data_dir: Path) -> list[Account]:
    """The accounts that the seeding left behind; empty before it."""
    try:
        return [Account(**told) for told in json.loads((data_dir / _ACCOUNTS).read_text())]
    except FileNotFoundError:
        return []


def _write_accounts(data_dir: Path, accounts: list[Account]) -> None:
    draft = data_dir / f"{_ACCOUNTS}.new"
    draft.touch(mode=0o600)
    draft.write_text(json.dumps([{"role": a.role, "email": a.email, "password": a.password} for a in accounts], indent=1))
    draft.replace(data_dir / _ACCOUNTS)


def is_due(options: Options) -> bool:
    """Whether something is still to be filled in."""
    roles = {account.role for account in read_accounts(options.data_dir)}
    return not roles or (options.demo and len(roles) == 1)


def seed(base_url: str, options: Options, say: Callable[[str], None]) -> None:
    """Make the first operator, then the demo school; what is there already stays."""
    from functions.auth.bootstrap import create_super_admin  # Only this process has the functions' environment

    accounts = read_accounts(options.data_dir)
    if not accounts:
        operator = Account("SUPER_ADMIN", options.super_admin_email, options.super_admin_password or made_up_password())
        create_super_admin(operator.email, operator.password)
        accounts = [operator]
        _write_accounts(options.data_dir, accounts)
        say(f"The first operator is {operator.email}")
    if options.demo and len(accounts) == 1:
        from infra.local.demo import load  # An empty platform needs none of it

        began = time.monotonic()
        say("Loading the demo school…")
        made = load(base_url, accounts[0].email, accounts[0].password, lambda line: say(f"  {line}"))
        _write_accounts(options.data_dir, [*accounts, *(Account(*told) for told in made)])
        say(f"The demo school is there ({time.monotonic() - began:.1f} s)")


def main(base_url: str) -> None:
    """Seed by the environment's options."""
    from infra.local.runtime import durable  # Patches botocore in this process alone

    durable.install()
    seed(base_url, Options.read(os.environ), lambda line: print(line, flush=True))


if __name__ == "__main__":
    main(sys.argv[1])

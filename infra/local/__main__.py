"""`python -m infra.local`: the whole system on this machine, until Ctrl-C."""

import os
import subprocess
import sys
import time

from infra.local.options import Options, StartError
from infra.local.processes import python
from infra.local.seed import is_due, read_accounts
from infra.local.supervisor import Stopped, Supervisor

_SUMMARY = """
Homeroom runs ({seconds:.1f} s). Ctrl-C stops it.

  API       {url}/api
  Explorer  {url}/docs
  Mailbox   {url}/_local/mailbox    every e-mail and SMS (JSON: /_local/messages)
  Clock     {url}/_local/clock      moves the application's time
  Data      {data}    passwords lie there in clear: invented people only

Sign in with POST {url}/api/auth/login
{accounts}
"""


def say(line: str) -> None:
    """One line of progress."""
    print(line, flush=True)


def _seed(stack: Supervisor) -> None:
    options = stack.options
    told = {
        "DATA_DIR": str(options.data_dir),
        "DEMO": "1" if options.demo else "0",
        "SUPER_ADMIN_EMAIL": options.super_admin_email,
        "SUPER_ADMIN_PASSWORD": options.super_admin_password,
    }
    done = subprocess.run(python("infra.local.seed", stack.url), env=stack.environment(RATE_LIMITS="off", **told), check=False)
    if done.returncode:
        raise StartError(f"the first data could not be loaded (code {done.returncode}); the lines above say why")


def _accounts(stack: Supervisor) -> str:
    accounts = read_accounts(stack.options.data_dir)
    return "\n".join(f"  {a.role:<13} {a.email:<34} {a.password}" for a in accounts) or "  no accounts yet"


def run(options: Options) -> None:
    """Start, serve and stop."""
    began = time.monotonic()
    stack = Supervisor(options, say)
    with stack.running():
        if is_due(options):
            front = stack.start_front(unlimited=True)
            stack.start_feed()
            _seed(stack)
            stack.retire(front)
            stack.start_front()
        else:
            stack.start_feed()
            stack.start_front()
        stack.tell_ready()
        say(_SUMMARY.format(seconds=time.monotonic() - began, url=stack.url, data=options.data_dir, accounts=_accounts(stack)))
        stack.watch()


def main() -> int:
    """The exit code: 0 when asked to stop, 1 when a part fails, 2 for a wrong setting."""
    sys.path[:0] = os.environ.get("HOMEROOM_PYTHON_PATH", "").split(os.pathsep) if os.environ.get("HOMEROOM_PYTHON_PATH") else []
    try:
        run(Options.read())
    except Stopped:
        say("Stopped.")
        return 0
    except StartError as error:
        say(f"Homeroom: {error}")
        return error.code
    return 0


if __name__ == "__main__":
    sys.exit(main())

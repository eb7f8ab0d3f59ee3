"""Makes the first SUPER_ADMIN of a deployed stage: `python -m tools.first_operator outputs.json admin@example.org`.

The password is asked for, or taken from SUPER_ADMIN_PASSWORD.
"""

import getpass
import os
import sys
from pathlib import Path

from infra.outputs import Outputs

ARGUMENTS = 3


def main() -> int:
    """Create the operator with the rights of whoever runs this."""
    if len(sys.argv) != ARGUMENTS:
        print(__doc__)
        return 2
    outputs, email = Outputs.read(Path(sys.argv[1])), sys.argv[2]
    password = os.environ.get("SUPER_ADMIN_PASSWORD") or getpass.getpass(f"Password of {email}: ")
    os.environ.update(outputs.function_environment)
    from functions.auth.bootstrap import create_super_admin  # here, because it acts on the environment set above

    create_super_admin(email, password)
    print(f"{email} may sign in")
    return 0


if __name__ == "__main__":
    sys.exit(main())

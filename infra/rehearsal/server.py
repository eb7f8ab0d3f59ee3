"""MiniStack over TLS on the socket that is handed over: `python -m infra.rehearsal.server FD`."""

import asyncio
import os
import signal
import sys

from infra.local import lifeline
from infra.local.emulator import tenancy


async def serve(fd: int) -> None:
    """Serve until SIGTERM."""
    from hypercorn.asyncio import serve as hypercorn_serve
    from hypercorn.config import Config
    from ministack import app  # here, because its modules read the environment when they are imported
    from ministack.core import tls

    tenancy.install()
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    config = Config()
    config.bind = [f"fd://{fd}"]
    config.certfile, config.keyfile = tls.resolve_tls_material()
    config.graceful_timeout = 1
    config.keep_alive_timeout = 75
    await hypercorn_serve(app.app, config, shutdown_trigger=stopping.wait)


if __name__ == "__main__":
    os.umask(0o077)  # passwords lie in clear in the state
    os.environ.pop("PYTHONPATH", None)  # a deployed function must find its code in its own packages
    lifeline.watch()
    asyncio.run(serve(int(sys.argv[1])))

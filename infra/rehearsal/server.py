"""MiniStack over TLS on the socket that is handed over: `python -m infra.rehearsal.server FD`."""

import asyncio
import os
import signal
import sys

from infra.local import lifeline
from infra.local.emulator import tenancy

# Functions inherit this process's environment. They must find their code in their own packages, and trust this server's
# certificate, which MiniStack adds only where nothing else is named.
INHERITED_TRUST = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")


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
    for inherited in ("PYTHONPATH", *INHERITED_TRUST):
        os.environ.pop(inherited, None)
    lifeline.watch()
    asyncio.run(serve(int(sys.argv[1])))

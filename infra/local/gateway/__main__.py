"""Runs the front on the socket that is handed over: `python -m infra.local.gateway FD WORKERS DATA_DIR`."""

import asyncio
import logging
import os
import signal
import socket
import sys
from pathlib import Path

import uvicorn

from infra.local import lifeline
from infra.local.gateway.app import Front
from infra.local.gateway.cors import Cors
from infra.local.gateway.local_routes import LocalRoutes
from infra.local.gateway.mailbox import Mailbox
from infra.local.runtime.local_clock import FILE_VARIABLE
from infra.local.runtime.pool import WorkerPool
from infra.routes import Declared, Gateway, generate
from shared.manifest import Module


class _Server(uvicorn.Server):
    """Leaves the signals to `serve`."""

    def install_signal_handlers(self) -> None:
        """Take none."""


log = logging.getLogger("gateway")


def _declared() -> tuple[tuple[Module, ...], Gateway, list[str]]:
    """The modules, the gateway of their routes, and the modules whose routes do not import, with why."""
    from shared.registry import modules, router_of  # Imported while the workers import, not before.

    paths, broken = [], []
    for module in modules():
        try:
            paths += [Declared(route.path, module.name) for route in router_of(module).routes]
        except Exception as error:
            log.exception("the routes of %s do not import", module.name)
            broken.append(f"{module.name}: {type(error).__name__}: {error}")
    return modules(), Gateway(generate(paths)), broken


async def serve(listener: socket.socket, workers: int) -> None:
    """Serve until SIGTERM."""
    pool, jobs = WorkerPool(workers, dict(os.environ)), WorkerPool(1, dict(os.environ), eager=0)
    starting = asyncio.create_task(pool.start())
    await asyncio.sleep(0)  # the workers import while this process does
    try:
        found, patterns, broken = _declared()
    except Exception:
        log.exception("the modules cannot be found")
        os._exit(1)
    await starting
    schedules = tuple(schedule for module in found for schedule in module.schedules)
    local = LocalRoutes(
        Mailbox(Path(os.environ["HOMEROOM_OUTBOX"])), Path(os.environ[FILE_VARIABLE]), schedules, jobs, sorted({*broken, *pool.broken})
    )
    origins = tuple(filter(None, os.environ.get("WEB_ORIGINS", "").split(",")))
    front = Front(patterns, found, pool, Cors(origins), local)
    quiet = {"access_log": False, "log_level": "warning", "server_header": False}
    own = {"lifespan": "off", "ws": "none", "timeout_graceful_shutdown": 3, "timeout_keep_alive": 75}
    config = uvicorn.Config(front, **quiet, **own, proxy_headers=False)  # type: ignore[arg-type]  # sourceIp is the socket's, never a header's
    server = _Server(config)

    def stop() -> None:
        server.should_exit = True

    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop)
    try:
        await server._serve([listener])  # noqa: SLF001 - `serve` would take the signals
    finally:
        await pool.close()
        await jobs.close()


if __name__ == "__main__":
    lifeline.watch()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    with socket.socket(fileno=int(sys.argv[1])) as given:
        asyncio.run(serve(given, int(sys.argv[2])))

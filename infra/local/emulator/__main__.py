"""Runs MiniStack on the socket that is handed over: `python -m infra.local.emulator FD`."""

import asyncio
import os
import signal
import sys
from pathlib import Path

from infra.local import lifeline


async def serve(fd: int) -> None:
    """Serve until SIGTERM, with everything saved at the end."""
    from hypercorn.asyncio import serve as hypercorn_serve
    from hypercorn.config import Config
    from ministack import app  # Its modules read the environment when they are imported

    from infra.local.emulator import clock, outbox, tenancy, triggers
    from infra.local.emulator.keeping import Keeper

    state = Path(os.environ["STATE_DIR"])
    tenancy.install()
    triggers.install()
    outbox.Outbox(Path(os.environ["HOMEROOM_OUTBOX"])).install()
    clock.install()
    keeper = Keeper(state)
    load = app._load_persisted_state  # noqa: SLF001 - the version is pinned

    def load_and_replay() -> None:
        load()
        keeper.users.replay()

    app._load_persisted_state = load_and_replay  # noqa: SLF001 - the version is pinned
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    config = Config()
    config.bind = [f"fd://{fd}"]
    config.keep_alive_timeout = 75
    saving = asyncio.create_task(keeper.run())
    firing = asyncio.create_task(clock.run(keeper.save))
    serving = asyncio.create_task(hypercorn_serve(keeper, config, shutdown_trigger=asyncio.Event().wait))
    stop = asyncio.create_task(stopping.wait())
    done, _ = await asyncio.wait([stop, serving, saving, firing], return_when=asyncio.FIRST_COMPLETED)
    keeper.save_everything()
    for task in done - {stop}:
        task.result()  # a part that ends by itself is a defect, which its traceback explains
    os._exit(0)  # a long poll would hold a graceful end for its ten seconds


if __name__ == "__main__":
    os.umask(0o077)  # passwords lie in clear in the state
    lifeline.watch()
    asyncio.run(serve(int(sys.argv[1])))

"""Runs MiniStack on the socket that is handed over: `python -m infra.local.emulator FD`."""

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path

from infra.local import lifeline


async def serve(fd: int) -> None:
    """Serve until SIGTERM, with everything saved at the end."""
    import ministack.app as app  # noqa: PLC0415 - its modules read the environment when they are imported
    from hypercorn.asyncio import serve as hypercorn_serve  # noqa: PLC0415 - as above
    from hypercorn.config import Config  # noqa: PLC0415 - as above

    from infra.local.emulator import clock, outbox, tenancy, triggers  # noqa: PLC0415 - as above
    from infra.local.emulator.keeping import Keeper  # noqa: PLC0415 - as above

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
    config.graceful_timeout = 1
    config.keep_alive_timeout = 75
    saving = asyncio.create_task(keeper.run())
    await hypercorn_serve(keeper, config, shutdown_trigger=stopping.wait)  # type: ignore[arg-type]  # hypercorn's type is narrower than ASGI
    saving.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await saving


if __name__ == "__main__":
    os.umask(0o077)  # passwords lie in clear in the state
    lifeline.watch()
    asyncio.run(serve(int(sys.argv[1])))

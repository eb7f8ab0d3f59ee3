"""Spaces out what a worker hands to a provider. Accounts begin with 14 mails and 20 texts a second; two workers share that."""

import time

PER_SECOND = {"EMAIL": 7.0, "SMS": 10.0}
_last: dict[str, float] = {}


def wait(channel: str) -> None:
    """Come back when the worker may hand over the next message of the channel."""
    pause = _last.get(channel, 0.0) + 1 / PER_SECOND[channel] - time.monotonic()
    if pause > 0:
        time.sleep(pause)
    _last[channel] = time.monotonic()

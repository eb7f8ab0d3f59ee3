"""UUIDv7 ids: time-ordered, made by the server."""

import uuid

import uuid_utils


def new_id() -> str:
    """A fresh UUIDv7, ascending within a process.

    It carries the system's time, also where the application's clock is moved: readers of the journal rely on its order.
    """
    return str(uuid_utils.uuid7())


def is_id(text: object) -> bool:
    """Whether the text is a UUID in its canonical form."""
    if not isinstance(text, str) or len(text) != 36:  # the length of a UUID's canonical form
        return False
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


def floor_id(milliseconds: int) -> str:
    """The smallest UUIDv7 of an instant, to start a range of time-ordered ids with."""
    return str(uuid.UUID(int=(max(milliseconds, 0) << 80) | (7 << 76) | (2 << 62)))

"""What the pool and a worker say to each other: frames of four length bytes and JSON."""

import asyncio
import os
from typing import Any

import orjson

_LENGTH = 4


def pack(message: Any) -> bytes:
    """A message as a frame."""
    body = orjson.dumps(message)
    return len(body).to_bytes(_LENGTH, "big") + body


async def receive(reader: asyncio.StreamReader) -> Any:
    """The next message; asyncio.IncompleteReadError when the worker is gone."""
    length = int.from_bytes(await reader.readexactly(_LENGTH), "big")
    return orjson.loads(await reader.readexactly(length))


def _read_exactly(fd: int, count: int) -> bytes:
    parts: list[bytes] = []
    while count:
        part = os.read(fd, min(count, 1 << 20))
        if not part:
            raise EOFError
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def read_frame(fd: int) -> Any:
    """The next message from a file descriptor; EOFError when the other side is gone."""
    return orjson.loads(_read_exactly(fd, int.from_bytes(_read_exactly(fd, _LENGTH), "big")))


def write_frame(fd: int, frame: bytes) -> None:
    """Write a whole frame to a file descriptor."""
    view = memoryview(frame)
    while view:
        view = view[os.write(fd, view) :]

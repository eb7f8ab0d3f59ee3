"""A file as an answer: itself while it is small, else a signed address of it in storage (Lambda answers with 6 MB at most)."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import chain
from typing import Any

from shared import clock
from shared.gateways import files
from shared.http.envelope import Download, Ok, download, ok
from shared.http.schema import Out
from shared.ids import new_id

INLINE = 4_000_000  # bytes


class ReportFile(Out):
    """A file that was too large for an answer, and the signed address from which it can be fetched for a while."""

    url: str
    filename: str
    expires_at: str


def file_answer(school_id: str, chunks: Iterable[bytes], name: str, media_type: str) -> Download | Ok[Any]:
    """The chunks as one answer while they are few; else as an object in storage that is kept for a day."""
    held: list[bytes] = []
    held_bytes = 0
    source = iter(chunks)
    for chunk in source:
        held.append(chunk)
        held_bytes += len(chunk)
        if held_bytes > INLINE:
            return _stored(school_id, held, source, name, media_type)
    return download(b"".join(held), name, media_type)


def _stored(school_id: str, held: list[bytes], rest: Iterator[bytes], name: str, media_type: str) -> Ok[Any]:
    key = files.key_of(school_id, "exports", new_id(), name)
    upload = files.Upload(key, media_type, keep=files.Keep.DAY)
    try:
        for chunk in chain(held, rest):
            upload.write(chunk)
        upload.finish()
    except BaseException:
        upload.abort()
        raise
    until = clock.stamp(clock.now() + timedelta(seconds=files.LINK_SECONDS))
    return ok(ReportFile(url=files.link(key, name, media_type), filename=name, expires_at=until), "The file lies at this address")

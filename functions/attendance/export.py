"""A report as CSV: the answer itself while it is small, else an object in storage with a signed address."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import chain
from typing import Any

from functions.attendance import schemas
from shared import clock
from shared.auth.caller import Caller
from shared.csv_files import write_rows
from shared.gateways import files
from shared.http.envelope import Download, Ok, download, ok
from shared.http.request import unit
from shared.ids import new_id

INLINE = 4_000_000  # bytes; Lambda answers with 6 MB at most, its own wrapping included


def csv_answer(caller: Caller, columns: Sequence[str], lines: Iterable[dict[str, Any]], query: schemas.ReportQuery) -> Download | Ok[Any]:
    """The lines as a file, and that they were exported in the journal (rule G11)."""
    told = query.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={"search"})
    unit().note("EXPORT_ATTENDANCE", "Export", new_id(), {"filters": [None, told]})
    chunks = write_rows(columns, ([line.get(name) for name in columns] for line in lines))
    name = f"attendance-by-{query.by}-{caller.today().isoformat()}.csv"
    held: list[bytes] = []
    for chunk in chunks:
        held.append(chunk)
        if sum(map(len, held)) > INLINE:
            return _stored(caller.school_id, held, chunks, name)
    return download(b"".join(held), name, schemas.CSV)


def _stored(school_id: str, held: list[bytes], rest: Iterator[bytes], name: str) -> Ok[Any]:
    key = files.key_of(school_id, "exports", new_id(), name)
    upload = files.Upload(key, schemas.CSV, keep=files.Keep.DAY)
    try:
        for chunk in chain(held, rest):
            upload.write(chunk)
        upload.finish()
    except BaseException:
        upload.abort()
        raise
    until = clock.stamp(clock.now() + timedelta(seconds=files.LINK_SECONDS))
    address = files.link(key, name, schemas.CSV)
    return ok(schemas.StoredFile(url=address, filename=name, expires_at=until), "The file lies at this address")

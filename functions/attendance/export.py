"""A report as CSV: the answer itself while it is small, else an object in storage with a signed address."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import chain
from typing import Any

from functions.attendance import schemas
from shared import clock
from shared.auth.caller import Caller
from shared.csv_files import write_rows
from shared.errors import ValidationFailed
from shared.gateways import files
from shared.http.envelope import Download, Ok, download, ok
from shared.http.request import unit
from shared.ids import new_id

INLINE = 4_000_000  # bytes; Lambda answers with 6 MB at most, its own wrapping included


type Lines = Iterable[dict[str, Any]]


def small_file(caller: Caller, columns: Sequence[str], lines: Lines, query: schemas.ReportFilters) -> Download:
    """The lines as a file; a VALIDATION_ERROR that names the way where they are too many for an answer."""
    name, chunks = _file(caller, columns, lines, query)
    held, size = [], 0
    for chunk in chunks:
        held.append(chunk)
        size += len(chunk)
        if size > INLINE:
            raise ValidationFailed.of("format", "This is more than 4 MB: GET /api/attendance/report/export writes it to storage")
    return download(b"".join(held), name, schemas.CSV)


def any_file(caller: Caller, columns: Sequence[str], lines: Lines, query: schemas.ReportFilters) -> Download | Ok[Any]:
    """The lines as a file, or where it lies."""
    name, chunks = _file(caller, columns, lines, query)
    held, size = [], 0
    for chunk in chunks:
        held.append(chunk)
        size += len(chunk)
        if size > INLINE:
            return _stored(caller.school_id, held, chunks, name)
    return download(b"".join(held), name, schemas.CSV)


def _file(caller: Caller, columns: Sequence[str], lines: Lines, query: schemas.ReportFilters) -> tuple[str, Iterator[bytes]]:
    """Its name and its chunks; the journal says that it was exported (rule G11)."""
    told = query.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={"search"})
    unit().note("EXPORT_ATTENDANCE", "Export", new_id(), {"filters": [None, told]})
    chunks = write_rows(columns, ([line.get(name) for name in columns] for line in lines))
    return f"attendance-by-{query.by}-{caller.today().isoformat()}.csv", chunks


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

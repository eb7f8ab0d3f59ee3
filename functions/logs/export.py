"""The audit log as a file: from the table, and from the archive where entries have expired."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import batched, chain
from typing import Any

import orjson

from functions.logs import schemas, service, window
from functions.logs.archiving import head_now
from functions.logs.repository import Log, name_of
from functions.logs.wire import ids_of, source_of
from shared import audit_archive as archive
from shared import clock
from shared.audit_archive import entry_of
from shared.audit_chain import Entry, entry_hash
from shared.auth.caller import Caller
from shared.csv_files import write_rows
from shared.gateways import files
from shared.http.envelope import Download, Ok, download, ok
from shared.http.request import unit
from shared.ids import new_id

INLINE = 4_000_000  # bytes; Lambda answers with 6 MB at most, its own wrapping included
HEADERS = (
    "timestamp", "id", "status", "source", "module", "action", "entityType", "entityId", "entityIds", "userId", "userName", "role",
    "ipAddress", "userAgent", "requestId", "errorMessage", "changes", "redacted", "hash",
)  # fmt: skip


def export_logs(caller: Caller, query: schemas.LogExport) -> Download | Ok[Any]:
    """The file itself, or where it lies."""
    asked = window.of(caller, query)
    told = query.model_dump(mode="json", by_alias=True, exclude_none=True)
    unit().note("EXPORT_LOGS", "Export", new_id(), {"filters": [None, told]})
    log, wanted = Log(caller.school_id), service.Wanted.of(query)
    first_kept = clock.now() - timedelta(days=service.kept_days(caller))
    rows = _rows(log, (e for e in _entries(log, asked, wanted, first_kept.date().isoformat()) if wanted.match(e)))
    name = f"audit-{asked.since:%Y%m%dT%H%M%SZ}-{asked.until:%Y%m%dT%H%M%SZ}.csv"
    return _answer(caller.school_id, write_rows(HEADERS, rows), name)


def _entries(log: Log, asked: window.Window, wanted: service.Wanted, first_kept: str) -> Iterator[Entry]:
    """The entries of a window, the oldest first. A sealed day that reaches behind what is kept comes from the archive."""
    sealed = log.sealed_in(asked)
    for part in reversed(list(asked.days())):
        seal = sealed.get(part.day)
        if seal and seal.file and part.day <= first_kept:
            low, high = part.ids
            yield from (e for e in archive.entries(log.school_id, part.day) if low <= e["id"] < high)
        else:
            yield from (entry_of(raw) for raw in log.between(*part.ids, kind=wanted.kind))


def _rows(log: Log, entries: Iterable[Entry]) -> Iterator[list[str]]:
    names: dict[str, str] = {}
    for some in batched(entries, 500, strict=False):
        unknown = {e["userId"] for e in some if e.get("userId")} - names.keys()
        names |= log.names(unknown) if unknown else {}
        yield from (_row(entry, names) for entry in some)


def _row(entry: Entry, names: dict[str, str]) -> list[str]:
    told = {
        "timestamp": entry["at"],
        "source": source_of(entry["kind"]).value,
        "entityType": entry["kind"],
        "entityIds": " ".join(ids_of(entry)),
        "userName": name_of(entry.get("userId"), entry.get("role"), names),
        "redacted": "yes" if entry.get("redacted") else "",
        "changes": orjson.dumps(orjson.loads(entry["changes"])).decode() if entry.get("changes") else "",
        "hash": entry_hash(entry).hex(),
    }
    return [str(told[n] if n in told else entry.get(n) or "") for n in HEADERS]


def head_of(school_id: str) -> schemas.Head:
    """The head of the chain as it is answered."""
    block, links, told = head_now(school_id)
    return schemas.Head(block=block, links=links, hash=told)


def _answer(school_id: str, chunks: Iterable[bytes], name: str) -> Download | Ok[Any]:
    held: list[bytes] = []
    held_bytes = 0
    source = iter(chunks)
    for chunk in source:
        held.append(chunk)
        held_bytes += len(chunk)
        if held_bytes > INLINE:
            return _stored(school_id, chain(held, source), name)
    made = download(b"".join(held), name, schemas.CSV)
    made.headers["X-Audit-Head"] = head_of(school_id).hash
    return made


def _stored(school_id: str, chunks: Iterable[bytes], name: str) -> Ok[Any]:
    key = files.key_of(school_id, "exports", new_id(), name)
    upload = files.Upload(key, schemas.CSV, keep=files.Keep.DAY)
    try:
        for chunk in chunks:
            upload.write(chunk)
        upload.finish()
    except BaseException:
        upload.abort()
        raise
    until = clock.stamp(clock.now() + timedelta(seconds=files.LINK_SECONDS))
    told = schemas.StoredFile(url=files.link(key, name, schemas.CSV), filename=name, expires_at=until, head=head_of(school_id))
    return ok(told, "The file lies at this address")

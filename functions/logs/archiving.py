"""Archives and seals finished days: long before an entry expires it lies in storage, and the chain's head beside it.

A day is done with its seal, so a run that is killed goes on with the next one; a seal is put once, and never changed.
"""

import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson

from functions.logs import linking
from functions.logs.repository import Log
from functions.logs.window import midnight, of_day
from shared import audit_archive as archive
from shared import clock
from shared.audit_archive import entry_of
from shared.audit_chain import day_digest, genesis
from shared.data import derived, reader
from shared.data.item import Item
from shared.entities.audit import AuditDay
from shared.gateways import files

SETTLED = timedelta(hours=1)  # after which no entry of a day can still be on its way
_SECONDS = 600.0  # of a run; the next one goes on


class NotAsWritten(Exception):
    """What was read back from storage is not what was written."""


def archive_days(school_id: str) -> dict[str, Any]:
    """Seal every finished day that is not sealed yet, oldest first; what was done, in numbers."""
    log = Log(school_id)
    day = _next_day(log)
    started = time.monotonic()
    days = entries = 0
    while day and midnight(day) + timedelta(days=1) + SETTLED <= clock.now():
        if time.monotonic() - started > _SECONDS:
            return {"days": days, "entries": entries, "goesOnWith": day.isoformat()}
        entries += seal(log, day.isoformat()).entries
        days, day = days + 1, day + timedelta(days=1)
    return {"days": days, "entries": entries}


def _next_day(log: Log) -> date | None:
    last = log.last_sealed()
    if last:
        return date.fromisoformat(last.day) + timedelta(days=1)
    oldest = log.oldest()
    return datetime.fromtimestamp(linking.made_at(oldest["id"]["S"]) / 1000, UTC).date() if oldest else None


def head_now(school_id: str) -> tuple[int, int, str]:
    """Block, links and head of a chain as it stands."""
    for raw in linking.blocks(school_id, newest_first=True, limit=1):
        return int(raw["number"]["S"]), int(raw["linked"]["N"]), reader.blob(raw, "head").hex()
    return 0, 0, genesis(school_id).hex()


def seal(log: Log, day: str) -> AuditDay:
    """Archive a day, read it back, publish the head of the chain, and seal it."""
    school_id = log.school_id
    packed = archive.pack(entry_of(raw) for raw in log.between(*of_day(day).ids))
    block, linked, head = head_now(school_id)
    made = AuditDay(
        school_id=school_id,
        day=day,
        entries=len(packed.links),
        digest=day_digest(packed.links),
        block=block,
        head=head,
        linked=linked,
        sealed_at=clock.stamp(),
    )
    if packed.links:
        made.file = archive.file_of(school_id, day)
        made.size = _write(made.file, packed, made.digest)
    told = {n: v for n, v in made.plain().items() if n != "size"}
    files.put(archive.head_of(school_id, day), orjson.dumps(told, option=orjson.OPT_SORT_KEYS), "application/json")
    if not derived.put_if(made, Item.pk.does_not_exist()):
        made = reader.load(AuditDay, consistent=True, school_id=school_id, day=day) or made
    return made


def _write(key: str, packed: archive.Packing, digest: str) -> int:
    content = packed.content()
    files.put(key, content, "application/gzip")
    again = archive.links_of(archive.unpacked(files.stream(key)))
    if day_digest(again) != digest:
        raise NotAsWritten(key)
    return len(content)

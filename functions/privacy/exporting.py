"""Gathers everything that is held about a person into one archive: JSON for machines, tables for a spreadsheet, a page to read."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson

from functions.privacy import pages
from functions.privacy.previewing import holdings_of
from functions.privacy.redacting import Judge
from shared import audit_archive as archive
from shared import clock
from shared.audit_chain import Entry
from shared.data import reader
from shared.entities.audit import AuditDay
from shared.entities.ground import Journal
from shared.entities.tenancy import School
from shared.gateways import files
from shared.personal import Person

_LOG = "Audit log"


@dataclass(frozen=True, slots=True)
class Made:
    """An archive that lies in storage."""

    counts: dict[str, int]
    size: int


def archive_of(person: Person, key: str) -> Made:
    """Gather and store the archive."""
    school = reader.load(School, school_id=person.school_id)
    found = gathered(person)
    facts = {
        "school": school.name if school else None,
        "subject": person.subject.value,
        "id": person.id,
        "madeAt": clock.stamp(),
    }
    content = _zipped(facts, found)
    files.put(key, content, "application/zip", keep=files.Keep.DAY)
    return Made({title: len(rows) for title, rows in found.items() if rows}, len(content))


def gathered(person: Person) -> dict[str, list[dict[str, Any]]]:
    """Everything that is held, by title; secrets aside."""
    found: dict[str, list[dict[str, Any]]] = {}
    ids = set()
    for holding in holdings_of(person.subject):
        rows = list(holding.told(person))
        ids |= {str(row["id"]) for row in rows if "id" in row}
        found[holding.title] = rows
    found[_LOG] = list(_log(person, ids))
    return found


def _log(person: Person, ids: set[str]) -> Iterator[dict[str, Any]]:
    """The entries about the person and by them, those of the archive first."""
    judge = Judge(person, ids)
    for entry in _entries(person.school_id):
        by = entry.get("userId") == person.id
        shown = _shown(entry, judge)
        if by or shown or judge.ids & {entry.get("entityId"), *(entry.get("entityIds") or [])}:
            yield {
                "timestamp": entry["at"],
                "action": entry["action"],
                "module": entry["module"],
                "entityType": entry["kind"],
                "status": entry["status"],
                "by": entry.get("userId"),
                "role": entry.get("role"),
                **({"ipAddress": entry.get("ipAddress"), "userAgent": entry.get("userAgent")} if by else {}),
                "changes": shown,
            }


def _shown(entry: Entry, judge: Judge) -> list[dict[str, Any]]:
    """The changes of an entry that are the person's; what it tells of others is left out."""
    wanted, person_id = judge.wanted(entry), judge.person.id
    told = []
    for change in orjson.loads(entry["changes"]) if entry.get("changes") else []:
        own = change.get("id") in judge.ids
        fields = {n: v for n, v in change.get("fields", {}).items() if v is not None}
        mine = {n: _own(v, person_id) for n, v in fields.items() if own or n.startswith(person_id) or wanted(change, n, v)}
        if mine:
            told.append({"action": change.get("action"), "fields": mine})
    return told


def _own(value: Any, person_id: str) -> Any:
    """Of values that stand under people's ids, the person's."""
    if isinstance(value, list):
        return [_own(v, person_id) for v in value]
    return {person_id: value[person_id]} if isinstance(value, dict) and person_id in value else value


def _entries(school_id: str) -> Iterator[Entry]:
    """The whole journal: what has expired from the archive, what is at hand from the table."""
    index = Journal.index_partition_of(school_id=school_id)
    oldest = next((raw["at"]["S"][:10] for raw in reader.query(index, index=True, limit=1)), "9999")
    partition = AuditDay.partition_of(school_id=school_id)
    until = min(oldest, (clock.now() + timedelta(days=1)).date().isoformat())
    last = ""
    for day in (AuditDay.from_item(raw) for raw in reader.query(partition, until=until)):
        for entry in archive.entries(school_id, day.day) if day.file else ():
            last = max(last, entry["id"])
            yield entry
    yield from (e for e in (archive.entry_of(raw) for raw in reader.query(index, index=True)) if e["id"] > last)


def _zipped(facts: dict[str, Any], found: dict[str, list[dict[str, Any]]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("data.json", orjson.dumps({**facts, "data": found}, option=orjson.OPT_INDENT_2, default=str))
        made.writestr("index.html", pages.page_of(facts, found))
        for title, rows in found.items():
            if rows:
                made.writestr(f"tables/{pages.file_name(title)}.csv", pages.table_of(rows))
    return buffer.getvalue()

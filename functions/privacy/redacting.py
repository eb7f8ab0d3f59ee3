"""Takes what is personal out of the audit log, in the table and in the archive. The entries' hashes stay, so the chain stays whole."""

from collections.abc import Callable
from typing import Any

import orjson

from functions.privacy.erasing import Keep, Late
from functions.privacy.previewing import holdings_of
from shared import audit_archive as archive
from shared.audit_chain import Entry, day_digest, redact
from shared.data import derived, reader
from shared.data.reader import Raw
from shared.entities.audit import AuditDay
from shared.entities.ground import Journal
from shared.entities.privacy import PrivacyRequest
from shared.gateways import files
from shared.personal import Person, Subject

_PAGE = 500
_CLIENT_KIND = "ClientEvent"


class NotAsSealed(Exception):
    """A day's file would not be what was sealed: it is left as it is, for somebody to look at."""


class Judge:
    """Says what of an entry is personal of one person."""

    def __init__(self, person: Person, ids: set[str]) -> None:
        self.person = person
        self.ids = {person.id, *ids}
        self.fields = {h.kind.__name__: frozenset(h.personal) for h in holdings_of(person.subject)}
        self.needles = person.needles

    def own_origin(self, entry: Entry) -> bool:
        """Whether it was their address and browser from which the entry came."""
        return self.person.subject == Subject.USER and entry.get("userId") == self.person.id

    def wanted(self, entry: Entry) -> Callable[[dict[str, Any], str, Any], bool]:
        """Whether a field of the entry's changes is theirs."""
        kind, reported = entry["kind"], entry["kind"] == _CLIENT_KIND and self.own_origin(entry)

        def is_theirs(change: dict[str, Any], name: str, value: Any) -> bool:
            if reported or (change.get("id") in self.ids and (kind not in self.fields or name in self.fields[kind])):
                return True
            text = orjson.dumps(value, default=str).decode().lower()
            # A register's remarks stand under the students' ids; of a first marking all in one field.
            remarked = name.endswith("remarks") and self.person.id in f"{name} {text}"
            return remarked or any(needle in text for needle in self.needles)

        return is_theirs

    def redacted(self, entry: Entry, by: str) -> Entry | None:
        """The entry without what is theirs; None where nothing of it is."""
        return redact(entry, self.wanted(entry), origin=self.own_origin(entry), by=by)


def judge_of(request: PrivacyRequest, person: Person) -> Judge:
    """The judge of an erasure: it knows the records that were the person's."""
    return Judge(person, set((request.progress or {}).get("ids", [])))


def redact_journal(request: PrivacyRequest, person: Person, keep: Keep, late: Late) -> bool:
    """Go through the school's journal from where the work was; whether it came to its end."""
    judge = judge_of(request, person)
    partition = Journal.index_partition_of(school_id=person.school_id)
    last, count = (request.progress or {}).get("at", ""), (request.progress or {}).get("entries", 0)
    for seen, raw in enumerate(reader.query(partition, after=last, index=True), start=1):
        count += _redact(judge, raw, request.id)
        if seen % _PAGE == 0:
            keep(at=raw["id"]["S"], entries=count)
            if late():
                return False
    told = {**(request.progress or {})["done"], "Entries of the audit log": count}
    keep(done=told)
    return True


def _redact(judge: Judge, raw: Raw, by: str) -> bool:
    made = judge.redacted(archive.entry_of(raw), by)
    if made is None:
        return False
    item = Journal.from_item(raw)
    before = item.redacted
    item.redacted, item.salt, item.changes = made["redacted"], None, made.get("changes")
    item.ip_address, item.user_agent = made.get("ipAddress"), made.get("userAgent")
    unchanged = Journal.redacted == before if before else Journal.redacted.does_not_exist()
    if derived.put_if(item, Journal.pk.exists() & unchanged):
        return True
    now = reader.get((raw["pk"]["S"], raw["sk"]["S"]), consistent=True)  # another erasure was quicker; or it has expired
    return now is not None and _redact(judge, now, by)


def redact_archive(request: PrivacyRequest, person: Person, keep: Keep, late: Late) -> bool:
    """Go through the archive's days from where the work was; whether it came to its end."""
    judge = judge_of(request, person)
    last = (request.progress or {}).get("at", "")
    partition = AuditDay.partition_of(school_id=person.school_id)
    days = [AuditDay.from_item(raw) for raw in reader.query(partition, after=last)]
    for day in days:
        if day.file:
            _redact_day(judge, day, request.id)
        keep(at=day.day)
        if late():
            return False
    return True


def _redact_day(judge: Judge, day: AuditDay, by: str) -> None:
    changed = False

    def after(entry: Entry) -> Entry:
        nonlocal changed
        made = judge.redacted(entry, by)
        changed = changed or made is not None
        return made or entry

    packed = archive.pack(after(entry) for entry in archive.entries(str(day.school_id), day.day))
    if not changed:
        return
    if day_digest(packed.links) != day.digest:
        raise NotAsSealed(day.day)
    files.put(archive.file_of(str(day.school_id), day.day), packed.content(), "application/gzip")

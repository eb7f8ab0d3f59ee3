"""Holds the journal against its chain: an entry that was changed, taken away or put in by the back door is found.

Entries are taken in the order of their ids, some thousands at a time; the chain is walked beside them. Whoever can write the table
could write a whole chain anew: what they cannot reach is the head that is published in storage each day, and whatever copy of a head
somebody has noted elsewhere.
"""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import orjson

from functions.logs import linking
from functions.logs.archiving import head_now
from functions.logs.repository import Log
from functions.logs.walking import Broken, Walk
from functions.logs.window import Window
from shared import audit_archive as archive
from shared import clock
from shared.audit_archive import entry_of
from shared.audit_chain import Entry, day_digest, entry_hash, erasures
from shared.data import reader
from shared.data.reader import Raw
from shared.entities.audit import AuditDay
from shared.entities.ground import Journal
from shared.entities.privacy import PrivacyRequest
from shared.gateways import files

GRACE_MS = 120_000  # within which an entry may wait for its link
_LAG_MS = 600_000  # the usual wait for a link; later ones are looked for to the chain's end
_CHUNK = 5_000
MOST = 20_000  # entries of a request


@dataclass(slots=True)
class Report:
    """What was found."""

    until: str = ""  # the id up to which everything was held against the chain
    complete: bool = True
    entries: int = 0
    archived: int = 0
    redacted: int = 0
    pending: int = 0
    sealed: str | None = None
    head: tuple[int, int, str] = (0, 0, "")
    broken: Broken | None = None


@dataclass(slots=True)
class Check:
    """A check under way."""

    log: Log
    walk: Walk
    seals: dict[str, AuditDay]
    report: Report = field(default_factory=Report)
    _erasures: dict[str, bool] = field(default_factory=dict)
    _archived: dict[str, dict[str, Entry]] = field(default_factory=dict)

    def run(self, window: Window, most: int) -> None:
        """Hold the window's entries against the chain, at most so many; Broken where something is wrong."""
        low, high = window.ids
        while True:
            chunk = [self._in_place(raw) for raw in self.log.between(low, high, limit=_CHUNK)]
            upper = chunk[-1]["id"] if len(chunk) == _CHUNK else high
            self._hold(low, upper, chunk)
            self.report.until = upper
            if upper == high:
                return
            if self.report.entries + self.report.pending >= most:
                self.report.complete = False
                return
            low = _after(upper)

    def _in_place(self, raw: Raw) -> Entry:
        """The entry, which must stand where its kind and id say: there it is read by those who are not shown the whole log."""
        entry = entry_of(raw)
        if (raw["pk"]["S"], raw["sk"]["S"]) != Journal.key_of(school_id=self.log.school_id, kind=entry["kind"], id=entry["id"]):
            raise Broken("CHANGED", "An entry stands at another place than its own", entry_id=entry["id"])
        return entry

    def _hold(self, low: str, upper: str, chunk: list[Entry]) -> None:
        self.walk.on_to(linking.made_at(upper) + _LAG_MS)
        links = self.walk.links
        if any(entry["id"] not in links and not _fresh(entry["id"]) for entry in chunk):
            self.walk.to_the_end()
        for entry in chunk:
            self._entry(entry)
        for entry_id in sorted(i for i in links if low <= i <= upper and not _fresh(i)):
            self._missing(entry_id, links.pop(entry_id))

    def _entry(self, entry: Entry) -> None:
        hashed = self.walk.links.pop(entry["id"], None)
        if hashed is None:
            if not _fresh(entry["id"]):
                raise Broken("INSERTED", "An entry stands in the log that was never linked", entry_id=entry["id"])
            self.report.pending += 1
            return
        self._same(entry, hashed)

    def _same(self, entry: Entry, hashed: bytes) -> None:
        if entry_hash(entry) != hashed:
            raise Broken("CHANGED", "An entry is not what was linked", entry_id=entry["id"])
        for request_id in erasures(entry):
            if not self._known(request_id):
                raise Broken("CHANGED", "Values of an entry were taken out by no erasure that is known", entry_id=entry["id"])
        self.report.entries += 1
        self.report.redacted += bool(entry.get("redacted"))

    def _known(self, request_id: str) -> bool:
        if request_id not in self._erasures:
            found = reader.load(PrivacyRequest, school_id=self.log.school_id, id=request_id)
            self._erasures[request_id] = found is not None and found.kind == "ERASE"
        return self._erasures[request_id]

    def _missing(self, entry_id: str, hashed: bytes) -> None:
        """A link without its entry: right where the entry has expired and lies in the archive."""
        day = moment_of(entry_id)[:10]
        kept = self._of_archive(day).get(entry_id)
        if kept is None:
            raise Broken("MISSING", "An entry was taken away, and the archive does not have it", entry_id=entry_id, day=day)
        if int(kept.get("expiresAt") or 0) > clock.epoch():
            raise Broken("MISSING", "An entry was taken away before its time; the archive has it", entry_id=entry_id, day=day)
        self._same(kept, hashed)
        self.report.archived += 1

    def _of_archive(self, day: str) -> dict[str, Entry]:
        if day not in self._archived:
            seal = self.seals.get(day) or self.log.sealed(day, day).get(day)
            self._archived.clear()
            self._archived[day] = {e["id"]: e for e in archive.entries(self.log.school_id, day)} if seal and seal.file else {}
        return self._archived[day]

    def seals_hold(self) -> None:
        """Find the heads of the sealed days in the chain, and the last of them in storage, where it was published."""
        own = sorted((s for s in self.seals.values() if s.block >= min(self.walk.heads, default=1)), key=lambda s: s.block)
        for seal in own:
            self.walk.to_block(seal.block)
            if seal.block > self.walk.number:
                raise Broken("SEAL_BROKEN", "The chain is shorter than when a day was sealed", block=seal.block, day=seal.day)
            if self.walk.heads[seal.block] != seal.head:
                raise Broken("SEAL_BROKEN", "The chain is another than when a day was sealed", block=seal.block, day=seal.day)
        if own:
            _published(own[-1])
            self.report.sealed = own[-1].day


def _published(seal: AuditDay) -> None:
    """Compare a seal with what was published."""
    key = archive.head_of(str(seal.school_id), seal.day)
    told = orjson.loads(files.get(key)) if files.size(key) is not None else {}
    if any(told.get(name) != getattr(seal, name) for name in ("head", "digest", "block")):
        raise Broken("SEAL_BROKEN", "A day's seal is not what was published in storage", block=seal.block, day=seal.day)


def _fresh(entry_id: str) -> bool:
    return linking.made_at(entry_id) > int(time.time() * 1000) - GRACE_MS


def _after(entry_id: str) -> str:
    """The id that follows."""
    return str(UUID(int=UUID(entry_id).int + 1))


def moment_of(entry_id: str) -> str:
    """When an id was made, as the wire tells it."""
    return clock.stamp(datetime.fromtimestamp(linking.made_at(entry_id) / 1000, UTC))


def verify(school_id: str, window: Window, most: int = MOST) -> Report:
    """Check the entries of a window."""
    log = Log(school_id)
    report = Report(until=window.ids[0])
    try:
        walk = Walk.since(school_id, linking.made_at(window.ids[0]))
        check = Check(log, walk, log.sealed_in(window), report)
        check.run(window, most)
        if report.complete:
            check.seals_hold()
        if window.until >= clock.now():
            walk.to_the_end()
    except Broken as broken:
        report.broken = broken
    report.head = head_now(school_id)
    return report


def archive_holds(log: Log, seal: AuditDay) -> None:
    """Hold a day's file against its seal."""
    links = archive.links_of(archive.entries(log.school_id, seal.day)) if seal.file else []
    if (len(links), day_digest(links)) != (seal.entries, seal.digest):
        raise Broken("ARCHIVE_BROKEN", "A day's file in the archive is not what was sealed", day=seal.day)

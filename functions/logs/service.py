"""Decisions about the audit log: what a page holds, whose entries they are."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from functions.logs import schemas, window
from functions.logs.repository import Log, name_of
from functions.logs.wire import CLIENT_KIND, ids_of, log_of
from shared import clock
from shared.audit_archive import entry_of
from shared.audit_chain import Entry
from shared.auth.caller import Caller
from shared.data import reader
from shared.data.reader import Raw
from shared.entities.people import Student
from shared.entities.tenancy import User
from shared.errors import NotFound, ValidationFailed
from shared.http.schema import sort_field
from shared.text import fold

_KEPT_DAYS = 365
_MOST_VIEW_DAYS = 366


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an entry must match; its kind isolates a partition, so it is asked for and not compared."""

    facts: dict[str, str]  # attribute → value, ignoring case
    kind: str | None = None
    entity_id: str | None = None
    source: schemas.Source | None = None
    search: str | None = None

    @classmethod
    def of(cls, query: schemas.Filters | schemas.OwnFilters, **more: str) -> "Wanted":
        """From the filters of a request."""
        told: dict[str, Any] = query.model_dump(exclude_none=True)
        names = {"user_id": "userId", "module": "module", "action": "action", "status": "status"}
        facts = {wire: str(told[name]).casefold() for name, wire in names.items() if name in told}
        search = fold(told["search"]) if told.get("search") else None
        return cls(facts | more, told.get("entity_type"), told.get("entity_id"), told.get("source"), search)

    @property
    def everything(self) -> bool:
        """Whether nothing is filtered."""
        return not (self.facts or self.kind or self.entity_id or self.source or self.search)

    def match(self, entry: Entry) -> bool:
        """Whether an entry, slim or whole, is wanted."""
        if any(str(entry.get(name) or "").casefold() != value for name, value in self.facts.items()):
            return False
        if self.kind and entry["kind"] != self.kind:
            return False
        if self.entity_id and self.entity_id not in ids_of(entry):
            return False
        if self.source and (entry["kind"] == CLIENT_KIND) != (self.source == schemas.Source.CLIENT):
            return False
        return not self.search or self.search in fold(
            " ".join(str(entry.get(n) or "") for n in ("action", "module", "kind", "errorMessage"))
        )


@dataclass(frozen=True, slots=True)
class Found:
    """A page and the exact total."""

    rows: list[schemas.LogOut]
    total: int


def list_logs(caller: Caller, query: schemas.LogList) -> Found:
    """A page of the audit log."""
    return _page(caller, query, Wanted.of(query))


def list_user_logs(caller: Caller, user_id: str, query: schemas.OwnFilters) -> Found:
    """A page of what a user of the school did."""
    if reader.load(User, school_id=caller.school_id, id=user_id) is None:
        raise NotFound
    return _page(caller, query, Wanted.of(query, userId=user_id))


def _page(caller: Caller, query: schemas.LogList | schemas.OwnFilters, wanted: Wanted) -> Found:
    newest_first = sort_field(query.sort, ("timestamp",), "-timestamp") == "-timestamp"
    asked = window.of(caller, query)
    _check_kept(caller, asked)
    log = Log(caller.school_id)
    slim, total = _slim(log, asked, wanted, (query.page - 1) * query.page_size, query.page_size, newest_first=newest_first)
    whole = log.whole(slim)
    names = log.names({raw["userId"]["S"] for raw in whole if "userId" in raw})
    return Found([log_of(raw, names) for raw in whole], total)


def _slim(log: Log, asked: window.Window, wanted: Wanted, skip: int, size: int, *, newest_first: bool) -> tuple[list[Raw], int]:
    """The slim entries of a page, and how many match. A sealed day off the page is counted by its seal, not read."""
    rows: list[Raw] = []
    total = 0
    sealed = log.sealed_in(asked) if wanted.everything else {}
    days = list(asked.days())
    for part in days if newest_first else reversed(days):
        seal = sealed.get(part.whole_day or "")
        if seal and (total + seal.entries <= skip or total >= skip + size):
            total += seal.entries
            continue
        for raw in log.between(*part.ids, kind=wanted.kind, newest_first=newest_first, slim=True):
            if wanted.everything or wanted.match(entry_of(raw)):
                if skip <= total < skip + size:
                    rows.append(raw)
                total += 1
    return rows, total


def kept_days(caller: Caller) -> int:
    """For how long the school keeps entries at hand."""
    return int(((caller.profile.settings if caller.profile else None) or {}).get("retentionDays", _KEPT_DAYS))


def _check_kept(caller: Caller, asked: window.Window) -> None:
    """Say so where all of the time that is asked for lies in the archive."""
    since = clock.now() - timedelta(days=kept_days(caller))
    if asked.until <= since:
        day = since.date().isoformat()
        raise ValidationFailed.of("to", f"Entries are kept at hand since {day}: export older ones from the archive by GET /api/logs/export")


def get_log(caller: Caller, log_id: str) -> schemas.LogOut:
    """One entry."""
    log = Log(caller.school_id)
    raw = log.entry(log_id)
    if raw is None:
        raise NotFound
    return log_of(raw, log.names({raw["userId"]["S"]} if "userId" in raw else set()))


def list_views(caller: Caller, student_id: str, query: schemas.ViewList) -> tuple[list[schemas.ViewOut], int]:
    """Who looked at a student's record, newest first; NotFound where the school has no such student."""
    if reader.load(Student, school_id=caller.school_id, id=student_id) is None:
        raise NotFound
    until = query.until or clock.today(window.zone(caller))
    since = query.since or until - timedelta(days=30)
    if since > until or (until - since).days > _MOST_VIEW_DAYS:
        raise ValidationFailed.of("from", f"Send a date before `to`, and at most {_MOST_VIEW_DAYS} days")
    log = Log(caller.school_id)
    rows = log.views(student_id, since, until)
    rows.sort(key=lambda row: (row["lastAt"], row["userId"]), reverse=sort_field(query.sort, ("lastAt",), "-lastAt") == "-lastAt")
    names = log.names({row["userId"] for row in rows}) if query.search else {}
    if query.search:
        needle = fold(query.search)
        rows = [r for r in rows if needle in fold(name_of(r["userId"], r["role"], names) or "")]
    shown = rows[(query.page - 1) * query.page_size : query.page * query.page_size]
    names = names or log.names({row["userId"] for row in shown})
    told = [schemas.ViewOut(**{**_python(row), "user_name": name_of(row["userId"], row["role"], names)}) for row in shown]
    return told, len(rows)


def _python(row: dict[str, Any]) -> dict[str, Any]:
    return {n: row[n] for n in ("studentId", "userId", "role", "day", "looks", "firstAt", "lastAt")}

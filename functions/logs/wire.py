"""Entries as they are answered."""

from typing import Any

import orjson

from functions.logs.repository import name_of
from functions.logs.schemas import ChangeOut, LogOut, Source, Status
from shared.audit_archive import entry_of
from shared.audit_chain import Entry, erased_fields
from shared.data.reader import Raw

CLIENT_KIND = "ClientEvent"


def source_of(kind: str) -> Source:
    """Who says so. The kind is the server's own word: no client can give its event another."""
    return Source.CLIENT if kind == CLIENT_KIND else Source.SERVER


def ids_of(entry: Entry) -> list[str]:
    """All records of an entry."""
    return list(entry.get("entityIds") or ([entry["entityId"]] if entry.get("entityId") else []))


def _changes(entry: Entry) -> list[ChangeOut] | None:
    if not entry.get("changes"):
        return None
    gone = erased_fields(entry)
    return [_change(told, gone.get(number, [])) for number, told in enumerate(orjson.loads(entry["changes"]))]


def _change(told: dict[str, Any], redacted: list[str]) -> ChangeOut:
    left = {n: v for n, v in told.get("fields", {}).items() if n not in redacted}
    fields = {n: v if isinstance(v, list) and len(v) == 2 else [None, v] for n, v in left.items()}
    return ChangeOut(
        entity_id=told.get("id"),
        action=told.get("action"),
        before={n: v[0] for n, v in fields.items()},
        after={n: v[1] for n, v in fields.items()},
        redacted=redacted,
    )


def log_of(raw: Raw, names: dict[str, str]) -> LogOut:
    """An entry with its actor's name."""
    return log_of_entry(entry_of(raw), names)


def log_of_entry(entry: Entry, names: dict[str, str]) -> LogOut:
    """As `log_of`, of an entry from the archive too."""
    user_id, role = entry.get("userId"), entry.get("role")
    return LogOut(
        id=entry["id"],
        school_id=entry["schoolId"],
        user_id=user_id,
        user_name=name_of(user_id, role, names),
        role=role,
        action=entry["action"],
        module=entry["module"],
        entity_type=entry["kind"],
        entity_id=entry.get("entityId"),
        entity_ids=ids_of(entry),
        changes=_changes(entry),
        ip_address=entry.get("ipAddress"),
        user_agent=entry.get("userAgent"),
        status=Status(entry["status"]),
        error_message=entry.get("errorMessage"),
        request_id=entry.get("requestId"),
        source=source_of(entry["kind"]),
        redacted=bool(entry.get("redacted")),
        timestamp=entry["at"],
    )

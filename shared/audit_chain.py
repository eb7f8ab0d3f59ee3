"""The arithmetic of the audit chain: an entry's hash, how it outlives the erasure of what is personal in it, and the links.

An entry's hash covers its facts as they are, and of each personal part (where it came from; each field's values before and after) a
commitment: the part's hash under a salt of its own. Erasing a part takes away its value and its salt and leaves the commitment, so
the entry's hash stays what it was, and nobody can try values against it.
"""

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Callable, Iterable
from typing import Any

import orjson

type Entry = dict[str, Any]  # a journal entry's attributes by wire name, `expiresAt` included
type Link = tuple[str, bytes]  # an entry's id and its hash

HASH_BYTES = 32
LINK_BYTES = 16 + HASH_BYTES
ORIGIN = "origin"
# What is never erased, in the order in which it is hashed. Ids are pseudonyms: what they lead to is erased instead.
_FACTS = (
    "id", "schoolId", "kind", "at", "action", "module", "entityId", "entityIds", "userId", "role", "requestId", "status", "errorMessage",
    "expiresAt",
)  # fmt: skip
_ORIGIN = ("ipAddress", "userAgent")


def new_salt() -> str:
    """A salt for one entry; each of its personal parts has its own, derived from it."""
    return secrets.token_urlsafe(16)


def _json(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS, default=str)


def _part_salt(salt: str, part: str) -> str:
    return hmac.digest(salt.encode(), part.encode(), "sha256").hex()[:32]


def _commitment(salt: str, part: str, value: Any) -> str:
    return hashlib.sha256(_json([part, salt, value])).hexdigest()


def _changes(entry: Entry) -> list[dict[str, Any]]:
    return orjson.loads(entry["changes"]) if entry.get("changes") else []


def _parts(entry: Entry) -> dict[str, Any]:
    """The personal parts by name: where it came from, and each field's values before and after; None where there is nothing."""
    origin = [entry.get(name) for name in _ORIGIN]
    parts: dict[str, Any] = {ORIGIN: origin if any(origin) else None}
    for number, change in enumerate(_changes(entry)):
        parts |= {f"{number}/{name}": value for name, value in sorted(change.get("fields", {}).items())}
    return parts


def commitments(entry: Entry) -> list[str]:
    """The commitments of all personal parts. One that was erased counts as long as nothing stands in its place."""
    told = orjson.loads(entry["redacted"]) if entry.get("redacted") else {}
    kept, salts = told.get("commitments", {}), told.get("salts")
    found = []
    for part, value in _parts(entry).items():
        if part in kept and value is None:
            found.append(str(kept[part]))
        else:
            salt = salts.get(part, "") if salts is not None else _part_salt(entry.get("salt") or "", part)
            found.append(_commitment(salt, part, value))
    return found


def entry_hash(entry: Entry) -> bytes:
    """The hash that is linked. Any change of the entry gives another one, but for an erasure by `redact`."""
    facts = [entry.get(name) for name in _FACTS]
    told = [{**change, "fields": sorted(change.get("fields", {}))} for change in _changes(entry)]
    return hashlib.sha256(b"homeroom-entry-1\n" + _json([facts, told, commitments(entry)])).digest()


def erasures(entry: Entry) -> list[str]:
    """The ids of the erasures that took something out of an entry."""
    return list(orjson.loads(entry["redacted"])["by"]) if entry.get("redacted") else []


def erased_fields(entry: Entry) -> dict[int, list[str]]:
    """The fields whose values were erased, by the place of their change."""
    found: dict[int, list[str]] = {}
    for part in orjson.loads(entry["redacted"])["commitments"] if entry.get("redacted") else ():
        number, _, name = part.partition("/")
        if name:
            found.setdefault(int(number), []).append(name)
    return found


type Wanted = Callable[[dict[str, Any], str, Any], bool]
"""Whether a field of a change is to be erased: the change, the field's name, its value before and after."""


def redact(entry: Entry, wanted: Wanted, *, origin: bool, by: str) -> Entry | None:
    """The entry without the values of the fields that are wanted, and with `origin` without address and browser.

    None where nothing of it is left to erase. `by` is the erasure's id. The hash stays.
    """
    told = orjson.loads(entry["redacted"]) if entry.get("redacted") else {"by": [], "commitments": {}}
    parts, changes = _parts(entry), _changes(entry)
    gone = {ORIGIN} if origin and parts[ORIGIN] is not None else set()
    for number, change in enumerate(changes):
        fields = change.get("fields", {})
        gone |= {f"{number}/{name}" for name, value in fields.items() if value is not None and wanted(change, name, value)}
    if not gone:
        return None
    every = dict(zip(parts, commitments(entry), strict=True))
    salts = told.get("salts") or {name: _part_salt(entry.get("salt") or "", name) for name in parts}
    told = {
        "by": list(dict.fromkeys([*told["by"], by])),
        "commitments": {**told["commitments"], **{name: every[name] for name in sorted(gone)}},
        "salts": {name: salt for name, salt in salts.items() if name not in gone},
    }
    left_out = {"salt", *(_ORIGIN if ORIGIN in gone else ())}
    made = {name: value for name, value in entry.items() if name not in left_out}
    if changes:
        made["changes"] = orjson.dumps([_without(change, number, gone) for number, change in enumerate(changes)]).decode()
    made["redacted"] = orjson.dumps(told).decode()
    return made


def _without(change: dict[str, Any], number: int, gone: set[str]) -> dict[str, Any]:
    fields = {name: None if f"{number}/{name}" in gone else value for name, value in change.get("fields", {}).items()}
    return {**change, "fields": fields}


def genesis(school_id: str) -> bytes:
    """The head of an empty chain."""
    return hashlib.sha256(b"homeroom-chain-1\n" + school_id.encode()).digest()


def head_after(head: bytes, links: Iterable[Link]) -> bytes:
    """The head after some more links."""
    for entry_id, hashed in links:
        head = hashlib.sha256(head + uuid.UUID(entry_id).bytes + hashed).digest()
    return head


def pack(links: Iterable[Link]) -> bytes:
    """Links as a block keeps them."""
    return b"".join(uuid.UUID(entry_id).bytes + hashed for entry_id, hashed in links)


def unpack(packed: bytes) -> list[Link]:
    """A block's links."""
    starts = range(0, len(packed) - LINK_BYTES + 1, LINK_BYTES)
    return [(str(uuid.UUID(bytes=packed[s : s + 16])), packed[s + 16 : s + LINK_BYTES]) for s in starts]


def day_digest(links: Iterable[Link]) -> str:
    """One hash over a day's entries, whatever order they were linked in."""
    digest = hashlib.sha256(b"homeroom-day-1\n")
    for entry_id, hashed in sorted(links):
        digest.update(uuid.UUID(entry_id).bytes + hashed)
    return digest.hexdigest()

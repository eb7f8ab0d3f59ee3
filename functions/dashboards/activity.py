"""What happened last in a school, from its journal."""

from typing import Any

from functions.dashboards import schemas
from shared.data import reader
from shared.entities.ground import Journal
from shared.lists import USERS

_LOOKED_AT = 40  # entries, to find _SHOWN among them
_SHOWN = 10
_FIELDS = ("id", "kind", "at", "action", "module", "entityId", "entityIds", "userId", "status")
# What is no change of the school's records: looks, refusals, sign-ins, work of the system itself.
_LEFT_OUT = frozenset({"Refusal", "Session", "SignIn", "JobRun", "Message", "ClientEvent", "Import"})


def recent(school_id: str) -> list[schemas.Activity]:
    """The newest changes, newest first."""
    partition = Journal.index_partition_of(school_id=school_id)
    found = []
    users: dict[str, Any] = USERS.recent(school_id)
    for raw in reader.query(partition, index=True, newest_first=True, limit=_LOOKED_AT, fields=_FIELDS):
        entry = reader.plain(raw)
        if entry["status"] != "SUCCESS" or entry["kind"] in _LEFT_OUT or entry["action"].startswith(("LOOK_", "SIGN_")):
            continue
        found.append(_activity(entry, users))
        if len(found) == _SHOWN:
            break
    return found


def _activity(entry: dict[str, Any], users: dict[str, Any]) -> schemas.Activity:
    ids = entry.get("entityIds") or [i for i in [entry.get("entityId")] if i]
    who = users.get(entry.get("userId") or "")
    return schemas.Activity(
        id=entry["id"],
        at=entry["at"],
        action=entry["action"],
        module=entry["module"],
        entity_type=entry["kind"],
        entity_id=ids[0] if len(ids) == 1 else None,
        count=len(ids) or 1,
        user_id=entry.get("userId"),
        user_name=" ".join(filter(None, (who["firstName"], who.get("lastName")))) if who else None,
    )

"""Reactions to the journal: every entry is linked into its school's hash chain, a batch at a time."""

from typing import Any

from functions.logs import linking
from shared.audit_chain import entry_hash
from shared.data.attributes import unwrap
from shared.observability import logger


def chain(event: dict[str, Any], _: Any) -> dict[str, Any]:
    """Link the entries of a batch; a school whose entries could not be linked comes again, the others are done."""
    found: dict[str, dict[str, bytes]] = {}
    places: dict[str, list[str]] = {}
    failed: list[str] = []
    for record in event["Records"]:
        place = record["dynamodb"]["SequenceNumber"]
        try:
            entry = {name: unwrap(value) for name, value in record["dynamodb"]["NewImage"].items()}
            found.setdefault(entry["schoolId"], {})[entry["id"]] = entry_hash(entry)
            places.setdefault(entry["schoolId"], []).append(place)
        except Exception:  # noqa: BLE001 - one poisoned record must not hold up the others
            logger().exception("a journal entry cannot be read", extra={"place": place})
            failed.append(place)
    for school_id, hashes in found.items():
        try:
            linking.link(school_id, hashes)
        except Exception:  # noqa: BLE001 - as above, for one school
            logger().exception("journal entries were not linked", extra={"school": school_id})
            failed += places[school_id]
    return {"batchItemFailures": [{"itemIdentifier": place} for place in failed]}

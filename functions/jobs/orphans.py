"""Removes files that no record refers to: what was uploaded or written for something that never came to be, or is gone."""

from datetime import date, timedelta
from itertools import batched
from typing import Any

from functions.jobs.places import PLACES, Place
from shared import clock
from shared.data import reader
from shared.data.item import Record
from shared.entities.tenancy import School
from shared.gateways import files
from shared.ids import is_id

_YOUNG = timedelta(days=1)  # what was written for a record that is not stored yet
_CHUNK = 1_000
_NAMED = 20  # keys that the result names


def remove_orphans(school: School, _day: date, *, dry_run: bool = False) -> dict[str, Any]:
    """Go over the school's files; remove those of no use, or only tell them. Files of unknown places are told and left."""
    listed, orphans, unknown = 0, list[str](), dict[str, int]()
    for chunk in batched(files.listed(files.key_of(school.id, "")), _CHUNK, strict=False):
        listed += len(chunk)
        old = [(key, clock.now() - written) for key, written in chunk]
        orphans += _orphans(school.id, [(key, age) for key, age in old if age > _YOUNG], unknown)
    if not dry_run:
        files.remove(*orphans)
    told = {"listed": listed, "orphans": len(orphans), "removed": 0 if dry_run else len(orphans), "first": orphans[:_NAMED]}
    return {**told, "unknownPlaces": unknown, "dryRun": dry_run}


def _orphans(school_id: str, aged: list[tuple[str, timedelta]], unknown: dict[str, int]) -> list[str]:
    orphans = []
    by_record: dict[type[Record], dict[str, list[str]]] = {}
    for key, age in aged:
        name, _, rest = key.removeprefix(files.key_of(school_id, "")).partition("/")
        place = PLACES.get(name)
        if place is None:
            unknown[name] = unknown.get(name, 0) + 1
        elif place.record:
            by_record.setdefault(place.record, {}).setdefault(rest.partition("/")[0], []).append(key)
        elif _over(place, age):
            orphans.append(key)
    for kind, keys in by_record.items():
        there = {
            found.id for found in reader.load_many(kind, [{"school_id": school_id, "id": i} for i in keys if is_id(i)], consistent=True)
        }
        orphans += [key for record_id, found in keys.items() if record_id not in there for key in found]
    return orphans


def _over(place: Place, age: timedelta) -> bool:
    return place.kept_for is not None and age > place.kept_for

"""What lies under a school's prefix in storage, and what must be there for it to be of use.

A new place needs a line here; until it has one, its files are counted and left alone.
"""

from dataclasses import dataclass
from datetime import timedelta

from shared.data.item import Record
from shared.entities.imports import Import


@dataclass(frozen=True, slots=True)
class Place:
    """The files under one name, `schools/<school>/<name>/…`."""

    why: str
    record: type[Record] | None = None  # files under `<name>/<id>/…` are of use while this record is there
    kept_for: timedelta | None = None  # files are of use for so long; None: as long as the record is there, or for ever


PLACES: dict[str, Place] = {
    "audit": Place("The audit log's archive is kept beyond its entries, and removed by nobody but its own module."),
    "exports": Place("An export is for its link of minutes; storage removes it after a day.", kept_for=timedelta(days=3)),
    "imports": Place("Source, plan and bad rows of an import; storage removes them after a month.", record=Import),
}

"""Reactions to the journal: sheets and totals follow the fees."""

from functions.fees import reading_fold
from shared.consumer import Entry, consumer


def follow_fees(entry: Entry) -> None:
    """Work what happened into sheets and totals; the entries of one batch are read together with the first of them."""
    if not reading_fold.knows(entry.school_id, entry.id):
        reading_fold.fold(entry.school_id, entry.entity_ids)


fee_totals = consumer(follow_fees)

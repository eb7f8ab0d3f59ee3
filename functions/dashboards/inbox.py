"""Unread notices of somebody with a login."""

from shared.data import reader
from shared.entities.notices import InboxEntry

_LOOKED_AT = 200  # the newest notices; nobody is told of more


def unread(school_id: str, user_id: str) -> int:
    """How many of the newest notices to the user are not read."""
    partition = InboxEntry.partition_of(school_id=school_id, user_id=user_id)
    newest = reader.query(partition, prefix="NOTICE#", newest_first=True, limit=_LOOKED_AT, fields=("readAt",))
    return sum(1 for raw in newest if "readAt" not in raw)

"""Reads the journal as tests want it, and plays it to consumers as the table's stream does."""

from typing import Any

from shared.data import reader
from shared.entities.ground import Journal


def entries(school_id: str, kind: str | None = None) -> list[Journal]:
    """A school's journal entries, oldest first."""
    partition = Journal.index_partition_of(school_id=school_id)
    found = [Journal.from_item(raw) for raw in reader.query(partition, index=True)]
    return [e for e in found if kind in (None, e.kind)]


def actions(school_id: str, kind: str | None = None) -> list[tuple[str, str]]:
    """Action and status of a school's journal entries, oldest first."""
    return [(e.action, e.status) for e in entries(school_id, kind)]


def stream_event(*found: Journal) -> dict[str, Any]:
    """The event of the table's stream for these entries."""
    return {
        "Records": [
            {
                "eventID": e.id,
                "eventName": "INSERT",
                "eventVersion": "1.1",
                "eventSource": "aws:dynamodb",
                "awsRegion": "eu-central-1",
                "dynamodb": {
                    "Keys": {"pk": {"S": e.pk}, "sk": {"S": e.sk}},
                    "NewImage": e.serialize(null_check=False),
                    "SequenceNumber": str(number),
                    "StreamViewType": "NEW_AND_OLD_IMAGES",
                },
                "eventSourceARN": "arn:aws:dynamodb:eu-central-1:000000000000:table/homeroom/stream/2026",
            }
            for number, e in enumerate(found, start=1)
        ]
    }

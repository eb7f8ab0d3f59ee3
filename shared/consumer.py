"""A Lambda fed by the table's stream: calls one function for each journal entry, and reports the entries that failed.

The stream delivers at least once and, after a failure, again: what the function does must be safe to repeat.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

from shared.data.attributes import unwrap
from shared.observability import logger


@dataclass(frozen=True, slots=True)
class Entry:
    """A journal entry as a consumer sees it."""

    id: str
    school_id: str
    kind: str
    action: str
    at: str
    entity_ids: tuple[str, ...]
    changes: list[dict[str, Any]]  # [{id, action, fields: {name: [before, after]}}]; empty for batches
    user_id: str | None

    @classmethod
    def of(cls, image: dict[str, Any]) -> "Entry":
        """From the new image of a stream record, in DynamoDB's typed form."""
        plain = {k: unwrap(v) for k, v in image.items()}
        single = plain.get("entityId")
        return cls(
            id=plain["id"],
            school_id=plain["schoolId"],
            kind=plain["kind"],
            action=plain["action"],
            at=plain["at"],
            entity_ids=tuple(plain.get("entityIds") or ([single] if single else [])),
            changes=orjson.loads(plain["changes"]) if plain.get("changes") else [],
            user_id=plain.get("userId"),
        )


def consumer(handle: Callable[[Entry], None]) -> Callable[[dict[str, Any], Any], dict[str, Any]]:
    """The Lambda handler of a journal consumer; failed entries come back alone, the others are done."""
    processor = BatchProcessor(event_type=EventType.DynamoDBStreams, raise_on_entire_batch_failure=False)

    def each(record: Any) -> None:
        entry = Entry.of(record.raw_event["dynamodb"]["NewImage"])
        try:
            handle(entry)
        except Exception:
            logger().exception("a journal entry was not consumed", extra={"school": entry.school_id, "entry": entry.id})
            raise

    def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        return dict(process_partial_response(event=event, record_handler=each, processor=processor, context=context))

    return lambda_handler

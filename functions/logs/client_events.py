"""What clients report: kept in the same log, under a kind of its own that nothing else is kept under."""

import re

from functions.logs import schemas
from functions.logs.wire import CLIENT_KIND
from shared.http.request import unit
from shared.ids import new_id

_SECRET = re.compile(r"pass|secret|token|auth|cookie|credential|session|pin$|otp|cvv|card|body|content|text", re.IGNORECASE)


def report_event(data: schemas.ClientEventIn) -> schemas.ClientEventOut:
    """Take an event. It is an entry about itself: what it says that it is about does not touch that record's history."""
    event_id = new_id()
    action = f"CLIENT_{data.action}"
    told = {
        "message": data.message,
        "entityType": data.entity_type,
        "entityReference": data.entity_reference,
        **{f"details.{name}": "…" if _SECRET.search(name) else value for name, value in data.details.items()},
    }
    unit().note(action, CLIENT_KIND, event_id, {name: [None, value] for name, value in told.items() if value is not None})
    return schemas.ClientEventOut(id=event_id, action=action)

"""Looks every few minutes after notifications that are due: whose schedule was lost, or whose sending got stuck."""

from typing import Any

from functions.notifications.consumers import NOTICES, advance_message
from functions.notifications.repository import due_until
from shared import clock
from shared.gateways import queues


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, int]:  # noqa: ARG001 - Lambda's signature
    """Have a worker look at each; one that needs nothing is left as it is."""
    count = 0
    for school_id, notice_id in due_until(clock.now()):
        queues.send(NOTICES, advance_message(school_id, notice_id))
        count += 1
    return {"asked": count}

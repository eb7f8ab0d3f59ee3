"""What the providers tell about messages: SES by its events, SNS by its delivery log. Told thrice or out of order, the end is the same."""

import base64
import gzip
from typing import Any

import orjson
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

from functions.notifications import unsubscribing
from functions.notifications.persons import is_contact
from functions.notifications.repository import receipt_key
from shared import clock
from shared.data import in_place, reader
from shared.entities.notices import TextMessage
from shared.ids import is_id
from shared.names import PLATFORM_SCHOOL
from shared.observability import logger
from shared.topics import TopicName, is_duty

_LONGEST_REASON = 200
# What may follow what: a failure is the last word, also after a delivery (a mail server may send a message back later).
_AFTER = {"SENT": ("SENDING", "OWED"), "DELIVERED": ("SENDING", "OWED", "SENT"), "FAILED": ("SENDING", "OWED", "SENT", "DELIVERED")}

_processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """The worker of the queue that SES's events come by; a failed one comes back alone."""
    return dict(process_partial_response(event=event, record_handler=_record, processor=_processor, context=context))


def _record(record: Any) -> None:
    told = orjson.loads(record.body)
    if isinstance(told.get("Message"), str):  # in the envelope of SNS
        if told.get("Type", "Notification") != "Notification":
            return
        told = orjson.loads(told["Message"])
    take(told)


def take(told: dict[str, Any]) -> None:
    """Write down one event of SES. Mails of other modules carry no receipt's key, and are passed over."""
    tags = {name: values[0] for name, values in (told.get("mail", {}).get("tags") or {}).items() if values}
    school, notice, person = (str(tags.get(name) or "") for name in ("school", "notice", "person"))
    kind = str(told.get("eventType") or told.get("notificationType") or "")
    if not (is_id(school) and is_id(notice) and (is_id(person) or is_contact(person))):
        return
    state, at, reason = _meaning(kind, told)
    if state:
        _write(school, notice, person, "email", state, at, reason)
    if kind == "Complaint":
        topic = str(tags.get("topic") or TopicName.ANNOUNCEMENT)
        if topic in TopicName.__members__ and not is_duty(topic):
            unsubscribing.stop(school, person, topic, why="COMPLAINT")


def _meaning(kind: str, told: dict[str, Any]) -> tuple[str | None, str, str | None]:
    """State, time and reason of an event; no state where it changes nothing."""
    detail = told.get({"Bounce": "bounce", "Delivery": "delivery", "Reject": "reject", "Rendering Failure": "failure"}.get(kind, ""), {})
    at = str(detail.get("timestamp") or told["mail"].get("timestamp") or clock.stamp())
    match kind:
        case "Send":
            return "SENT", at, None
        case "Delivery":
            return "DELIVERED", at, None
        case "Bounce":
            status = next((r.get("status") for r in detail.get("bouncedRecipients", ()) if r.get("status")), None)
            return "FAILED", at, " ".join(filter(None, ("BOUNCE", detail.get("bounceType"), detail.get("bounceSubType"), status)))
        case "Reject" | "Rendering Failure":
            return "FAILED", at, f"REJECTED {detail.get('reason') or detail.get('errorMessage') or ''}".strip()
    return None, at, None


def _write(school_id: str, notice_id: str, person: str, channel: str, state: str, at: str, reason: str | None) -> None:
    before = {f"b{n}": value for n, value in enumerate(_AFTER[state])}
    how = "SET #c.#s = :state, #c.#at = if_not_exists(#c.#at, :at)"
    values: dict[str, Any] = {"state": state, "at": at, **before}
    if state == "DELIVERED":
        how += ", #c.deliveredAt = :at"
    if reason:
        how += ", #c.reason = :reason"
        values["reason"] = reason[:_LONGEST_REASON]
    in_place.change(
        receipt_key(school_id, notice_id, person),
        how,
        f"#c.#s IN ({', '.join(f':{name}' for name in before)})",
        names={"#c": channel, "#s": "state", "#at": "at"},
        **values,
    )


def text_events(event: dict[str, Any], context: Any) -> dict[str, int]:  # noqa: ARG001 - Lambda's signature
    """The listener of the log in which SNS tells what became of each text message."""
    lines = orjson.loads(gzip.decompress(base64.b64decode(event["awslogs"]["data"])))
    count = 0
    for line in lines.get("logEvents", ()):
        try:
            count += _text(orjson.loads(line["message"]))
        except (orjson.JSONDecodeError, KeyError, TypeError):
            logger().warning("a line of the delivery log is not understood", extra={"line": line.get("id")})
    return {"taken": count}


def _text(told: dict[str, Any]) -> bool:
    message_id = str(told["notification"]["messageId"])
    known = reader.load(TextMessage, school_id=PLATFORM_SCHOOL, message_id=message_id)
    if known is None:
        return False
    good = told["status"] == "SUCCESS"
    reason = None if good else str((told.get("delivery") or {}).get("providerResponse") or "UNKNOWN")
    at = _iso(str(told["notification"].get("timestamp") or "")) or clock.stamp()
    _write(known.of_school, known.notice_id, known.person, "sms", "DELIVERED" if good else "FAILED", at, reason)
    return True


def _iso(text: str) -> str | None:
    """`2026-11-24 08:00:00.123`, as the log has it, as an instant."""
    date, _, time = text.partition(" ")
    return f"{date}T{time}Z" if time else None

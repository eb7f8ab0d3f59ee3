"""What SES and SNS tell about messages, in their own words: made up here for what the outbox holds.

Who is written to decides what becomes of a mail: `bounce@…` or `…@bounce.example` bounces, `complaint@…` complains after it was
delivered, `reject@…` is refused for its content, all others are delivered. A text message to a number that ends in 0000 fails.
"""

import base64
import gzip
import json
import uuid
from datetime import datetime
from typing import Any

from infra.local.options import ACCOUNT, REGION

TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:homeroom-local-mail-events"
SMS_GROUP = f"sns/{REGION}/{ACCOUNT}/DirectPublishToPhoneNumber"
_FAILING = "0000"


def _stamp(now: datetime) -> str:
    return now.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def fate_of(address: str) -> str:
    """What becomes of a mail to an address."""
    local, _, domain = address.lower().rpartition("@")
    for word in ("bounce", "complaint", "reject"):
        if local.split("+")[0] == word or domain == f"{word}.example":
            return word
    return "delivery"


def ses_events(mail: dict[str, Any], now: datetime) -> list[dict[str, Any]]:
    """The events of a mail of the outbox, in their order."""
    fates: dict[str, list[str]] = {}
    for address in mail["to"]:
        fates.setdefault(fate_of(address), []).append(address)
    told = _mail(mail, now)
    if "reject" in fates:  # SES judges a message before it sends it to anybody
        return [_event("Send", told, {}), _event("Reject", told, {"reason": "Bad content"})]
    events = [_event("Send", told, {})]
    delivered = [*fates.get("delivery", []), *fates.get("complaint", [])]
    if delivered:
        events.append(_event("Delivery", told, _delivery(delivered, now)))
    if "bounce" in fates:
        events.append(_event("Bounce", told, _bounce(fates["bounce"], now)))
    if "complaint" in fates:
        events.append(_event("Complaint", told, _complaint(fates["complaint"], now)))
    return events


def _event(kind: str, mail: dict[str, Any], facts: dict[str, Any]) -> dict[str, Any]:
    return {"eventType": kind, "mail": mail, kind.lower(): facts}


def _mail(mail: dict[str, Any], now: datetime) -> dict[str, Any]:
    sender = mail["from"].rpartition("<")[2].rstrip(">")
    headers = {"From": mail["from"], "To": ", ".join(mail["to"]), "Subject": mail["subject"], **mail.get("headers", {})}
    domain = sender.rpartition("@")[2]
    tags = {
        "ses:operation": ["SendEmail"],
        "ses:configuration-set": [mail["configurationSet"]],
        "ses:source-ip": ["192.0.2.0"],
        "ses:from-domain": [domain],
        "ses:caller-identity": ["homeroom"],
        **{name: [value] for name, value in mail.get("tags", {}).items()},
    }
    return {
        "timestamp": _stamp(now),
        "source": mail["from"],
        "sourceArn": f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/{domain}",
        "sendingAccountId": ACCOUNT,
        "messageId": mail["id"],
        "destination": mail["to"],
        "headersTruncated": False,
        "headers": [{"name": name, "value": value} for name, value in headers.items()],
        "commonHeaders": {"from": [mail["from"]], "to": mail["to"], "messageId": mail["id"], "subject": mail["subject"]},
        "tags": tags,
    }


def _delivery(to: list[str], now: datetime) -> dict[str, Any]:
    answer = {"smtpResponse": "250 2.6.0 Message received", "reportingMTA": "local.smtp-out.amazonses.com"}
    return {"timestamp": _stamp(now), "processingTimeMillis": 546, "recipients": to, **answer}


def _bounce(to: list[str], now: datetime) -> dict[str, Any]:
    failed = {"action": "failed", "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 user unknown"}
    return {
        "feedbackId": f"local-{uuid.uuid4()}",
        "bounceType": "Permanent",
        "bounceSubType": "General",
        "bouncedRecipients": [{"emailAddress": address, **failed} for address in to],
        "timestamp": _stamp(now),
        "reportingMTA": "dns; local.smtp-out.amazonses.com",
    }


def _complaint(to: list[str], now: datetime) -> dict[str, Any]:
    return {
        "feedbackId": f"local-{uuid.uuid4()}",
        "complaintSubType": None,
        "complainedRecipients": [{"emailAddress": address} for address in to],
        "timestamp": _stamp(now),
        "userAgent": "Amazon SES Mailbox Simulator",
        "complaintFeedbackType": "abuse",
        "arrivalDate": _stamp(now),
    }


def sns_envelope(event: dict[str, Any], now: datetime) -> str:
    """An event as SNS puts it into a queue."""
    return json.dumps(
        {
            "Type": "Notification",
            "MessageId": str(uuid.uuid4()),
            "TopicArn": TOPIC,
            "Subject": "Amazon SES Email Event Notification",
            "Message": json.dumps(event),
            "Timestamp": _stamp(now),
            "SignatureVersion": "1",
            "Signature": "local",
            "SigningCertURL": f"https://sns.{REGION}.amazonaws.com/local.pem",
            "UnsubscribeURL": f"https://sns.{REGION}.amazonaws.com/?Action=Unsubscribe&SubscriptionArn={TOPIC}:local",
        }
    )


def sms_line(message: dict[str, Any], now: datetime) -> dict[str, Any]:
    """What SNS logs of a text message."""
    fails = message["to"][0].endswith(_FAILING)
    return {
        "notification": {"messageId": message["id"], "timestamp": f"{now:%Y-%m-%d %H:%M:%S}.{now.microsecond // 1000:03d}"},
        "delivery": {
            "phoneCarrier": "Local Carrier",
            "mnc": 270,
            "mcc": 310,
            "numberOfMessageParts": 1,
            "destination": message["to"][0],
            "priceInUSD": 0.00645,
            "smsType": "Transactional",
            "providerResponse": "Unknown error attempting to reach phone" if fails else "Message has been accepted by phone",
            "dwellTimeMs": 599,
            "dwellTimeMsUntilDeviceAck": 1344,
        },
        "status": "FAILURE" if fails else "SUCCESS",
    }


def logs_event(line: dict[str, Any], now: datetime) -> dict[str, Any]:
    """A line as CloudWatch Logs hands it to a function that subscribed."""
    group = SMS_GROUP if line["status"] == "SUCCESS" else f"{SMS_GROUP}/Failure"
    told = {
        "messageType": "DATA_MESSAGE",
        "owner": ACCOUNT,
        "logGroup": group,
        "logStream": "local",
        "subscriptionFilters": ["local"],
        "logEvents": [{"id": uuid.uuid4().hex, "timestamp": int(now.timestamp() * 1000), "message": json.dumps(line)}],
    }
    return {"awslogs": {"data": base64.b64encode(gzip.compress(json.dumps(told).encode())).decode()}}

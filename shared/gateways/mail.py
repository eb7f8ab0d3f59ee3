"""E-mail by SES."""

from dataclasses import dataclass, field
from email.utils import formataddr
from typing import Any

from shared.data.connection import client
from shared.settings import settings


@dataclass(frozen=True, slots=True)
class Mail:
    """One message to one person."""

    to: str
    subject: str
    text: str
    html: str
    sender_name: str
    reply_to: str | None = None
    unsubscribe_url: str | None = None  # for what one may unsubscribe from: mail clients then show a button (RFC 8058)
    tags: dict[str, str] = field(default_factory=dict)  # come back with SES's events about the message

    @property
    def headers(self) -> list[dict[str, str]]:
        """The headers beyond the usual ones."""
        if self.unsubscribe_url is None:
            return []
        return [
            {"Name": "List-Unsubscribe", "Value": f"<{self.unsubscribe_url}>"},
            {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},
        ]


def _text(data: str) -> dict[str, str]:
    return {"Data": data, "Charset": "UTF-8"}


def send(mail: Mail) -> str:
    """Hand a message over to SES; its message id."""
    simple: dict[str, Any] = {"Subject": _text(mail.subject), "Body": {"Text": _text(mail.text), "Html": _text(mail.html)}}
    if mail.headers:
        simple["Headers"] = mail.headers
    more: dict[str, Any] = {"ReplyToAddresses": [mail.reply_to]} if mail.reply_to else {}
    if settings().mail_configuration_set:
        more["ConfigurationSetName"] = settings().mail_configuration_set
    if mail.tags:
        more["EmailTags"] = [{"Name": name, "Value": value} for name, value in mail.tags.items()]
    answer = client("sesv2").send_email(
        FromEmailAddress=formataddr((mail.sender_name, settings().mail_from)),
        Destination={"ToAddresses": [mail.to]},
        Content={"Simple": simple},
        **more,
    )
    message_id: str = answer["MessageId"]
    return message_id

"""Text messages by SNS."""

from shared.data.connection import client

_LONGEST = 1_600  # characters that SNS takes, in as many parts as needed


def send(phone: str, text: str, *, sender_id: str | None = None) -> str:
    """Hand a message to a phone (E.164) over to SNS; its message id. A text that is too long is a ValueError."""
    if len(text) > _LONGEST:
        raise ValueError(f"A text message takes {_LONGEST} characters")
    attributes = {"AWS.SNS.SMS.SMSType": "Transactional", **({"AWS.SNS.SMS.SenderID": sender_id} if sender_id else {})}
    answer = client("sns").publish(
        PhoneNumber=phone,
        Message=text,
        MessageAttributes={name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()},
    )
    message_id: str = answer["MessageId"]
    return message_id

"""Messages that are owed to people: what the notifications module sends, each once."""

from shared.data.attributes import Flag, Plain, Text, Whole
from shared.data.item import TENANT, Keys, Record


class Message(Record):
    """A message that is owed to the guardians of a student or to a user. Its id says what makes it once."""

    keys = Keys(TENANT + "#MESSAGE", "{id}", purpose="whether a message is owed or was sent")

    topic = Text()  # ABSENCE, FEE_REMINDER…: what the template and the right to unsubscribe go by
    student_id = Text(null=True)  # to this student's guardians
    user_id = Text(null=True)  # or to this user
    facts = Plain()  # what the template is filled with; text, and amounts as text
    duty = Flag(default=False)  # whether one cannot unsubscribe from it
    not_before = Text(null=True)  # the instant before which it is not sent
    state = Text(default="OWED")  # OWED → SENDING → SENT, FAILED or SKIPPED
    reason = Text(null=True)  # why it was skipped or failed
    lease_until = Whole(default=0)  # epoch seconds; who holds it sends the message
    tries = Whole(default=0)
    counted = Flag(null=True)  # whether it counts among the month's messages (rule A8)
    sent_at = Text(null=True)
    expires_at = Whole(attr_name="expiresAt", null=True)

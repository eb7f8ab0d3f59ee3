"""Notices to people: what is sent, to whom it was planned, what became of it with each person, and what people want to get.

A *person* is a user id, or `c-` and a keyed hash of the address of somebody who has no login.
"""

from shared.data.attributes import Blob, Flag, Items, Plain, Text, Whole
from shared.data.item import TENANT, Item, Keys, Record
from shared.entities.ground import Expiring


class Notification(Record):
    """A notice that somebody of the school sends. Its wire field `type` is kept as `notice_type`."""

    keys = Keys(TENANT + "#NOTIFICATION", "{id}", purpose="one notification; all notifications of a school")
    unjournalled = frozenset({"content"})

    title = Text()
    content = Text()
    notice_type = Text(default="INFO")
    priority = Text(default="MEDIUM")
    topic = Text(default="ANNOUNCEMENT")
    audience = Items()
    target_class_ids = Items(null=True)
    target_user_ids = Items(null=True)
    channels = Items()
    scheduled_date = Text(null=True)
    sent_date = Text(null=True)  # when its sending was asked for
    finished_at = Text(null=True)
    status = Text(default="DRAFT")  # DRAFT, SCHEDULED → SENDING → SENT or FAILED
    failure = Text(null=True)
    created_by = Text()
    created_by_role = Text()
    sent_by = Text(null=True)
    plan = Text(null=True)  # the plan whose chunks are delivered: the audience as it was when it was sent
    chunks = Whole(null=True)
    people = Whole(null=True)
    quota_reached = Flag(null=True)  # the month's messages were used up: nobody is mailed or texted
    due_at = Text(null=True)  # when the sweep looks after it, see NoticeDue


class NoticeChunk(Expiring):
    """Some people of a notification's audience as it was resolved, with how each is reached. Written once."""

    keys = Keys(TENANT + "#NOTICE#{notice_id}", "CHUNK#{plan}#{number}", purpose="the people of a notification, chunk by chunk")

    notice_id = Text()
    plan = Text()
    number = Text()
    people = Items()


class NoticeChunkState(Expiring):
    """How far a chunk is, apart from its people because each change costs by an item's size."""

    keys = Keys(TENANT + "#NOTICE#{notice_id}", "STATE#{plan}#{number}", purpose="how far the chunks of a notification are")

    notice_id = Text()
    plan = Text()
    number = Text()
    state = Text(default="OWED")  # OWED or DONE
    lease_until = Whole(default=0)  # epoch seconds; who holds it delivers the chunk
    turn = Whole(default=0)  # of the queue message that may deliver it: each time it is handed back there is a new one
    tries = Whole(default=0)
    in_app = Whole(default=0)  # how many of its people have an inbox
    inboxed_at = Text(null=True)  # when the notice was put into their inboxes
    reached = Whole(default=0)  # how many were reached by any channel, once it is DONE


class NoticeReceipt(Expiring):
    """What became of a notice with one person: a map by channel {state, at, id, reason}, and when it was read.

    Whoever makes a channel's map owes the sending.
    """

    keys = Keys(TENANT + "#NOTICE#{notice_id}", "PERSON#{person}", purpose="what became of a notice with each person")

    notice_id = Text()
    person = Text()
    user_id = Text(null=True)
    in_app = Plain(null=True)
    email = Plain(null=True)
    sms = Plain(null=True)
    read_at = Text(null=True)
    created_at = Text(null=True)


class InboxEntry(Expiring):
    """A notice in the inbox of somebody with a login. An owed message carries its text; that of a notification is read from it."""

    keys = Keys(TENANT + "#USER#{user_id}", "NOTICE#{notice_id}", purpose="a user's inbox")

    user_id = Text()
    notice_id = Text()
    source = Text()  # NOTIFICATION or MESSAGE
    topic = Text()
    notice_type = Text()
    priority = Text(default="MEDIUM")
    title = Text()
    content = Text(null=True)
    student_id = Text(null=True)
    sent_at = Text()
    read_at = Text(null=True)


class NoticePreference(Record):
    """What a person wants to get, and in which language. Absent for those who left everything as it is."""

    keys = Keys(TENANT + "#NOTICE_PREFERENCE", "{id}", purpose="what a person wants to be told by which channel; all of a school")

    language = Text(null=True)
    topics = Plain()  # topic → the channels by which it is wanted


class NoticeTemplate(Record):
    """A school's own text of a topic in one language."""

    keys = Keys(TENANT + "#NOTICE_TEMPLATE", "{id}", purpose="one template; all templates of a school")

    topic = Text()
    language = Text()
    subject = Text()
    body = Text()
    sms = Text()


class NoticeKey(Item):
    """A school's random key: makes unsubscribe links that cannot be guessed, and names for people without a login."""

    keys = Keys(TENANT, "NOTICE_KEY", purpose="a school's key of unsubscribe links")

    secret = Blob()


class NoticeDue(Item):
    """A notification that something has to happen with at a time; kept on the platform, so that one query finds those of all schools."""

    keys = Keys(TENANT + "#NOTICE_DUE", "{due_at}#{of_school}#{notice_id}", purpose="notifications that are due, over all schools")

    due_at = Text()
    of_school = Text()
    notice_id = Text()


class TextMessage(Expiring):
    """Whose text message a message id of the provider is: its delivery events tell no more. Kept on the platform."""

    keys = Keys(TENANT + "#TEXT_MESSAGE#{message_id}", "RECEIPT", purpose="the receipt of a text message")

    message_id = Text()
    of_school = Text()
    notice_id = Text()
    person = Text()

"""What every write carries along: journal entries, uniqueness, idempotency, counters, rate logs."""

from shared.data.attributes import Blob, Items, Text, Whole
from shared.data.item import TENANT, Item, Keys


class Expiring(Item):
    """An item that DynamoDB removes some time after `expires_at` (epoch seconds)."""

    expires_at = Whole(attr_name="expiresAt", null=True)


class Journal(Expiring):
    """One committed change (or one thing that was done or refused): audit log, outbox, freshness and history in one."""

    keys = Keys(
        TENANT + "#JOURNAL#{kind}",
        "{id}",
        TENANT + "#JOURNAL",
        "{id}",
        purpose="what changed in one kind of record since a list last looked",
        index_purpose="the school's audit log, newest first",
    )

    kind = Text()  # the entity kind
    id = Text()  # time-ordered
    at = Text()
    action = Text()  # CREATE_STUDENT
    module = Text()  # STUDENTS
    entity_id = Text(null=True)
    entity_ids = Items(null=True)  # a batch names all of them
    changes = Text(null=True)  # JSON: [{id, action, fields: {name: [before, after]}}]
    salt = Text(null=True)  # hides what is personal in the entry's hash, see shared/audit_chain.py
    redacted = Text(null=True)  # JSON: what stands in the place of personal values that were erased
    user_id = Text(null=True)
    role = Text(null=True)
    request_id = Text(null=True)
    ip_address = Text(null=True)
    user_agent = Text(null=True)
    status = Text()  # SUCCESS or FAILED
    error_message = Text(null=True)


class Unique(Item):
    """A value that one record holds: its existence is the uniqueness."""

    keys = Keys(TENANT + "#UNIQUE#{kind}", "{value}", purpose="who holds a unique value")

    kind = Text()
    value = Text()
    holder = Text()


class Counter(Item):
    """A number that only goes up."""

    keys = Keys(TENANT + "#COUNTER", "{name}", purpose="the last number given out")

    name = Text()
    value = Whole(default=0)


class Idempotency(Expiring):
    """What was answered to an Idempotency-Key."""

    keys = Keys(TENANT + "#IDEMPOTENCY", "{token}", purpose="the first answer to a repeated request")

    token = Text()  # principal, route and key, hashed
    body_hash = Text()
    state = Text()  # DONE or IN_PROGRESS
    status = Whole(null=True)
    answer = Blob(null=True)


class RateLog(Expiring):
    """The moments of a principal's requests within the last minute, packed: an exact sliding window."""

    keys = Keys("RATE#{principal}", "{limit_kind}", purpose="a principal's requests of the last minute")

    principal = Text()
    limit_kind = Text()
    moments = Blob()
    turn = Whole()

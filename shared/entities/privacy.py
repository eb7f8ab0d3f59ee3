"""What people asked for by right: a copy of everything held about them, or its erasure."""

from shared.data.attributes import Items, Plain, Text, Whole
from shared.data.item import TENANT, Keys, Record


class PrivacyRequest(Record):
    """A data export or an erasure, with how far it has come. Its steps are safe to repeat; the lease says who is at it."""

    keys = Keys(TENANT + "#PRIVACY_REQUEST", "{id}", purpose="one data export or erasure with its progress; all of a school")
    unjournalled = frozenset({"progress", "kept", "done"})

    kind = Text()  # EXPORT or ERASE
    subject = Text()  # USER or STUDENT
    subject_id = Text()
    state = Text(default="QUEUED")  # QUEUED → RUNNING → DONE; a failure is told in `error`, and the work tried again
    actor = Plain()  # {userId, role, requestId, ip, agent}: who is written into the journal
    step = Text(null=True)  # the step that is next
    progress = Plain(null=True)  # where within the step, as it needs it
    done = Plain(null=True)  # what was exported or removed, in numbers by kind
    kept = Items(null=True)  # [{what, count, why, until}]
    file = Text(null=True)
    size = Whole(null=True)
    lease_owner = Text(null=True)
    lease_until = Whole(null=True)  # epoch milliseconds
    error = Text(null=True)
    started_at = Text(null=True)
    finished_at = Text(null=True)
    expires_at = Whole(attr_name="expiresAt", null=True)

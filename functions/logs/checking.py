"""The answer to whether the log is what was linked."""

from functions.logs import nightly, schemas, verifying, window
from functions.logs.export import head_of
from shared.auth.caller import Caller


def verify_logs(caller: Caller, query: schemas.Period) -> schemas.VerifyOut:
    """Check the entries of a time, as many as one request allows."""
    asked = window.of(caller, query)
    found = verifying.verify(caller.school_id, asked)
    last = nightly.last(caller.school_id)
    return schemas.VerifyOut(
        status="BROKEN" if found.broken else "OK",
        since=verifying.moment_of(asked.ids[0]),
        until=verifying.moment_of(found.until),
        complete=found.complete and found.broken is None,
        entries=found.entries,
        archived=found.archived,
        redacted=found.redacted,
        pending=found.pending,
        head=head_of(caller.school_id),
        sealed=found.sealed,
        broken=schemas.Broken.model_validate(found.broken.told) if found.broken else None,
        nightly={**last.result, "wholeAt": last.whole_at} if last else None,
    )

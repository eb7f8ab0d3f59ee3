"""The routes of the audit log."""

from functions.logs import checking, client_events, export, schemas, service
from shared.auth.caller import Caller
from shared.auth.permissions import Permission
from shared.errors import NotFound
from shared.http.envelope import Created, Download, Ok, Page, created, ok, page
from shared.http.router import Router

router = Router("Audit log")


@router.get("/logs", allow=Permission.AUDIT_READ)
def list_logs(query: schemas.LogList, caller: Caller) -> Page[schemas.LogOut]:
    """List the audit log, the newest entries first: who did what to which record, with the values before and after.

    A page lies within `from` and `to`: by default the last 7 days, at most 31. `totalRecords` counts the entries of that time that
    match, exactly. An entry shows up within a second or so of what it tells.
    """
    found = service.list_logs(caller, query)
    return page(found.rows, number=query.page, size=query.page_size, total=found.total)


@router.post("/logs", allow="signed-in")
def report_event(data: schemas.ClientEventIn) -> Created[schemas.ClientEventOut]:
    """Report something that happened in a client.

    It is kept as a `ClientEvent` with the source CLIENT, about itself: it cannot pass for what the server did, nor touch the history of
    the record that it says it is about. What the server does it logs itself.
    """
    return created(client_events.report_event(data))


@router.get("/logs/export", allow=Permission.AUDIT_READ, produces=(schemas.CSV,))
def export_logs(query: schemas.LogExport, caller: Caller) -> Download | Ok[schemas.StoredFile]:
    """Export entries of at most 31 days as CSV, the oldest first, each with its hash; expired ones come from the archive.

    A file of more than 4 MB is written to storage: the answer is then JSON with its signed address. The head of the hash chain is told
    in `X-Audit-Head`, or in `head`: keep it with the file, and it can be shown later that nothing before it was changed.
    """
    return export.export_logs(caller, query)


@router.get("/logs/verify", allow=Permission.AUDIT_READ)
def verify_logs(query: schemas.Period, caller: Caller) -> Ok[schemas.VerifyOut]:
    """Check entries against the hash chain: whether one was changed, taken away or put in by the back door.

    At most about 20,000 entries a request: where `complete` is false, go on with `from` at the `to` of the answer. Entries of the last
    two minutes may still be `pending`. Somebody who can write the database could write a whole chain anew; the heads that are published
    in storage each day, and those that were noted elsewhere, are what they are found out by.
    """
    return ok(checking.verify_logs(caller, query))


@router.get("/logs/views/<student_id>", allow=Permission.AUDIT_READ, raises=(NotFound,))
def list_views(student_id: str, query: schemas.ViewList, caller: Caller) -> Page[schemas.ViewOut]:
    """List who looked at a student's record, by day: name, role, how often, and when first and last."""
    rows, total = service.list_views(caller, student_id, query)
    return page(rows, number=query.page, size=query.page_size, total=total)


@router.get("/logs/user/<user_id>", allow=Permission.AUDIT_READ, raises=(NotFound,))
def list_user_logs(user_id: str, query: schemas.OwnFilters, caller: Caller) -> Page[schemas.LogOut]:
    """List what a user of the school did, the newest first. Of one who was removed, `GET /logs?userId=` lists it."""
    found = service.list_user_logs(caller, user_id, query)
    return page(found.rows, number=query.page, size=query.page_size, total=found.total)


@router.get("/logs/<log_id>", allow=Permission.AUDIT_READ, raises=(NotFound,))
def get_log(log_id: str, caller: Caller) -> Ok[schemas.LogOut]:
    """Return one entry."""
    return ok(service.get_log(caller, log_id))

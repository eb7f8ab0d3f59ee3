"""The routes of personal data."""

from functions.privacy import schemas, service
from shared.auth.caller import Caller
from shared.auth.permissions import Permission
from shared.errors import Conflict, Forbidden, NotFound
from shared.http.envelope import Accepted, Ok, Page, accepted, ok, page
from shared.http.router import Router

router = Router("Personal data")


@router.post("/users/<user_id>/data-export", allow="signed-in", raises=(Forbidden, NotFound))
def export_user_data(user_id: str, data: schemas.ExportIn, caller: Caller) -> Accepted[schemas.RequestOut]:
    """Have everything that is held about a user put into one archive: JSON, tables as CSV, and a page to read.

    Everybody may ask for their own, an admin for anybody's. `GET /privacy/requests/{request_id}` tells the progress and, for a day,
    where the archive lies.
    """
    return accepted(service.export_user_data(caller, user_id, data))


@router.post("/students/<student_id>/data-export", allow=Permission.PERSONAL_DATA_MANAGE, raises=(NotFound,))
def export_student_data(student_id: str, data: schemas.ExportIn, caller: Caller) -> Accepted[schemas.RequestOut]:
    """Have everything that is held about a student put into one archive, as for a user."""
    return accepted(service.export_student_data(caller, student_id, data))


@router.post("/users/<user_id>/erase", allow=Permission.PERSONAL_DATA_MANAGE, raises=(Forbidden, NotFound, Conflict))
def erase_user(user_id: str, data: schemas.ErasureIn, caller: Caller) -> Ok[schemas.PreviewOut] | Accepted[schemas.RequestOut]:
    """Erase what law lets go of a user: name, address, sessions, messages; with `dryRun` only tell what would go and stay.

    The login is over at once, and its password is removed from the user pool. What the user did stays in the audit log under an id that leads to no name;
    the log's proof stays whole. An erasure cannot be undone.
    """
    return service.erase_user(caller, user_id, data)


@router.post("/students/<student_id>/erase", allow=Permission.PERSONAL_DATA_MANAGE, raises=(NotFound, Conflict))
def erase_student(student_id: str, data: schemas.StudentErasureIn, caller: Caller) -> Ok[schemas.PreviewOut] | Accepted[schemas.RequestOut]:
    """Erase what law lets go of a student: name, birthday, contacts, guardians, messages; with `dryRun` only tell what would go and stay.

    Ledgers, receipts, marks of attendance and the admission number stay without the name. Guardians' logins are people of their own. An
    erasure cannot be undone.
    """
    return service.erase_student(caller, student_id, data)


@router.get("/privacy/requests", allow=Permission.PERSONAL_DATA_MANAGE)
def list_privacy_requests(query: schemas.RequestList, caller: Caller) -> Page[schemas.RequestOut]:
    """List data exports and erasures, the newest first."""
    rows, total = service.list_privacy_requests(caller, query)
    return page(rows, number=query.page, size=query.page_size, total=total)


@router.get("/privacy/requests/<request_id>", allow="signed-in", raises=(NotFound,))
def get_privacy_request(request_id: str, caller: Caller) -> Ok[schemas.RequestOut]:
    """Return a data export or an erasure with its progress. Everybody may see those about themselves."""
    return ok(service.get_privacy_request(caller, request_id))

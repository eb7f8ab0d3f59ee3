"""Routes that list, sum up and report fees."""

from functions.fees import ledger, reconcile, report, schemas, schemas_reading, service
from functions.fees.routes_common import router
from shared.auth.caller import Caller
from shared.auth.permissions import Permission
from shared.errors import NotFound
from shared.http.envelope import Download, Ok, Page, listing, ok


@router.get("/fees", allow=Permission.FEES_READ)
def list_fees(query: schemas_reading.FeeList, caller: Caller) -> Page[schemas_reading.FeeListRow]:
    """List fees with the status of the moment; parents see those of their own children.

    `search` looks through names and numbers of the students. Settled fees of academic years that are over are left out unless their
    year, or `includeInactive`, asks for them.
    """
    return listing(service.list_fees(caller, query), query)


@router.get("/fees/overdue", allow=Permission.FEES_READ)
def list_overdue_fees(query: schemas_reading.FeeList, caller: Caller) -> Page[schemas_reading.OverdueRow]:
    """List the fees that are overdue today, of all academic years, with days overdue and whom to ask."""
    return listing(service.list_overdue_fees(caller, query), query)


@router.get("/fees/summary", allow=Permission.FEES_REPORT)
def fee_summary(query: schemas_reading.SummaryQuery, caller: Caller) -> Ok[schemas_reading.Summary]:
    """Sum up the fees that the filters let through: owed, paid, due, and the rate of collection."""
    return ok(report.fee_summary(caller, query))


@router.get("/fees/report", allow=Permission.FEES_REPORT, produces=("text/csv",))
def fee_report(query: schemas_reading.ReportPage, caller: Caller) -> Download | Ok[schemas_reading.Report]:
    """Report fees with their sums, which equal the summary's to the cent; as JSON by the page, or all of it as CSV.

    The last line of the CSV holds the sums. A file of more than 4 MB is written to storage: the answer is then JSON with its signed
    address, good for 15 minutes.
    """
    return report.fee_report(caller, query)


@router.get("/fees/reconcile", allow=Permission.FEES_REPORT)
def reconcile_fees(caller: Caller) -> Ok[schemas_reading.Reconciliation]:
    """Compare what the fees say is paid with the payments, and sheets and totals with a rebuild; every difference is listed."""
    return ok(reconcile.reconcile_fees(caller))


@router.get("/fees/student/<student_id>", allow=Permission.FEES_READ, raises=(NotFound,))
def list_fees_of_student(student_id: str, query: schemas.StudentFees, caller: Caller) -> Page[schemas_reading.FeeListRow]:
    """List the fees of a student, the first due first."""
    return listing(service.list_student_fees(caller, student_id, query), query)


@router.get("/students/<student_id>/fees", allow=Permission.FEES_READ, raises=(NotFound,))
def list_student_fees(student_id: str, query: schemas.StudentFees, caller: Caller) -> Page[schemas_reading.FeeListRow]:
    """List the fees of a student, the first due first."""
    return listing(service.list_student_fees(caller, student_id, query), query)


@router.get("/students/<student_id>/ledger", allow=Permission.FEES_READ, raises=(NotFound,))
def student_ledger(student_id: str, query: schemas_reading.LedgerQuery, caller: Caller) -> Ok[schemas_reading.Ledger]:
    """Return a student's account line by line with its balance, reckoned from the lines and from the fees, and any difference."""
    return ok(ledger.student_ledger(caller, student_id, query))

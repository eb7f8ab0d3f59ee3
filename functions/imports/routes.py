"""The routes of imports and exports."""

from functions.imports import export, schemas, service
from shared.auth.caller import Caller
from shared.auth.permissions import Permission
from shared.errors import Conflict, NotFound
from shared.http.envelope import Accepted, Created, Download, Ok, Page
from shared.http.request import Request
from shared.http.router import Router

router = Router("Imports")
FILES = ("text/csv", schemas.XLSX, "multipart/form-data", "application/octet-stream")


@router.post(
    "/students/bulk-import",
    allow=Permission.STUDENTS_IMPORT,
    raises=(Conflict,),
    rate="upload",
    idempotent="claim",
    body_types=FILES,
    max_body=6_000_000,
)
def bulk_import(query: schemas.ImportQuery, caller: Caller, request: Request) -> Ok[schemas.ImportReport] | Accepted[schemas.ImportReport]:
    """Import students from a CSV or XLSX file of up to 10,000 rows.

    The file is the body, or the part `file` of a form. Every row is checked before anything is written; a bad cell is told with
    its row, column, value and reason. A student is matched by the admission number: one that is there already is updated with the
    cells that hold something, or left unchanged. More than 2,000 rows to write go on in the background: the answer is then 202
    with the `importId` by which `GET /imports/{import_id}` tells the progress.
    """
    return service.bulk_import(caller, query, request)


@router.get(
    "/students/export",
    allow=Permission.STUDENTS_EXPORT,
    produces=("text/csv", schemas.XLSX),
)
def export_students(query: schemas.ExportQuery, caller: Caller) -> Download | Ok[schemas.StoredFile]:
    """Export students with every field, as CSV or XLSX; importing the file again changes nothing.

    A file of more than 4 MB is written to storage: the answer is then JSON with its signed address, good for 15 minutes.
    """
    return export.export_students(caller, query)


@router.post("/imports", allow=Permission.STUDENTS_IMPORT, rate="upload")
def create_import(data: schemas.UploadIn, caller: Caller) -> Created[schemas.UploadOut]:
    """Announce a larger file, of up to 50 MB and 50,000 rows, and get the signed form that uploads it to storage."""
    return service.create_import(caller, data)


@router.get("/imports", allow=Permission.STUDENTS_IMPORT)
def list_imports(query: schemas.ImportList, caller: Caller) -> Page[schemas.ImportOut]:
    """List the school's imports, newest first."""
    return service.list_imports(caller, query)


@router.get("/imports/<import_id>", allow=Permission.STUDENTS_IMPORT, raises=(NotFound,))
def get_import(import_id: str, caller: Caller) -> Ok[schemas.ImportDetail]:
    """Return an import with its progress and what its check found."""
    return service.get_import(caller, import_id)


@router.post("/imports/<import_id>/start", allow=Permission.STUDENTS_IMPORT, raises=(NotFound, Conflict))
def start_import(import_id: str, caller: Caller) -> Accepted[schemas.ImportOut]:
    """Start an import whose file is uploaded. Starting one that is under way makes sure that it goes on."""
    return service.start_import(caller, import_id)


@router.post("/imports/<import_id>/cancel", allow=Permission.STUDENTS_IMPORT, raises=(NotFound, Conflict))
def cancel_import(import_id: str, caller: Caller) -> Ok[schemas.ImportOut]:
    """Stop an import. What is written already stays, and can be undone."""
    return service.cancel_import(caller, import_id)


@router.post("/imports/<import_id>/undo", allow=Permission.STUDENTS_IMPORT, raises=(NotFound, Conflict))
def undo_import(import_id: str, caller: Caller) -> Accepted[schemas.ImportOut]:
    """Take out again the students that an import created, unless one of them was changed or referred to since."""
    return service.undo_import(caller, import_id)

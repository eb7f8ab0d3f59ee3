"""The wire of imports and exports."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from shared.http.schema import Bool, Date, Id, In, Int, Line, ListQuery, Out, Query

MOST_UPLOADED = 50_000_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"


class Mode(StrEnum):
    """What becomes of a file in which some rows are bad (rule S4)."""

    ALL = "all"
    VALID_ROWS = "valid-rows"


class Order(StrEnum):
    """How the dates of a file are written; dates that begin with the year are read in every order."""

    ISO = "iso"
    DMY = "dmy"
    MDY = "mdy"


class ImportQuery(Query):
    """How to import; the same names may stand in the fields of a multipart form."""

    dry_run: Annotated[bool, Field(description="Only check the file")] = False
    mode: Annotated[Mode, Field(description="`all`: the whole file or nothing. `valid-rows`: the good rows")] = Mode.ALL
    mapping: Annotated[str | None, Field(max_length=20_000, description="JSON object: column's header → field, null to leave it out")] = (
        None
    )
    defaults: Annotated[str | None, Field(max_length=5_000, description="JSON object: field → value of empty cells")] = None
    date_order: Annotated[Order | None, Field(description="Told by the file's own dates when absent, where they can tell")] = None
    class_year: Annotated[Line | None, Field(max_length=20, description="The academic year of the classes that the file names")] = None
    sheet: Annotated[Line | None, Field(max_length=31, description="The sheet of a workbook; the first one when absent")] = None
    over_capacity: Annotated[bool, Field(description="Fill classes beyond their capacity")] = False
    save_mapping: Annotated[bool, Field(description="Remember the columns and the date order for the school's next files")] = False


class UploadIn(In):
    """A file that will be uploaded to storage, and how to import it."""

    filename: Annotated[Line, Field(min_length=1, max_length=200, examples=["students.csv"])]
    size: Annotated[Int, Field(ge=1, le=MOST_UPLOADED, description="Bytes")]
    content_type: Annotated[Line, Field(pattern=r"^[\w.+-]+/[\w.+-]+$", max_length=100, examples=[CSV])]
    dry_run: Bool = False
    mode: Mode = Mode.ALL
    mapping: Annotated[dict[str, str | None] | None, Field(max_length=200)] = None
    defaults: Annotated[dict[str, str] | None, Field(max_length=50)] = None
    date_order: Order | None = None
    class_year: Annotated[Line | None, Field(max_length=20)] = None
    sheet: Annotated[Line | None, Field(max_length=31)] = None
    over_capacity: Bool = False
    save_mapping: Bool = False


class FindingOut(Out):
    """A bad cell: where it is, what it holds, and what is wrong with it."""

    row: Annotated[int | None, Field(description="As a spreadsheet counts, the header is row 1")]
    column: Annotated[str | None, Field(description="The header of the column")]
    field: str | None
    value: str | None
    message: str


class ImportReport(Out):
    """What an import came to, or, of a dry run, would come to."""

    import_id: Annotated[str | None, Field(description="The import, by which it can be asked for and undone")] = None
    state: Annotated[str, Field(description="`CHECKED`, `DONE`, or `WRITING` while the rest goes on in the background")]
    dry_run: bool
    mode: Mode
    total: Annotated[int, Field(description="Rows of the file")]
    created: int
    updated: int
    unchanged: int
    failed: int
    errors: Annotated[list[FindingOut], Field(description="The first 1,000")]
    error_count: int
    mapping: Annotated[dict[str, str], Field(description="Column's header → field")]
    ignored: Annotated[list[str], Field(description="Columns that hold no field")]
    missing: Annotated[list[str], Field(description="Fields that new students need and no column holds")]
    date_order: Order
    bad_rows_csv: Annotated[str | None, Field(description="The bad rows with their reasons, ready to be mended")] = None
    bad_rows_url: Annotated[str | None, Field(description="Where the bad rows are, when they are too many to stand here")] = None


class ImportOut(Out):
    """An import and how far it has come."""

    id: str
    state: Annotated[
        str,
        Field(
            description="`AWAITING_UPLOAD` → `QUEUED` → `CHECKING` → `WRITING` → `DONE`; `CHECKED` (a dry run), `REJECTED` (bad rows, nothing "
            "written), `STOPPED` (something stood in the way), `CANCELLED`, `UNDOING`, `UNDONE`"
        ),
    ]
    filename: str | None = None
    size: int | None = None
    total: int
    planned: Annotated[int, Field(description="Rows to write, known once the file is checked")]
    position: Annotated[int, Field(description="Rows written")]
    created: int
    updated: int
    unchanged: int
    failed: int
    removed: Annotated[int, Field(description="Students taken out again by an undo")]
    stopped_by: Annotated[str | None, Field(description="What stood in the way")] = None
    created_at: str | None = None
    started_at: str | None = None
    finished_at: str | None = None


class ImportDetail(ImportOut):
    """An import with what its check found."""

    errors: list[FindingOut] = Field(default_factory=list)
    error_count: int = 0
    mapping: dict[str, str] = Field(default_factory=dict)
    ignored: list[str] = Field(default_factory=list)
    missing: list[str] = Field(default_factory=list)
    date_order: Order | None = None
    bad_rows_url: str | None = None


class UploadOut(ImportOut):
    """An import that waits for its file, and the form that uploads it."""

    upload: Annotated[dict[str, Any], Field(description="{url, fields}: POST the fields and then `file` as multipart/form-data")]


class ImportList(Query):
    """A page of the imports, newest first."""

    page: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    page_size: Annotated[int, Field(ge=1, le=100)] = 20


class StoredFile(Out):
    """A file that was too large for an answer, and the signed address from which it can be fetched for a while."""

    url: str
    filename: Annotated[str, Field(examples=["students-2026-06-01.csv"])]
    expires_at: str


class ExportQuery(ListQuery):
    """Filters of the students to export: those of their list. All students are exported unless a filter says otherwise."""

    format: Annotated[str, Field(pattern="^(csv|xlsx)$", description="`csv` or `xlsx`")] = "csv"
    class_id: Id | None = None
    section: Line | None = None
    grade: Line | None = None
    status: Line | None = None
    gender: Line | None = None
    admitted_from: Date | None = None
    admitted_to: Date | None = None

"""Decisions about imports."""

import time
from functools import partial
from typing import Any

from functions.imports import jobs, running, schemas, undoing
from functions.imports.inspection import Inspection, inspect
from functions.imports.jobs import new_job, start_writing, unit_for, wake
from functions.imports.repository import Imports, LostLease
from functions.imports.students import prepare, refuse_beyond_limit
from functions.imports.upload import Options, Upload, read_upload
from functions.imports.writing import Stopped, Writer, write_at_once
from shared import clock
from shared.auth.caller import Caller
from shared.csv_files import BadFile, read_table
from shared.data.reader import plain
from shared.entities.imports import Import
from shared.errors import Conflict, Detail, Unavailable, ValidationFailed
from shared.gateways import files
from shared.http.envelope import Accepted, Created, Ok, Page, accepted, created, ok, page
from shared.http.request import Request, unit
from shared.ids import new_id

MOST_ROWS = 10_000
INLINE_ROWS = 2_000  # more than these to write go on in the background
_INLINE_SECONDS = 18.0  # so that the answer is out before the gateway gives up at 29
_CSV_INLINE = 64_000  # bytes of bad rows that stand in the answer itself
_UNDER_WAY = ("QUEUED", "CHECKING", "WRITING", "UNDOING")
_FIELDS = tuple(schemas.ImportOut.model_fields)


def bulk_import(caller: Caller, query: schemas.ImportQuery, request: Request) -> Ok[Any] | Accepted[Any]:
    """Check the whole file, then write it: at once, batch by batch, or, a large one, in the background."""
    began = time.monotonic()
    upload = read_upload(query, request)
    import_id = new_id()
    found = _inspected(caller, upload)
    report = _report(caller, import_id, found)
    if found.options.dry_run:
        return ok(report, "Checked; nothing was written")
    if found.refused:
        raise ImportRefused(report)
    plan = found.checked.plan
    refuse_beyond_limit(caller.school, plan, found.present)
    prepare(caller.school, plan)
    if write_at_once(caller, import_id, found, upload.filename):
        report.import_id = import_id if plan else None
        return ok(report, "Imported")
    if len(plan) > INLINE_ROWS:
        start_writing(caller, found, import_id, owner=None, filename=upload.filename)
        return _going_on(report, import_id)
    return _written(caller, found, report, import_id, upload.filename, began)


def _written(
    caller: Caller, found: Inspection, report: schemas.ImportReport, import_id: str, filename: str | None, began: float
) -> Ok[Any] | Accepted[Any]:
    """Write batch by batch while the request lasts; what does not fit, or cannot be written just now, goes on in the background."""
    owner = new_id()
    job = start_writing(caller, found, import_id, owner=owner, filename=filename)
    writer = Writer(caller.school, job, owner, found.checked.plan)
    try:
        finished = writer.run(lambda: time.monotonic() - began > _INLINE_SECONDS)
    except LostLease as error:
        raise Conflict("The import was cancelled while it was being written") from error
    except Unavailable:
        finished = False
    if not finished:
        Imports(caller.school_id).release(job, owner)
        wake(caller.school_id, import_id)
        return _going_on(report, import_id)
    if writer.stopped_by:
        raise Stopped(import_id, writer.stopped_by, job.position)
    report.import_id = import_id
    return ok(report, "Imported")


class ImportRefused(ValidationFailed):
    """Rows are bad, so nothing was written; `data` tells the same as the report of a dry run."""

    def __init__(self, report: schemas.ImportReport) -> None:
        listed = report.errors[:200]
        details = tuple(Detail(f"rows[{e.row}].{e.field or 'row'}"[:200], e.message) for e in listed)
        super().__init__(f"Nothing was imported: {report.failed} of {report.total} rows cannot be taken", details=details)
        self.data = report


def _inspected(caller: Caller, upload: Upload) -> Inspection:
    try:
        table = read_table(
            upload.content, filename=upload.filename, content_type=upload.content_type, sheet=upload.options.sheet, max_rows=MOST_ROWS
        )
        return inspect(caller.school, table, upload.options)
    except BadFile as error:
        hint = "; larger files are uploaded to storage, see POST /api/imports" if "rows of data" in error.message else ""
        raise ValidationFailed.of("file", f"The file: {error}{hint}" if error.row else f"The file {error}{hint}") from error


def _report(caller: Caller, import_id: str, found: Inspection) -> schemas.ImportReport:
    checked, options = found.checked, found.options
    refused = found.refused and not options.dry_run  # a dry run tells what the good rows would come to
    creates = checked.creates
    report = schemas.ImportReport.model_validate(
        {
            **found.told(),
            "state": "CHECKED" if options.dry_run else "DONE",
            "dryRun": options.dry_run,
            "mode": options.mode,
            "total": checked.total,
            "created": 0 if refused else creates,
            "updated": 0 if refused else len(checked.plan) - creates,
            "unchanged": checked.unchanged,
            "failed": checked.failed,
        }
    )
    if checked.failed:
        content = checked.bad_rows.content()
        if len(content) <= _CSV_INLINE:
            report.bad_rows_csv = content.decode()
        else:
            key = files.key_of(caller.school_id, "imports", import_id, "bad-rows.csv")
            files.put(key, content, schemas.CSV, keep=files.Keep.DAY)
            report.bad_rows_url = files.link(key, "bad-rows.csv", schemas.CSV)
    return report


def _going_on(report: schemas.ImportReport, import_id: str) -> Accepted[Any]:
    report.import_id, report.state = import_id, "WRITING"
    return accepted(report, f"The import goes on in the background: GET /api/imports/{import_id} tells its progress")


def create_import(caller: Caller, data: schemas.UploadIn) -> Created[Any]:
    """An import that waits for its file, with the form that uploads it."""
    imports, import_id = Imports(caller.school_id), new_id()
    options = Options.of_upload(data).plain()
    job = new_job(caller, import_id, "AWAITING_UPLOAD", options, filename=data.filename, content_type=data.content_type, size=data.size)
    imports.add(unit(), job)
    form = files.upload_form(imports.file(import_id, "source"), data.content_type, schemas.MOST_UPLOADED, keep=files.Keep.DAY)
    return created(schemas.UploadOut.model_validate({**_shown(job), "upload": form}))


def list_imports(caller: Caller, query: schemas.ImportList) -> Page[Any]:
    """A page of the school's imports, newest first."""
    found = Imports(caller.school_id).newest()
    start = (query.page - 1) * query.page_size
    rows = [schemas.ImportOut.model_validate(plain(raw)) for raw in found[start : start + query.page_size]]
    return page(rows, number=query.page, size=query.page_size, total=len(found))


def get_import(caller: Caller, import_id: str) -> Ok[Any]:
    """An import with what its check found."""
    imports = Imports(caller.school_id)
    job = imports.get(import_id, consistent=True)
    told = {**_shown(job), **imports.findings(import_id)}
    if job.failed:
        told["badRowsUrl"] = files.link(imports.file(import_id, "bad-rows.csv"), "bad-rows.csv", schemas.CSV)
    return ok(schemas.ImportDetail.model_validate(told))


def start_import(caller: Caller, import_id: str) -> Accepted[Any]:
    """Start an import whose file is there."""
    imports = Imports(caller.school_id)
    job = imports.get(import_id, consistent=True)
    if job.state in _UNDER_WAY:
        wake(caller.school_id, import_id)
        return accepted(_out(job), "Under way")
    if job.state != "AWAITING_UPLOAD":
        raise Conflict(f"This import is {job.state} already")
    size = files.size(imports.file(import_id, "source"))
    if size is None:
        raise Conflict("The file is not uploaded yet: POST it with the form that came with the import")
    wake(caller.school_id, import_id, delay=jobs.WAKE_SECONDS)  # should this process end before it sends the one that follows
    unit().after_commit.append(partial(wake, caller.school_id, import_id))
    imports.switch(unit(), job, "QUEUED", [Import.size.set(size)])
    unit().note("START_IMPORT", "Import", import_id)
    job.state, job.size = "QUEUED", size
    return accepted(_out(job), "Started")


def cancel_import(caller: Caller, import_id: str) -> Ok[Any]:
    """Stop an import before it is done; a worker that has it finds out at its next batch."""
    imports = Imports(caller.school_id)
    job = imports.get(import_id, consistent=True)
    if job.state not in ("AWAITING_UPLOAD", "QUEUED", "CHECKING", "WRITING"):
        raise Conflict(f"This import is {job.state} and cannot be cancelled")
    imports.switch(unit(), job, "CANCELLED", [Import.finished_at.set(clock.stamp())])
    unit().note("CANCEL_IMPORT", "Import", import_id)
    job.state = "CANCELLED"
    return ok(_out(job), "Cancelled")


def undo_import(caller: Caller, import_id: str) -> Accepted[Any]:
    """Take out again what an import created, if nothing has come to depend on it."""
    imports = Imports(caller.school_id)
    job = imports.get(import_id, consistent=True)
    if job.state not in ("DONE", "STOPPED", "CANCELLED", "UNDOING"):
        raise Conflict(f"This import is {job.state}: there is nothing to undo")
    if job.state != "UNDOING":
        undoing.refuse_if_used(caller.school_id, job)
        wake(caller.school_id, import_id, delay=jobs.WAKE_SECONDS)
        work = unit_for(job)
        imports.switch(work, job, "UNDOING", [Import.removed.set(0)])
        work.note("UNDO_IMPORT", "Import", import_id)
        work.commit()
    began = time.monotonic()
    running.run(caller.school_id, import_id, lambda: time.monotonic() - began > _INLINE_SECONDS)
    return accepted(_out(imports.get(import_id, consistent=True)), "Undone as far as its state says")


def _out(job: Import) -> schemas.ImportOut:
    return schemas.ImportOut.model_validate(_shown(job))


def _shown(job: Import) -> dict[str, Any]:
    return {name: getattr(job, name) for name in _FIELDS}

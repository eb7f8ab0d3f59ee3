"""Brings an import forward as far as time allows, from whatever state it is in."""

import time
from collections.abc import Callable
from typing import Any

from functions.imports import undoing
from functions.imports.inspection import Inspection, inspect
from functions.imports.jobs import counts_of, keep_files, unit_for, wake
from functions.imports.plan import unpack
from functions.imports.repository import Imports, LostLease, now_ms
from functions.imports.students import prepare, refuse_beyond_limit
from functions.imports.upload import Options
from functions.imports.writing import Writer
from shared import clock
from shared.csv_files import BadFile, read_table
from shared.data import reader
from shared.entities.imports import Import
from shared.entities.tenancy import School
from shared.errors import NotFound, ValidationFailed
from shared.gateways import files
from shared.ids import new_id
from shared.limits import LimitReached

MOST_ROWS = 50_000
_RENEW_SECONDS = 15.0
WORKED = frozenset({"QUEUED", "CHECKING", "WRITING", "UNDOING"})


def run(school_id: str, import_id: str, late: Callable[[], bool]) -> None:
    """Do what is to be done next, until it is done or time is up; then the lease is given back, and another message sent."""
    imports, owner = Imports(school_id), new_id()
    while True:
        job = imports.find(import_id, consistent=True)
        if job is None or job.state not in WORKED:
            return
        if not imports.claim(job, owner):
            _look_again(imports, import_id)
            return
        try:
            finished = _step(imports, job, owner, late)
        except LostLease:
            return
        except BaseException:
            imports.release(job, owner)
            raise
        imports.release(job, owner)
        if not finished:
            wake(school_id, import_id)  # the message that is being worked off stays in the queue until this is sent
            return


def _look_again(imports: Imports, import_id: str) -> None:
    """Come back when the lease that stands in the way has ended, should its owner have died."""
    job = imports.find(import_id, consistent=True)
    if job is not None and job.state in WORKED:
        wake(imports.school_id, import_id, delay=max(1, ((job.lease_until or 0) - now_ms()) // 1000 + 2))


def _step(imports: Imports, job: Import, owner: str, late: Callable[[], bool]) -> bool:
    """One state's work; whether it came to its end."""
    if job.state == "WRITING":
        plan = unpack(files.get(imports.file(job.id, "plan")))
        return Writer(_school(job), job, owner, plan).run(late)
    if job.state == "UNDOING":
        return undoing.remove(_school(job), job, owner, late)
    _check(imports, job, owner)
    return True


def _check(imports: Imports, job: Import, owner: str) -> None:
    """Check the uploaded file, and keep the plan of what is to be written."""
    if job.state == "QUEUED":
        unit = unit_for(job)
        imports.move(unit, job, owner, "CHECKING", [Import.started_at.set(clock.stamp())])
        unit.commit()
        job.state = "CHECKING"
    try:
        found = _inspect(imports, job, owner)
        if not found.refused and not found.options.dry_run:
            refuse_beyond_limit(_school(job), found.checked.plan, found.present)
            prepare(_school(job), found.checked.plan)
    except (BadFile, ValidationFailed, LimitReached) as error:
        unit = unit_for(job)
        text = f"The file {error}" if isinstance(error, BadFile) else "; ".join(f"{d.field}: {d.message}" for d in error.details)
        _end(imports, unit, job, owner, "REJECTED", [Import.stopped_by.set(text[:500])])
        unit.commit()
        return
    keep_files(imports, job.id, found)
    unit = unit_for(job)
    imports.keep_findings(unit, job.id, found.told())
    found_counts = [getattr(Import, name).set(value) for name, value in counts_of(found).items()]
    if found.refused or found.options.dry_run:
        _end(imports, unit, job, owner, "CHECKED" if found.options.dry_run else "REJECTED", found_counts)
    else:
        found.remember(unit)
        imports.move(unit, job, owner, "WRITING", found_counts)
    unit.commit()
    files.remove(imports.file(job.id, "source"))  # what is wanted of it is in the plan


def _end(imports: Imports, unit: Any, job: Import, owner: str, state: str, actions: list[Any]) -> None:
    unit.note("CHECK_IMPORT", "Import", job.id, {"state": [job.state, state]})
    imports.move(unit, job, owner, state, [*actions, Import.finished_at.set(clock.stamp())])


def _school(job: Import) -> School:
    found = reader.load(School, consistent=True, school_id=job.school_id)
    if found is None:
        raise NotFound
    return found


def _inspect(imports: Imports, job: Import, owner: str) -> Inspection:
    options = Options(**{name: value for name, value in job.options.items() if name in Options.__slots__})
    renewed = time.monotonic()

    def every() -> None:
        nonlocal renewed
        if time.monotonic() - renewed > _RENEW_SECONDS:
            imports.renew(job, owner)
            renewed = time.monotonic()

    import tempfile  # The source is read twice, and may be too large for memory.

    with tempfile.TemporaryFile() as source:
        for piece in files.stream(imports.file(job.id, "source")):
            source.write(piece)
        source.seek(0)
        table = read_table(
            source,
            filename=job.filename,
            content_type=job.content_type,
            sheet=options.sheet,
            max_rows=MOST_ROWS,
            max_unpacked_bytes=256 << 20,
        )
        return inspect(_school(job), table, options, every)

"""Every student with every field, as rows of a file, straight from the stored items (rule S5)."""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import batched, chain
from typing import Any

from functions.imports import schemas
from shared import clock
from shared.auth.caller import Caller
from shared.csv_files import write_rows
from shared.data import reader
from shared.data.reader import Raw
from shared.entities.people import Student
from shared.gateways import files
from shared.http.envelope import Download, Ok, download, ok
from shared.http.request import unit
from shared.ids import new_id
from shared.lists import CLASSES, STUDENTS

INLINE = 4_000_000  # bytes; Lambda answers with 6 MB at most, its own wrapping included
_ONE_BY_ONE_SHARE = 4  # fewer than a quarter of the students: cheaper to read them by key
# Column → how it is called in the stored student; the class's own columns are put in between.
_BEFORE = ("admissionNumber", "rollNumber", "firstName", "lastName", "dateOfBirth", "gender", "bloodGroup", "email", "phone")
_CLASS = ("className", "section", "grade", "academicYear")
_AFTER = (
    "admissionDate", "status", "exitDate", "addressStreet", "addressCity", "addressState", "addressZip", "parentName", "parentPhone",
    "parentEmail", "parentRelation", "emergencyContactName", "emergencyContactPhone", "emergencyContactRelation", "id", "classId",
    "userId", "createdAt", "updatedAt",
)  # fmt: skip
HEADERS = (*_BEFORE, *_CLASS, *_AFTER)


def export_students(caller: Caller, query: schemas.ExportQuery) -> Download | Ok[Any]:
    """The file itself, or where it lies."""
    unit().note("EXPORT_STUDENTS", "Export", new_id(), {"format": [None, query.format], "filters": [None, _told(query)]})
    rows = _rows(caller.school_id, _selected(caller, query))
    name = f"students-{caller.today().isoformat()}.{query.format}"
    if query.format == "xlsx":
        from functions.imports.workbook import write_workbook  # Pulls in zip, which CSV does without.

        return _answer(caller.school_id, write_workbook(HEADERS, rows), name, schemas.XLSX)
    return _answer(caller.school_id, write_rows(HEADERS, rows), name, schemas.CSV)


def _told(query: schemas.ExportQuery) -> dict[str, Any]:
    """The filters for the journal; what was searched for may be a name, and stays out."""
    told = query.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return {n: "…" if n == "search" else v for n, v in told.items()}


def _answer(school_id: str, chunks: Iterable[bytes], name: str, media_type: str) -> Download | Ok[Any]:
    """The chunks as one answer while they are few; else as an object in storage, written part by part."""
    held: list[bytes] = []
    held_bytes = 0
    source = iter(chunks)
    for chunk in source:
        held.append(chunk)
        held_bytes += len(chunk)
        if held_bytes > INLINE:
            return _stored(school_id, held, source, name, media_type)
    return download(b"".join(held), name, media_type)


def _stored(school_id: str, held: list[bytes], rest: Iterator[bytes], name: str, media_type: str) -> Ok[Any]:
    key = files.key_of(school_id, "exports", new_id(), name)
    upload = files.Upload(key, media_type, keep=files.Keep.DAY)
    try:
        for chunk in chain(held, rest):
            upload.write(chunk)
        upload.finish()
    except BaseException:
        upload.abort()
        raise
    address = files.link(key, name, media_type)
    until = clock.stamp(clock.now() + timedelta(seconds=files.LINK_SECONDS))
    return ok(schemas.StoredFile(url=address, filename=name, expires_at=until), "The file lies at this address")


def _selected(caller: Caller, query: schemas.ExportQuery) -> frozenset[str] | None:
    """The ids of the students that the filters let through; None: all."""
    equal: dict[str, Any] = {"classId": query.class_id, "section": query.section, "status": query.status, "gender": query.gender}
    equal = {name: value for name, value in equal.items() if value is not None}
    if query.grade is not None:
        of_grade = {i for i, c in CLASSES.all(caller.school_id).items() if c["grade"] == query.grade}
        equal["classId"] = of_grade & {query.class_id} if query.class_id else of_grade
    keep = _admitted(query)
    if not equal and not query.search and keep is None:
        return None
    _, ids = STUDENTS.select(caller.school_id, search=query.search, equal=equal, keep=keep)
    return frozenset(ids)


def _admitted(query: schemas.ExportQuery) -> Callable[[dict[str, Any]], bool] | None:
    if query.admitted_from is None and query.admitted_to is None:
        return None
    first = query.admitted_from.isoformat() if query.admitted_from else ""
    last = query.admitted_to.isoformat() if query.admitted_to else "9999"
    return lambda row: first <= row["admissionDate"] <= last


def _students(school_id: str, ids: frozenset[str] | None) -> Iterator[Raw]:
    """The students in the order of their making."""
    partition = Student.partition_of(school_id=school_id)
    if ids is None:
        yield from reader.query(partition, consistent=True)
    elif len(ids) * _ONE_BY_ONE_SHARE > len(STUDENTS.all(school_id)):
        yield from (raw for raw in reader.query(partition, consistent=True) if raw["id"]["S"] in ids)
    else:
        for some in batched(sorted(ids), 100, strict=False):
            keys = [Student.key_of(school_id=school_id, id=i) for i in some]
            found = reader.get_many(keys, consistent=True)
            yield from (found[key] for key in keys if key in found)


_NOTHING: dict[str, str] = {"S": ""}


def _rows(school_id: str, ids: frozenset[str] | None) -> Iterator[list[str]]:
    rooms = {i: [c["name"], c["section"], c["grade"], c["academicYear"]] for i, c in CLASSES.all(school_id).items()}
    nothing, none = ["", "", "", ""], _NOTHING
    for raw in _students(school_id, ids):
        get = raw.get
        yield [
            *[get(name, none)["S"] for name in _BEFORE],
            *rooms.get(raw["classId"]["S"], nothing),
            *[get(name, none)["S"] for name in _AFTER],
        ]

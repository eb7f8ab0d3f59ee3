"""Takes out again the students that an import created, for as long as nothing has come to depend on them."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

import orjson

from functions.imports.jobs import unit_for
from functions.imports.repository import Imports
from shared import clock
from shared.attendance_totals import marked_students
from shared.data import reader
from shared.data.unit_of_work import RetryWrite, UnitOfWork
from shared.enrolment import KINDS, SEATED, count_students, move_seats, release_number
from shared.entities.fees import fees_prefix
from shared.entities.ground import Journal
from shared.entities.imports import Import
from shared.entities.people import Student
from shared.entities.tenancy import School
from shared.errors import Conflict, Detail
from shared.ids import floor_id
from shared.references import refers_to_student

_ROOM = 90
_REMOVAL = 3  # operations: the student and its two numbers
_NAMED = 20
# Kinds of record that refer to a student by `studentId`; what was journalled of them since the import is looked through.
REFERRING = ("StudentGuardian",)
_FIELDS = ("id", "importId", "version", "admissionNumber", "rollNumber", "classId", "status")


def imported(school_id: str, import_id: str) -> list[reader.Raw]:
    """The students that the import created and that are still there."""
    found = reader.query(Student.partition_of(school_id=school_id), consistent=True, fields=_FIELDS)
    return [raw for raw in found if raw.get("importId", {}).get("S") == import_id]


def refuse_if_used(school_id: str, job: Import) -> None:
    """A Conflict that names the students who were changed or referred to since they came in."""
    students = imported(school_id, job.id)
    ids = {raw["id"]["S"]: raw["admissionNumber"]["S"] for raw in students}
    changed = {raw["id"]["S"] for raw in students if raw["version"]["N"] != "1"}
    since = str(job.started_at or job.created_at)
    used = changed | (set(_referred(school_id, since)) & set(ids)) | _charged(school_id, since, ids) | _marked(school_id, students)
    if not used:
        return
    named = sorted(ids[i] for i in used)[:_NAMED]
    text = f"{len(used)} of the students were changed or referred to since: {', '.join(named)}"
    raise Conflict(text, details=tuple(Detail("admissionNumber", number) for number in named))


def _referred(school_id: str, since: str) -> Iterator[str]:
    """The ids of students that records made since a moment refer to."""
    start = floor_id(int(datetime.fromisoformat(since).timestamp() * 1000))
    for kind in REFERRING:
        for raw in reader.query(Journal.partition_of(school_id=school_id, kind=kind), after=start, consistent=True):
            for change in orjson.loads(raw["changes"]["S"]) if "changes" in raw else ():
                yield from (str(v) for v in change["fields"].get("studentId", ()) if v)


def _marked(school_id: str, students: list[reader.Raw]) -> set[str]:
    """Those of the students who stand in a register of their class."""
    today = clock.now().date()
    marked = {i for class_id in {raw["classId"]["S"] for raw in students} for i in marked_students(school_id, class_id, today)}
    return marked & {raw["id"]["S"] for raw in students}


def _charged(school_id: str, since: str, ids: Iterable[str]) -> set[str]:
    """Those of the students for whom fees were made since a moment: the ids of fees tell whose they are."""
    prefixes = {fees_prefix(i): i for i in ids}
    length = len(next(iter(prefixes), ""))
    start = floor_id(int(datetime.fromisoformat(since).timestamp() * 1000))
    entries = reader.query(
        Journal.partition_of(school_id=school_id, kind="StudentFee"), after=start, consistent=True, fields=("entityId", "entityIds")
    )
    made = (v["S"] for raw in entries for v in raw.get("entityIds", {"L": [raw.get("entityId", {"S": ""})]})["L"])
    return {prefixes[fee[:length]] for fee in made if fee[:length] in prefixes}


def remove(school: School, job: Import, owner: str, late: Callable[[], bool]) -> bool:
    """Remove the students batch after batch; False where time was up before the end."""
    imports = Imports(school.id)
    for batch in _batches(imported(school.id, job.id)):
        if late():
            return False
        used = [raw["admissionNumber"]["S"] for raw in batch if refers_to_student(school.id, raw["id"]["S"])]
        if used:
            _end(imports, job, owner, "STOPPED", f"Students were referred to since: {', '.join(used)}")
            return True
        unit = unit_for(job)
        _take_out(unit, school, batch)
        imports.move(unit, job, owner, "UNDOING", [Import.removed.set(Import.removed + len(batch))])
        try:
            unit.commit()
        except RetryWrite:
            _end(imports, job, owner, "STOPPED", "A student was changed while the import was being undone")
            return True
    _end(imports, job, owner, "UNDONE", None)
    return True


def _batches(students: Iterable[reader.Raw]) -> Iterator[list[reader.Raw]]:
    batch: list[reader.Raw] = []
    classes: set[str] = set()
    for raw in sorted(students, key=lambda r: (r["classId"]["S"], r["id"]["S"])):
        classes.add(raw["classId"]["S"])
        if (len(batch) + 1) * _REMOVAL + len(classes) > _ROOM:
            yield batch
            batch, classes = [], {raw["classId"]["S"]}
        batch.append(raw)
    if batch:
        yield batch


def _take_out(unit: UnitOfWork, school: School, batch: list[reader.Raw]) -> None:
    """Remove each as it came in, its numbers and its seat given back, with one journal entry for all."""
    seats: Counter[str] = Counter()
    for raw in batch:
        student_id = raw["id"]["S"]
        untouched = (Student.version == 1) & (Student.import_id == raw["importId"]["S"])
        unit.remove(Student(school_id=unit.school_id, id=student_id), untouched, RetryWrite())
        for field, name in zip(KINDS, ("rollNumber", "admissionNumber"), strict=True):
            release_number(unit, student_id, field, raw[name]["S"])
        if raw["status"]["S"] in SEATED:
            seats[raw["classId"]["S"]] -= 1
    unit.note_batch("DELETE_STUDENT", "Student", [raw["id"]["S"] for raw in batch])
    move_seats(unit, dict(seats))
    count_students(unit, school, sum(seats.values()))


def _end(imports: Imports, job: Import, owner: str, state: str, reason: str | None) -> None:
    unit = unit_for(job)
    unit.note("UNDO_IMPORT", "Import", job.id, {"state": ["UNDOING", state]})
    actions: list[Any] = [Import.finished_at.set(clock.stamp()), Import.lease_until.set(0)]
    imports.move(unit, job, owner, state, [*actions, Import.stopped_by.set(reason)] if reason else actions)
    unit.commit()

"""What an import costs: write units and CPU a student, over HTTP's handler, each row validated."""

import contextlib
import io
import time

from shared.data import reader
from shared.entities.people import Student
from tests.support.world import make_person, make_school
from tools.bench.figures import Figure, Table
from tools.bench.recorder import Recorder
from tools.bench.school import FAMILY, GIVEN, make_classes

HOW = (
    "A CSV of {rows:,} new students with 20 columns through POST /api/students/bulk-import, every row validated, in journalled batches; CPU is that of the handler's process (the engine is another). "
    "The file again changes nothing."
)
_COLUMNS = (
    "admissionNumber,rollNumber,firstName,lastName,dateOfBirth,gender,className,section,admissionDate,phone,email,addressStreet,addressCity,"
    "addressState,addressZip,parentName,parentPhone,parentEmail,parentRelation,bloodGroup"
)


def file_of(rows: int, rooms: int) -> bytes:
    """A CSV of students who differ in everything that must."""
    lines = [_COLUMNS]
    for n in range(rows):
        room = n % rooms
        first, last = GIVEN[n % len(GIVEN)], FAMILY[n % len(FAMILY)]
        lines.append(
            f"A{n:06d},R{n:06d},{first},{last},2014-0{1 + n % 9}-1{n % 9},{('MALE', 'FEMALE')[n % 2]},Class {1 + room // 20},{chr(65 + room % 20)},2026-04-01,98{n:08d},"
            f"s{n}@school.example,{n} Long Street,Pune,Maharashtra,411001,{first} {last},97{n:08d},p{n}@home.example,MOTHER,B+"
        )
    return "\r\n".join(lines).encode()


def measure(recorder: Recorder, rows: int) -> Table:
    """Import, then import again."""
    school = make_school()
    rooms = max(1, rows // 40)
    make_classes(school, rooms, capacity=50, taken=0)
    client = make_person(school).client
    content = file_of(rows, rooms)
    headers = {"content-type": "text/csv"}
    with contextlib.redirect_stdout(io.StringIO()), recorder.record() as used:
        began, wall = time.process_time(), time.perf_counter()
        reply = client.request("POST", "/api/students/bulk-import", raw=content, headers=headers)
        spent, took = time.process_time() - began, time.perf_counter() - wall
    if reply.status != 201 and (reply.status != 200 or reply.data["created"] != rows):
        raise RuntimeError(f"{reply.status}: {reply.body[:400]!r}")
    stored = sum(1 for _ in reader.query(Student.partition_of(school_id=school.id), fields=("id",)))
    with contextlib.redirect_stdout(io.StringIO()):
        again = client.request("POST", "/api/students/bulk-import", raw=content, headers=headers).data
    figures = [
        Figure("write units a student, uniqueness and journal included", used.write_units / rows, "", 10, 5),
        Figure("CPU a row", spent / rows * 1000, "ms", 1.0, note=f"{took:.1f} s in all, engine included"),
        Figure("students missing or doubled", abs(stored - rows), "", 0),
        Figure("rows that the same file again creates or changes", again["created"] + again["updated"], "", 0),
    ]
    return Table("Import", HOW.format(rows=rows), figures)

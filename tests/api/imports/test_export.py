"""Export of students: every field, round trips, filters, large files (S5, G12)."""

import csv as csv_module
import io
import urllib.request

import openpyxl
import pytest

from functions.imports import export
from shared.auth.permissions import Role
from shared.data import reader
from shared.entities.ground import Journal
from shared.entities.people import Student
from tests.support.csv_bodies import HEADERS, csv, send, students
from tests.support.world import make_person, make_school

FULL = [
    *HEADERS, "Roll number", "Blood group", "Email", "Phone", "Street", "City", "State", "ZIP", "Admission date", "Parent name",
    "Parent phone", "Parent email", "Parent relation", "Emergency contact", "Emergency phone", "Emergency relation",
]  # fmt: skip


def full_row(n, name="Zoë"):
    return [
        f"00{n}", name, "O'Neil \"Jr\"", "2012-02-29", "OTHER", "Class 10", "B", f"0{n}", "O-", f"s{n}@example.org", "+919876543210",
        "=1+1", "@home", "\tTab", "00123", "2020-04-01", "'quoted", "+919876543211", "p@example.org", "GUARDIAN", "नाम", "+442079460958",
        "+aunt",
    ]  # fmt: skip


def quoted(rows, headers):
    out = io.StringIO()
    csv_module.writer(out).writerows([headers, *rows])
    return out.getvalue().encode()


def read(reply):
    text = reply.body.decode("utf-8-sig")
    return list(csv_module.DictReader(io.StringIO(text, newline="")))


def stored(school):
    return {s["id"]: s for s in map(reader.plain, reader.query(Student.partition_of(school_id=school.id), consistent=True))}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_s5_an_export_imported_again_changes_nothing_defused_cells_included(admin, school, rooms, kind):
    rows = [full_row(1), full_row(2, "उपेंद्र"), full_row(3, "Ёлка")]
    rows[0][13] = rows[1][13] = rows[2][13] = "=cmd|' /C calc'!A0"
    assert send(admin, quoted(rows, FULL)).data["created"] == 3
    before = stored(school)
    reply = admin.get("/api/students/export", format=kind)
    assert reply.status == 200
    assert reply.headers["content-disposition"].endswith(f'.{kind}"')
    told = send(admin, reply.body, {"Content-Type": reply.headers["content-type"].partition(";")[0]}).data
    assert (told["total"], told["unchanged"], told["updated"], told["created"], told["failed"]) == (3, 3, 0, 0, 0)
    assert stored(school) == before


def test_g12_an_export_is_csv_with_bom_crlf_and_defused_cells(admin, school, rooms):
    send(admin, quoted([full_row(1)], FULL))
    reply = admin.get("/api/students/export")
    assert reply.body.startswith("\ufeff".encode())
    assert reply.headers["content-type"].startswith("text/csv")
    assert b"\r\n" in reply.body
    row = read(reply)[0]
    assert (row["addressStreet"], row["addressCity"], row["emergencyContactRelation"]) == ("'=1+1", "'@home", "'+aunt")
    assert (row["parentName"], row["bloodGroup"], row["addressZip"], row["admissionNumber"]) == ("'quoted", "O-", "00123", "001")
    assert (row["className"], row["section"], row["grade"], row["academicYear"]) == ("Class 10", "B", "10", "2026-2027")


def test_s5_every_field_of_a_student_is_in_the_export():
    hidden = {"pk", "sk", "gsi1pk", "gsi1sk", "type", "schoolId", "stays", "states", "importId", "admissionId", "version"}
    fields = {a.attr_name for a in Student.get_attributes().values()} - hidden
    assert fields <= set(export.HEADERS)


def test_g12_a_workbook_holds_text_alone(admin, school, rooms):
    send(admin, quoted([full_row(1)], FULL))
    book = openpyxl.load_workbook(io.BytesIO(admin.get("/api/students/export", format="xlsx").body))
    headers, row = list(book.active.iter_rows(values_only=True))
    cells = dict(zip(headers, row, strict=True))
    assert (cells["admissionNumber"], cells["addressStreet"]) == ("001", "=1+1")
    assert {c.data_type for c in book.active[2] if c.value} == {"s"}


def test_the_filters_of_the_list_hold_for_the_export(admin, school, rooms):
    send(admin, csv([*students(3), *students(2, section="B", first=4)]))
    numbers = lambda **query: [r["admissionNumber"] for r in read(admin.get("/api/students/export", **query))]  # noqa: E731 - a name for one call
    assert numbers() == ["A-00001", "A-00002", "A-00003", "A-00004", "A-00005"]
    assert numbers(classId=rooms["B"]) == ["A-00004", "A-00005"]
    assert numbers(section="A", search="name2") == ["A-00002"]
    assert numbers(grade="10", gender="FEMALE", status="ACTIVE") == numbers()
    assert numbers(grade="9") == numbers(gender="MALE") == numbers(admittedTo="2001-01-01") == []
    assert admin.get("/api/students/export", format="pdf").status == 400


def test_g11_an_export_is_journalled_without_what_was_searched_for(admin, school, rooms):
    admin.get("/api/students/export", search="Somebody", section="A")
    entries = list(reader.query(Journal.partition_of(school_id=school.id, kind="Export"), consistent=True))
    assert [e["action"]["S"] for e in entries] == ["EXPORT_STUDENTS"]
    assert "Somebody" not in entries[0]["changes"]["S"]
    assert '"section":"A"' in entries[0]["changes"]["S"]


def test_a1_accountants_export_and_teachers_and_parents_do_not(school, rooms):
    assert make_person(school, Role.ACCOUNTANT).client.get("/api/students/export").status == 200
    for role in (Role.TEACHER, Role.STUDENT_PARENT):
        assert make_person(school, role).client.get("/api/students/export").status == 403


def test_g8_an_export_holds_no_row_of_another_school(admin, school, rooms):
    send(admin, csv(students(2)))
    foreign = make_person(make_school()).client
    assert read(foreign.get("/api/students/export")) == []


def test_a_file_too_large_for_an_answer_lies_at_a_signed_address(admin, school, rooms, monkeypatch):
    send(admin, csv(students(30)))
    whole = admin.get("/api/students/export").body
    monkeypatch.setattr(export, "INLINE", 1_000)
    reply = admin.get("/api/students/export")
    assert (reply.status, reply.headers["content-type"]) == (200, "application/json")
    assert f"/schools/{school.id}/exports/" in reply.data["url"]
    with urllib.request.urlopen(reply.data["url"]) as answer:
        assert answer.read() == whole
        assert "students-" in answer.headers["Content-Disposition"]

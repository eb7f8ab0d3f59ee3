"""Real files of another system, as it exports them, through the import: they are read where they lie beside the repository."""

import json
from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
SDS = ("SDS_Format/25_Users/Student.csv", "SDS_Format/100_Users/Student.csv")

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="left out: the collection of public sample files is not beside the repository; test_bulk_import makes its own"
)


@pytest.mark.parametrize("name", SDS)
def test_s4_students_of_microsoft_school_data_sync_are_imported_with_what_the_file_lacks_given(admin, school, name):
    for section in "AB":
        for grade in ("9", "10", "11", "12"):
            admin.post("/api/classes", {"name": f"Grade {grade}", "section": section, "grade": grade, "capacity": 100})
    content = (DATA / "sds_microsoft" / name).read_bytes()
    rows = sum(1 for line in content.splitlines() if line.strip()) - 1
    lacking = {"gender": "OTHER", "section": "A", "admissionDate": "2026-06-01", "dateOfBirth": "2010-05-17", "className": "Grade 10"}
    reply = admin.request(
        "POST",
        "/api/students/bulk-import",
        raw=content,
        query={"defaults": json.dumps(lacking), "dateOrder": "mdy"},
        headers={"content-type": "text/csv"},
    )
    assert reply.status == 200, reply.json
    assert (reply.data["created"], reply.data["failed"]) == (rows, 0)
    assert {"First Name", "Last Name"} <= set(reply.data["mapping"])
    listed = admin.get("/api/students", pageSize=100)
    assert listed.json["pagination"]["totalRecords"] == rows


def test_s4_a_file_without_names_is_refused_with_each_cell_that_is_wanted(admin):
    admin.post("/api/classes", {"name": "Grade 10", "section": "A", "grade": "10", "capacity": 100})
    content = (DATA / "sds_microsoft" / "SDS_Format/Min_Required_Attributes/Student.csv").read_bytes()
    reply = admin.request("POST", "/api/students/bulk-import", raw=content, headers={"content-type": "text/csv"})
    assert reply.status == 400
    assert any(d["field"].endswith("firstName") for d in reply.error["details"])
    assert admin.get("/api/students").json["pagination"]["totalRecords"] == 0

"""Bulk import over its handler, on DynamoDB Local and an S3 of its own."""

import io
import json

import openpyxl
import pytest

from shared.auth.permissions import Role
from shared.data import reader
from shared.entities.academics import Seats
from shared.entities.ground import Journal
from shared.entities.people import Student
from tests.support.csv_bodies import HEADERS, csv, send, students
from tests.support.world import make_person, make_school


def stored(school):
    found = reader.query(Student.partition_of(school_id=school.id), consistent=True)
    return {s["admissionNumber"]: s for s in map(reader.plain, found)}


def taken(school, class_id):
    return reader.load(Seats, consistent=True, school_id=school.id, class_id=class_id).taken


def test_s4_a_file_is_imported_with_numbers_seats_class_history_and_one_journal_entry(admin, school, rooms):
    reply = send(admin, csv(students(3)))
    assert reply.status == 200, reply.json
    told = reply.data
    assert (told["total"], told["created"], told["updated"], told["unchanged"], told["failed"]) == (3, 3, 0, 0, 0)
    assert told["mapping"]["Date of birth"] == "dateOfBirth"
    made = stored(school)
    assert set(made) == {"A-00001", "A-00002", "A-00003"}
    one = made["A-00001"]
    assert (one["firstName"], one["section"], one["status"], one["classId"]) == ("Name1", "A", "ACTIVE", rooms["A"])
    assert one["importId"] == told["importId"]
    assert one["rollNumber"]
    assert one["stays"][0]["classId"] == rooms["A"]
    assert taken(school, rooms["A"]) == 3
    entries = list(reader.query(Journal.partition_of(school_id=school.id, kind="Student"), consistent=True))
    assert [len(e["entityIds"]["L"]) for e in entries] == [3]


def test_s4_the_same_file_twice_changes_nothing(admin, school, rooms):
    content = csv(students(5))
    send(admin, content)
    before = stored(school)
    told = send(admin, content).data
    assert (told["created"], told["updated"], told["unchanged"], told["importId"]) == (0, 0, 5, None)
    assert stored(school) == before


def test_s4_the_same_file_twice_changes_nothing_also_without_admission_numbers(admin, school, rooms):
    content = csv([row[1:] for row in students(3)], HEADERS[1:])
    assert send(admin, content).data["created"] == 3
    told = send(admin, content).data
    assert (told["created"], told["unchanged"]) == (0, 3)
    assert len(stored(school)) == 3


def test_s4_every_bad_cell_is_told_with_row_column_value_and_reason_and_nothing_is_written(admin, school, rooms):
    good, bad, worse = students(3)
    bad[3], bad[4] = "2012-02-30", "sometimes"
    worse[1], worse[5] = "", "Class 11"
    reply = send(admin, csv([good, bad, worse]))
    assert (reply.status, reply.error["code"]) == (400, "VALIDATION_ERROR")
    told = reply.json["data"]
    assert (told["total"], told["created"], told["failed"], told["errorCount"]) == (3, 0, 2, 4)
    found = {(e["row"], e["column"]): (e["value"], e["message"]) for e in told["errors"]}
    assert found[3, "Date of birth"] == ("2012-02-30", "is impossible: February 2012 has no day 30")
    assert found[3, "Gender"] == ("sometimes", "Input should be 'MALE', 'FEMALE' or 'OTHER'")
    assert found[4, "First name"] == ("", "Field required")
    assert found[4, "Class"][0] == "Class 11"
    assert {d["field"] for d in reply.error["details"]} == {
        "rows[3].dateOfBirth",
        "rows[3].gender",
        "rows[4].firstName",
        "rows[4].className",
    }
    assert stored(school) == {}


def test_s4_valid_rows_are_imported_and_the_bad_ones_come_back_ready_to_be_mended(admin, school, rooms):
    rows = students(3)
    rows[1][4] = "sometimes"
    told = send(admin, csv(rows), mode="valid-rows").data
    assert (told["created"], told["failed"]) == (2, 1)
    assert set(stored(school)) == {"A-00001", "A-00003"}
    mended = told["badRowsCsv"]
    assert "Gender: Input should be" in mended
    assert mended.count("\r\n") == 2
    again = send(admin, mended.replace("sometimes", "male").encode()).data
    assert (again["created"], again["failed"]) == (1, 0)
    assert again["ignored"] == ["Import errors"]
    assert stored(school)["A-00002"]["gender"] == "MALE"


def test_s4_a_dry_run_only_checks(admin, school, rooms):
    rows = [*students(2), students(1)[0]]
    told = send(admin, csv(rows), dryRun="true").data
    assert (told["dryRun"], told["state"], told["created"], told["failed"]) == (True, "CHECKED", 2, 1)
    assert told["errors"][0]["message"] == "Row 2 has the same value"
    assert stored(school) == {}


def test_s4_an_import_updates_what_a_known_student_s_row_tells_and_leaves_the_rest(admin, school, rooms):
    send(admin, csv([[*students(1)[0], "+919876543210", "2026-04-01"]], [*HEADERS, "Phone", "Admission date"]))
    row = students(1, section="B")[0]
    row[2] = ""
    told = send(admin, csv([[*row, "", "x@y.org"]], [*HEADERS, "Phone", "E-mail"])).data
    assert (told["created"], told["updated"]) == (0, 1)
    student = stored(school)["A-00001"]
    assert (student["lastName"], student["phone"], student["email"]) == ("Surname1", "+919876543210", "x@y.org")
    assert (student["classId"], student["section"], student["version"]) == (rooms["B"], "B", 2)
    assert [s["classId"] for s in student["stays"]] == [rooms["A"], rooms["B"]]
    assert "until" in student["stays"][0]
    assert (taken(school, rooms["A"]), taken(school, rooms["B"])) == (0, 1)
    entry = list(reader.query(Journal.partition_of(school_id=school.id, kind="Student"), consistent=True))[-1]
    assert json.loads(entry["changes"]["S"])[0]["fields"]["email"] == [None, "x@y.org"]


def test_s1_a_roll_number_of_another_student_is_refused_and_one_that_is_changed_is_freed(admin, school, rooms):
    headers = [*HEADERS, "Roll no"]
    send(admin, csv([[*students(1)[0], "R1"]], headers))
    reply = send(admin, csv([[*students(1, first=2)[0], "r1"]], headers))
    assert "A-00001" in reply.json["data"]["errors"][0]["message"]
    assert send(admin, csv([[*students(1)[0], "R9"]], headers)).data["updated"] == 1
    assert send(admin, csv([[*students(1, first=2)[0], "r1"]], headers)).data["created"] == 1


def test_s2_rows_beyond_the_seats_of_a_class_are_told_unless_it_may_be_overfilled(admin, school):
    admin.post("/api/classes", {"name": "Class 10", "section": "A", "grade": "10", "capacity": 2})
    reply = send(admin, csv(students(3)))
    assert [(e["row"], e["message"]) for e in reply.json["data"]["errors"]] == [(4, "The class is full: it has 2 seats")]
    assert send(admin, csv(students(3)), overCapacity="true").data["created"] == 3


def test_s1_absent_numbers_are_made_in_the_order_of_the_file_past_those_that_it_gives(admin, school, rooms):
    rows = students(4)
    for row in rows[1:]:
        row[0] = ""
    send(admin, csv(rows[:2]))
    made = {s["firstName"]: s for s in stored(school).values()}
    number = made["Name2"]["admissionNumber"]
    rows[2][0] = number[:-1] + str(int(number[-1]) + 1)  # the next one, given by hand to an earlier row
    assert send(admin, csv(rows[2:])).data["created"] == 2
    assert len(stored(school)) == 4


def test_classes_are_found_by_id_by_name_by_grade_and_by_what_people_write(admin, school, rooms):
    base = students(6)
    headers = [*HEADERS[:5], "Class", "Section", "Grade", "classId"]
    rows = [
        [*base[0][:5], "", "", "", rooms["B"]],
        [*base[1][:5], "class 10", "b", "", ""],
        [*base[2][:5], "", "B", "10", ""],
        [*base[3][:5], "10-B", "", "", ""],
        [*base[4][:5], "Class 10 B", "", "", ""],
        [*base[5][:5], "10", "B", "", rooms["B"]],
    ]
    reply = send(admin, csv(rows, headers))
    assert reply.status == 200, reply.json
    assert {s["classId"] for s in stored(school).values()} == {rooms["B"]}
    other = [
        [*base[0][:5], "Class 10", "A", "", rooms["B"]],
        [*base[1][:5], "Class 10", "", "", ""],
        [*base[2][:5], "", "", "", "0199a1b2-0000-7000-8000-000000000000"],
    ]
    told = send(admin, csv(other, headers), dryRun="true").data
    assert [(e["row"], e["field"]) for e in told["errors"]] == [(2, "className"), (3, "section"), (4, "classId")]


def test_g8_a_class_of_another_school_is_none_of_this_one(admin, school, rooms):
    foreign = make_person(make_school()).client
    theirs = foreign.post("/api/classes", {"name": "Secret", "section": "A", "grade": "1", "capacity": 9}).data
    row = students(1)[0]
    for cells in ([*row[:5], theirs["id"]], [*row[:5], "Secret A"]):
        reply = send(admin, csv([cells], [*HEADERS[:5], "classId" if cells[5] == theirs["id"] else "Class"]))
        assert reply.status == 400
        assert "Secret" not in reply.json["data"]["errors"][0]["message"] or cells[5] == "Secret A"
    assert stored(school) == {}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_g12_files_come_in_every_encoding_and_with_every_delimiter(admin, school, rooms, encoding, delimiter):
    row = students(1)[0]
    row[1], row[2] = "Zoë", 'O"Brien\nSmythé'.replace("\n", " ")
    text = delimiter.join(HEADERS) + "\r\n" + delimiter.join(f'"{c.replace(chr(34), chr(34) * 2)}"' for c in row)
    assert send(admin, text.encode(encoding)).data["created"] == 1
    assert stored(school)["A-00001"]["firstName"] == "Zoë"


def test_g12_a_workbook_is_read_with_its_dates_and_numbers(admin, school, rooms):
    from datetime import date

    book = openpyxl.Workbook()
    book.active.append(list(HEADERS))
    book.active.append([77, "Asha", None, date(2012, 3, 4), "girl", "Class 10", "A"])
    out = io.BytesIO()
    book.save(out)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert send(admin, out.getvalue(), {"Content-Type": kind}).data["created"] == 1
    student = stored(school)["77"]
    assert (student["dateOfBirth"], student["gender"], student.get("lastName")) == ("2012-03-04", "FEMALE", None)


def test_g12_the_order_of_dates_is_told_by_the_file_or_asked_for(admin, school, rooms):
    one, two = students(2)
    one[3], two[3] = "04/03/2012", "31/12/2011"
    assert send(admin, csv([one, two])).data["dateOrder"] == "dmy"
    assert stored(school)["A-00001"]["dateOfBirth"] == "2012-03-04"
    one, two = students(2, first=3)
    one[3], two[3] = "04/03/2012", "05/03/2012"
    reply = send(admin, csv([one, two]))
    assert "which of day and month comes first is not known" in reply.json["data"]["errors"][0]["message"]
    assert send(admin, csv([one, two]), dateOrder="mdy").data["created"] == 2
    assert stored(school)["A-00003"]["dateOfBirth"] == "2012-04-03"


def form(parts, boundary="b0undary"):
    lines = []
    for name, filename, value in parts:
        extra = f'; filename="{filename}"' if filename else ""
        lines += [f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{extra}\r\n\r\n'.encode() + value + b"\r\n"]
    return b"".join(lines) + f"--{boundary}--\r\n".encode(), {"Content-Type": f"multipart/form-data; boundary={boundary}"}


def test_a_form_carries_the_file_and_the_options(admin, school, rooms):
    mapping = json.dumps({"Code": "admissionNumber"}).encode()
    content = csv(students(1), ["Code", *HEADERS[1:]])
    body, headers = form([("dryRun", None, b"true"), ("mapping", None, mapping), ("file", "a.csv", content)])
    told = send(admin, body, headers).data
    assert (told["dryRun"], told["mapping"]["Code"]) == (True, "admissionNumber")
    for parts in (
        [("dryRun", None, b"true")],
        [("file", "a", content), ("file", "b", content)],
        [("nonsense", None, b"1"), ("file", "a", content)],
    ):
        body, headers = form(parts)
        assert send(admin, body, headers).status == 400
    body, headers = form([("file", "a.csv", content)])
    assert send(admin, body[:-30], headers).status == 400
    assert send(admin, body, {"Content-Type": "multipart/form-data"}).status == 400


def test_a_mapping_is_saved_and_used_for_the_next_file(admin, school, rooms):
    headers = ["Kennung", *HEADERS[1:]]
    mapping = json.dumps({"Kennung": "admissionNumber"})
    assert send(admin, csv(students(1), headers), mapping=mapping, saveMapping="true").data["created"] == 1
    assert send(admin, csv(students(2), headers)).data["created"] == 1
    assert set(stored(school)) == {"A-00001", "A-00002"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"%PDF-1.7 rest", "looks like a PDF document"),
        (b'A,B\r\n"open', "never closed"),
        (b"PK\x03\x04junk", "is damaged"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_words(admin, school, content, message):
    reply = send(admin, content)
    assert reply.status == 400
    assert message in reply.error["details"][0]["message"]


def test_more_than_10000_rows_are_sent_another_way(admin, school, rooms):
    reply = send(admin, csv([["x"] * 7] * 10_001))
    assert reply.status == 400
    assert "POST /api/imports" in reply.error["details"][0]["message"]


def test_zeros_eaten_by_a_spreadsheet_and_formulas_are_told_or_kept_as_text(admin, school, rooms):
    row = students(1)[0]
    row[1] = "=2+3"
    headers = [*HEADERS, "Guardian phone"]
    reply = send(admin, csv([[*row, "9.19877E+11"]], headers))
    assert "was shortened by a spreadsheet" in reply.json["data"]["errors"][0]["message"]
    assert send(admin, csv([[*row, "09876543210"]], headers)).data["created"] == 1
    assert (stored(school)["A-00001"]["firstName"], stored(school)["A-00001"]["parentPhone"]) == ("=2+3", "+919876543210")


def test_a_row_with_too_many_cells_is_told_and_leaves_the_others_alone(admin, school, rooms):
    rows = students(2)
    rows[0].append("surplus")
    told = send(admin, csv(rows), mode="valid-rows").data
    assert (told["created"], told["failed"]) == (1, 1)
    assert "8 cells, but the header has 7" in told["errors"][0]["message"]


def test_errors_are_bounded_and_counted(admin, school, rooms):
    rows = [["", "", "", "never", "none", "", ""] for _ in range(400)]
    told = send(admin, csv(rows), mode="valid-rows").data
    assert len(told["errors"]) == 1000
    assert told["errorCount"] == 1600


def test_g9_a_repeated_request_gets_the_first_answer_again(admin, school, rooms):
    key = {"Idempotency-Key": "import-1"}
    first = send(admin, csv(students(40)), key)
    again = send(admin, csv(students(40)), key)
    assert again.headers["idempotency-replayed"] == "true"
    assert (again.status, again.data) == (200, first.data)
    assert send(admin, csv(students(2)), key).status == 409


def test_a1_only_admins_import(school, rooms):
    for role in (Role.TEACHER, Role.ACCOUNTANT, Role.STUDENT_PARENT):
        assert send(make_person(school, role).client, csv(students(1))).status == 403


def test_a_body_of_another_type_is_refused(admin, school):
    assert send(admin, b"{}", {"Content-Type": "application/json"}).status == 415


def test_many_rows_are_written_in_batches_each_with_its_entry_and_the_import_tells_its_progress(admin, school, rooms):
    admin.put(f"/api/classes/{rooms['A']}", {"capacity": 200})
    told = send(admin, csv(students(100))).data
    assert (told["created"], told["state"]) == (100, "DONE")
    entries = list(reader.query(Journal.partition_of(school_id=school.id, kind="Student"), consistent=True))
    assert sum(len(e["entityIds"]["L"]) for e in entries) == 100
    assert len(entries) <= 5
    job = admin.get(f"/api/imports/{told['importId']}").data
    assert (job["state"], job["total"], job["planned"], job["position"], job["created"]) == ("DONE", 100, 100, 100, 100)
    assert taken(school, rooms["A"]) == 100
    assert [j["id"] for j in admin.get("/api/imports").data] == [told["importId"]]


def test_a8_more_students_than_the_subscription_allows_are_refused_before_anything_is_written(world, storage):
    school = make_school(limits={"students": 40})
    admin = make_person(school).client
    admin.post("/api/classes", {"name": "Class 10", "section": "A", "grade": "10", "capacity": 100})
    reply = send(admin, csv(students(41)))
    assert (reply.status, "limit of 40 students" in reply.error["message"], stored(school)) == (403, True, {})
    first = send(admin, csv(students(40))).data
    assert first["created"] == 40
    assert send(admin, csv(students(1, first=41))).status == 403
    assert admin.post(f"/api/imports/{first['importId']}/undo").data["state"] == "UNDONE"
    assert send(admin, csv(students(40))).data["created"] == 40


SDS = """SIS ID,School SIS ID,First Name,Last Name,Username,Password,State ID,Secondary Email,Student Number,Middle Name,Grade,Status,Birthdate,Graduation Year
13001,10001,Ora,Klein,OKlein,P@ssword,WA,,13001,Christopher,9,Active,4/2/2011,2029
13002,10001,Beulah,McMillan,BMcMillan,P@ssword,WA,,13002,Lynn,9,Active,11/22/2010,2029
"""  # fmt: skip


def test_s4_a_file_of_another_system_is_imported_with_what_it_lacks_told_or_given(admin, school):
    admin.post("/api/classes", {"name": "Ninth", "section": "A", "grade": "9", "capacity": 40})
    told = send(admin, SDS.encode(), dryRun="true").data
    assert (told["missing"], told["dateOrder"]) == (["gender"], "mdy")
    assert {(e["row"], e["field"], e["message"]) for e in told["errors"]} == {(n, "gender", "Field required") for n in (2, 3)}
    defaults = json.dumps({"gender": "OTHER"})
    assert send(admin, SDS.encode(), defaults=defaults).data["created"] == 2
    made = stored(school)["13001"]
    assert (made["dateOfBirth"], made["section"], made["gender"]) == ("2011-04-02", "A", "OTHER")
    assert "P@ssword" not in json.dumps(made)


def test_names_in_fifteen_scripts_are_imported_found_and_exported_unchanged(admin, school):
    from datetime import date

    from infra.local.demo.people import GRADES, SECTIONS, read_people, students_csv

    year = school.academic_year["name"]
    for grade in range(1, GRADES + 1):
        for section in SECTIONS:
            room = {"name": f"Class {grade}", "section": section, "grade": str(grade), "academicYear": year, "capacity": 40}
            assert admin.post("/api/classes", room).status == 201
    people = [p for p in read_people() if p.kind == "student"]
    content = students_csv(people, date(2026, 6, 1))
    told = send(admin, content).data
    assert (told["created"], told["failed"]) == (600, 0)
    assert send(admin, content).data["unchanged"] == 600
    assert send(admin, admin.get("/api/students/export").body).data["unchanged"] == 600
    hindi = next(p for p in people if p.first_name == "महावीर")
    assert hindi.last_name in {s["lastName"] for s in admin.get("/api/students", search="महावीर").data}

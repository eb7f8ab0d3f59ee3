"""Lists of fees over their handler, on DynamoDB Local."""

from datetime import timedelta

import pytest

from functions.fees import reading_book
from shared import clock
from shared.auth import gate
from shared.auth.permissions import Role
from shared.data import reader
from shared.data.unit_of_work import Actor, UnitOfWork
from shared.entities.tenancy import School
from tests.api.fees_reading.conftest import NOON, Desk, someone
from tests.support.world import make_school


@pytest.fixture
def three(desk, asha, binu, chen):
    """A fee for each student, with another amount and due date each."""
    return [
        desk.charge(asha["id"], 300, "2026-11-10"),
        desk.charge(binu["id"], 200, "2026-12-10", name="Transport"),
        desk.charge(chen["id"], 100, "2027-01-10"),
    ]


def test_g6_any_page_can_be_asked_for_and_shows_each_fee_once(desk, asha):
    made = {desk.charge(asha["id"], 100 + n, f"2026-12-{n % 3 + 1:02d}")["id"] for n in range(7)}
    for sort in ("dueDate", "-dueDate", "totalAmount", "-openAmount", "status", "studentName", "-admissionNumber", "name"):
        pages = [desk.client.get("/api/fees", pageSize=3, page=n, sort=sort) for n in (3, 1, 2, 4)]
        assert {r["id"] for p in pages for r in p.data} == made
        assert [len(p.data) for p in pages] == [1, 3, 3, 0]
        assert pages[3].json["pagination"] == {"page": 4, "pageSize": 3, "totalPages": 3, "totalRecords": 7}


def test_g6_fees_come_in_the_order_that_is_asked_for(desk, three):
    def names(**query):
        return [r["studentName"] for r in desk.rows(**query)]

    assert names() == ["Asha Rao", "Binu Rao", "Chén Wu"]
    assert names(sort="totalAmount") == ["Chén Wu", "Binu Rao", "Asha Rao"]
    assert names(sort="-studentName") == ["Chén Wu", "Binu Rao", "Asha Rao"]
    assert names(sort="-dueDate") == ["Chén Wu", "Binu Rao", "Asha Rao"]
    assert desk.client.get("/api/fees", sort="password").status == 400


def test_g6_a_fee_a_change_and_a_payment_are_in_the_list_as_soon_as_they_were_answered(desk, asha):
    assert desk.rows() == []
    fee = desk.charge(asha["id"], 1000)
    assert [r["id"] for r in desk.rows()] == [fee["id"]]
    desk.pay(fee, 400)
    (row,) = desk.rows(sort="paidAmount")
    assert (row["paidAmount"], row["openAmount"], row["status"]) == (400, 600, "PARTIAL")
    assert desk.client.put(f"/api/fees/{fee['id']}", {"dueDate": "2026-11-23"}).status == 200
    assert desk.rows(sort="paidAmount")[0]["status"] == "OVERDUE"
    other = desk.charge(asha["id"], 5)
    assert desk.client.delete(f"/api/fees/{other['id']}").status == 200
    assert [r["id"] for r in desk.rows()] == [fee["id"]]


def test_g3_amounts_stand_as_numbers_with_the_currencys_decimals(desk, asha):
    desk.charge(asha["id"], 1234.5, discountAmount=0.25)
    body = desk.client.get("/api/fees").body
    for part in (b'"totalAmount":1234.50', b'"discountAmount":0.25', b'"netAmount":1234.25', b'"paidAmount":0.00', b'"fineAmount":null'):
        assert part in body


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"search": "chen"}, [2]),
        ({"search": "rao"}, [0, 1]),
        ({"search": "nobody"}, []),
        ({"section": "b"}, [2]),
        ({"dueFrom": "2026-12-10"}, [1, 2]),
        ({"dueTo": "2026-12-10"}, [0, 1]),
        ({"dueFrom": "2026-12-01", "dueTo": "2026-12-31"}, [1]),
        ({"status": "OVERDUE"}, [0]),
        ({"status": "DUE"}, [1, 2]),
        ({"status": "PAID"}, []),
        ({"academicYear": "2026-2027"}, [0, 1, 2]),
        ({"academicYear": "2020-2021"}, []),
        ({"search": "rao", "status": "DUE"}, [1]),
    ],
)
def test_g6_fees_are_searched_by_student_and_filtered_by_their_fields(desk, three, query, found):
    assert [r["id"] for r in desk.rows(**query)] == [three[n]["id"] for n in found]


def test_g6_fees_are_filtered_by_student_class_and_number(desk, three, asha, rooms):
    assert [r["id"] for r in desk.rows(studentId=asha["id"])] == [three[0]["id"]]
    assert [r["id"] for r in desk.rows(classId=rooms[1]["id"])] == [three[2]["id"]]
    assert [r["id"] for r in desk.rows(classId=rooms[0]["id"], section="B")] == []
    assert [r["id"] for r in desk.rows(search=asha["admissionNumber"])] == [three[0]["id"]]
    assert desk.rows(feeStructureId=asha["id"]) == []


def test_f1_status_is_right_when_it_is_read_though_nothing_was_written_since(desk, asha):
    desk.charge(asha["id"], 10, "2026-11-24")
    assert desk.rows()[0]["status"] == "DUE"
    clock.use(lambda: NOON + timedelta(days=1))
    (row,) = desk.rows()
    assert (row["status"], row["daysOverdue"]) == ("OVERDUE", 1)
    assert desk.rows(status="DUE") == []
    assert len(desk.rows(status="OVERDUE")) == 1


def test_f1_an_instalment_that_is_late_makes_the_fee_overdue(desk, asha):
    parts = [{"dueDate": "2026-11-20", "amount": 40}, {"dueDate": "2026-12-20", "amount": 60}]
    fee = desk.charge(asha["id"], 100, "2026-12-20", instalments=parts)
    (row,) = desk.rows("/api/fees/overdue")
    assert (row["openAmount"], row["overdueAmount"], row["daysOverdue"]) == (100, 40, 4)
    desk.pay(fee, 40)
    assert desk.rows("/api/fees/overdue") == []
    assert desk.rows()[0]["status"] == "PARTIAL"


@pytest.fixture
def past(desk, asha):
    """Two fees of a year that is over: one settled, one with something open."""
    settled = desk.charge(asha["id"], 10, "2025-06-10", academicYear="2025-2026")
    still_open = desk.charge(asha["id"], 20, "2025-07-10", academicYear="2025-2026")
    desk.pay(settled, 10)
    desk.pay(still_open, 5)
    return settled["id"], still_open["id"]


@pytest.mark.parametrize("cold", [False, True])
def test_what_is_open_of_years_that_are_over_stays_in_lists_and_sums_and_the_settled_comes_when_asked_for(desk, past, play, asha, cold):
    present = desk.charge(asha["id"], 7)
    if cold:
        play()
        reading_book.forget()
    settled, still_open = past
    assert [r["id"] for r in desk.rows()] == [still_open, present["id"]]
    assert [r["id"] for r in desk.rows("/api/fees/overdue")] == [still_open]
    assert desk.client.get("/api/fees/summary").data["totalDue"] == 22
    assert [r["id"] for r in desk.rows(academicYear="2025-2026")] == [settled, still_open]
    assert [r["id"] for r in desk.rows(includeInactive=True)] == [settled, still_open, present["id"]]
    assert desk.client.get("/api/fees/summary", academicYear="2025-2026").data["totalPaid"] == 15
    assert [r["id"] for r in desk.rows()] == [still_open, present["id"]]


def move_year(school, name, start, end):
    """Another present year of the school, as its admin sets it."""
    found = reader.load(School, consistent=True, school_id=school.id)
    found.academic_year = {"name": name, "start": start, "end": end}
    unit = UnitOfWork(school.id, Actor(), "tests")
    unit.update(found)
    unit.commit()
    gate.forget()


def test_a_school_that_goes_on_to_another_year_and_back_sees_what_belongs_to_each(desk, school, past, play):
    settled, still_open = past
    play()
    reading_book.forget()
    assert [r["id"] for r in desk.rows()] == [still_open]
    move_year(school, "2025-2026", "2025-04-01", "2026-03-31")
    assert [r["id"] for r in desk.rows()] == [settled, still_open]
    move_year(school, "2026-2027", "2026-04-01", "2027-03-31")
    assert [r["id"] for r in desk.rows()] == [still_open]


def test_g3_a_currency_that_was_changed_before_the_first_fee_is_that_of_the_lists(desk, school, asha):
    assert desk.rows() == []
    found = reader.load(School, consistent=True, school_id=school.id)
    found.currency = "KWD"
    unit = UnitOfWork(school.id, Actor(), "tests")
    unit.update(found)
    unit.commit()
    gate.forget()
    desk.charge(asha["id"], 1.005)
    assert b'"netAmount":1.005' in desk.client.get("/api/fees").body


def test_a_container_that_starts_from_sheets_shows_what_one_that_was_there_all_along_shows(desk, three, play, asha):
    play()
    desk.pay(three[0], 100)  # not in the sheets yet
    desk.charge(asha["id"], 55)
    gone = desk.charge(asha["id"], 66)
    desk.client.delete(f"/api/fees/{gone['id']}")
    warm = desk.rows()
    reading_book.forget()
    assert desk.rows() == warm
    play()
    reading_book.forget()
    assert desk.rows() == warm


def test_fees_of_a_student_come_by_either_path_the_first_due_first(desk, asha, binu):
    later, sooner = desk.charge(asha["id"], 1, "2027-02-01"), desk.charge(asha["id"], 2, "2026-05-01", name="Books")
    desk.charge(binu["id"], 3)
    for path in (f"/api/fees/student/{asha['id']}", f"/api/students/{asha['id']}/fees"):
        assert [r["id"] for r in desk.rows(path)] == [sooner["id"], later["id"]]
        assert [r["id"] for r in desk.rows(path, status="OVERDUE")] == [sooner["id"]]
        assert [r["id"] for r in desk.rows(path, search="BOOK")] == [sooner["id"]]
        assert desk.client.get(path, page=2, pageSize=1).json["pagination"]["totalRecords"] == 2


def test_a3_a_parent_sees_the_fees_of_the_children_whose_fees_it_may_see_and_no_others(desk, school, admin, three, asha, binu, chen):
    parent = someone(school, Role.STUDENT_PARENT)
    for child, sees in ((asha, True), (binu, False)):
        body = {"userId": parent.id, "relation": "MOTHER", "sees": {"academics": True, "fees": sees, "pickUp": True}}
        reply = admin.post(f"/api/students/{child['id']}/guardians", body)
        assert reply.status == 201, reply.body
    rows = parent.client.get("/api/fees").data
    assert [r["id"] for r in rows] == [three[0]["id"]]
    overdue = parent.client.get("/api/fees/overdue").data
    assert [r["id"] for r in overdue] == [three[0]["id"]]
    assert "guardian" not in overdue[0]
    assert parent.client.get("/api/fees", studentId=chen["id"]).data == []
    assert parent.client.get("/api/fees", search="Chen").data == []
    assert parent.client.get(f"/api/students/{asha['id']}/fees").status == 200
    for student in (binu, chen):
        for path in (f"/api/students/{student['id']}/fees", f"/api/fees/student/{student['id']}", f"/api/students/{student['id']}/ledger"):
            assert parent.client.get(path).status == 403
    for path in ("/api/fees/summary", "/api/fees/report", "/api/fees/reconcile"):
        assert parent.client.get(path).status == 403


def test_a1_a_teacher_sees_no_fees(school, three, asha):
    teacher = someone(school, Role.TEACHER).client
    for path in ("/api/fees", "/api/fees/overdue", "/api/fees/summary", "/api/fees/report", f"/api/students/{asha['id']}/ledger"):
        assert teacher.get(path).status == 403


def test_g8_another_school_sees_none_of_it(three, asha):
    foreign = someone(make_school()).client
    assert foreign.get("/api/fees").data == []
    assert foreign.get("/api/fees", studentId=asha["id"]).data == []
    assert foreign.get("/api/fees/summary").data["fees"] == 0
    for path in (f"/api/fees/student/{asha['id']}", f"/api/students/{asha['id']}/fees", f"/api/students/{asha['id']}/ledger"):
        assert foreign.get(path).status == 404


def test_g8_schools_that_take_turns_in_one_process_see_only_their_own(desk, school, asha, play):
    other = make_school(currency="JPY")
    admin = someone(other).client
    room = admin.post("/api/classes", {"name": "C", "section": "A", "grade": "1", "capacity": 9}).data
    student = {"firstName": "A", "dateOfBirth": "2012-01-01", "gender": "FEMALE", "admissionDate": "2026-04-01", "classId": room["id"]}
    theirs = Desk(other, admin)
    theirs_student = admin.post("/api/students", student).data["id"]
    for n in range(1, 8):
        desk.charge(asha["id"], n)
        theirs.charge(theirs_student, n * 1000)
        if n % 3 == 0:
            play()
            reading_book.forget()
        for mine, count, factor in ((desk, n, 1), (theirs, n, 1000)):
            assert {r["studentId"] for r in mine.rows()} == {asha["id"] if factor == 1 else theirs_student}
            told = mine.client.get("/api/fees/summary").data
            assert (told["fees"], told["totalFees"]) == (count, n * (n + 1) // 2 * factor)

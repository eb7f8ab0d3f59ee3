"""Lists, summaries and the report (rules T3, G6, A2, A3, S3, G12)."""

import csv
import io

import pytest

from functions.attendance.consumers import roll_ups
from shared.auth.permissions import Role
from tests.api.attendance.conftest import TODAY, at, mark
from tests.support.client import Context
from tests.support.journal import actions, entries, stream_event
from tests.support.world import make_person

DAYS = ("2026-11-19", "2026-11-20", "2026-11-23", "2026-11-24")


@pytest.fixture
def marked(admin, room, pupils):
    """Four days: Asha P P A L, Bilal P A H P, Chen E on the last day alone."""
    a, b, c = pupils
    for day, first, second in zip(
        DAYS, ("PRESENT", "PRESENT", "ABSENT", "LATE"), ("PRESENT", "ABSENT", "HALF_DAY", "PRESENT"), strict=True
    ):
        mark(admin, room, {a: first, b: second}, day)
    mark(admin, room, {c: "EXCUSED"})
    return pupils


def numbers(told) -> tuple:
    return tuple(told[n] for n in ("totalDays", "present", "absent", "late", "halfDay", "excused", "percentage"))


def parent_of(school, student_id: str, **sees):
    from shared.data.unit_of_work import Actor, UnitOfWork
    from shared.entities.people import UserChild
    from shared.errors import Conflict

    parent = make_person(school, Role.STUDENT_PARENT)
    unit = UnitOfWork(school.id, Actor(), "tests")
    link = UserChild(school_id=school.id, user_id=parent.id, student_id=student_id, relation="MOTHER", since="2026-04-01")
    link.sees = {"academics": True, "fees": True, "pickUp": True, **sees}
    unit.put(link, None, Conflict())
    unit.commit()
    return parent.client


def test_a_students_summary_is_right_at_once_and_says_how_it_was_reckoned(admin, marked):
    a, b, _c = marked
    path = "/api/attendance/student/{}/summary"
    assert numbers(admin.get(path.format(a)).data) == (4, 2, 1, 1, 0, 0, 75.00)
    assert numbers(admin.get(path.format(b)).data) == (4, 2, 1, 0, 1, 0, 62.50)
    explained = admin.get(path.format(b), explain="true").data
    assert (explained["low"], explained["dateFrom"], explained["dateTo"]) == (True, "2026-04-01", TODAY)
    assert explained["explain"]["rule"].startswith("percentage = (present + late + 0.5 × halfDay) / total × 100")
    assert explained["explain"]["reckoning"] == "(2 + 0 + 0.5 × 1) / 4 × 100 = 62.50"
    assert explained["explain"]["numbers"] == {"PRESENT": 2, "ABSENT": 1, "LATE": 0, "HALF_DAY": 1, "EXCUSED": 0, "TOTAL": 4}
    bounded = admin.get(path.format(b), dateFrom="2026-11-23", dateTo="2026-11-24").data
    assert numbers(bounded) == (2, 1, 0, 0, 1, 0, 75.00)


def test_t3_excused_is_in_the_denominator_and_shown(admin, marked):
    """The field's open question: a school sees the count, and that it weighs."""
    told = admin.get(f"/api/attendance/student/{marked[2]}/summary").data
    assert (numbers(told), told["low"]) == ((1, 0, 0, 0, 0, 1, 0.00), True)


def test_t3_no_marked_day_gives_null_and_no_error(admin, room, pupils):
    told = admin.get(f"/api/attendance/student/{pupils[0]}/summary", explain="true").data
    assert (numbers(told), told["low"]) == ((0, 0, 0, 0, 0, 0, None), False)
    assert told["explain"]["reckoning"] == "no day is marked"
    assert numbers(admin.get(f"/api/attendance/class/{room}/summary").data)[-1] is None


def test_t3_a_holiday_declared_after_attendance_was_taken_never_counts_and_the_marks_are_kept(admin, room, marked):
    a, b, _ = marked
    admin.post("/api/holidays", {"name": "Mourning", "startDate": "2026-11-23", "endDate": "2026-11-23"})
    assert numbers(admin.get(f"/api/attendance/student/{a}/summary").data) == (3, 2, 0, 1, 0, 0, 100.00)
    told = admin.get(f"/api/attendance/student/{b}/summary", explain="true").data
    assert (numbers(told)[0], told["explain"]["notCounted"]) == (3, [{"date": "2026-11-23", "holiday": "Mourning"}])
    summary = admin.get(f"/api/attendance/class/{room}/summary").data
    assert (summary["registers"], summary["totalDays"]) == (3, 7)
    assert admin.get("/api/attendance/report").data[0]["totalDays"] == 7
    kept = admin.get(f"/api/attendance/student/{a}", dateFrom="2026-11-23", dateTo="2026-11-23").data
    assert [r["status"] for r in kept] == ["ABSENT"]
    register = admin.get(f"/api/attendance/class/{room}/date/2026-11-23").data
    assert (register["holiday"], register["markable"], len(register["records"])) == ("Mourning", False, 2)


def test_a_class_summary_sums_its_students(admin, teacher, room, marked):
    told = teacher.client.get(f"/api/attendance/class/{room}/summary", explain="true").data
    assert (told["registers"], numbers(told)) == (4, (9, 4, 2, 1, 1, 1, 61.11))
    assert [(s["studentName"], s["percentage"]) for s in told["students"]] == [("Asha", 75.0), ("Bilal", 62.5), ("Chen", 0.0)]
    assert told["students"][0]["explain"]["reckoning"] == "(2 + 1 + 0.5 × 0) / 4 × 100 = 75.00"


def test_the_list_shows_today_and_filters_by_day_class_section_status_and_student(admin, room, other_room, marked, enrol):
    _a, b, _c = marked
    mark(admin, other_room, {enrol(other_room, "Dara"): "ABSENT"})
    assert [r["studentName"] for r in admin.get("/api/attendance").data] == ["Asha", "Bilal", "Chen", "Dara"]
    span = {"dateFrom": DAYS[0], "dateTo": DAYS[-1]}
    everything = admin.get("/api/attendance", **span)
    assert everything.json["pagination"]["totalRecords"] == 10
    assert [r["date"] for r in everything.data] == sorted((r["date"] for r in everything.data), reverse=True)
    absent = admin.get("/api/attendance", status="ABSENT", sort="date", **span).data
    assert [(r["date"], r["studentName"]) for r in absent] == [(DAYS[1], "Bilal"), (DAYS[2], "Asha"), (TODAY, "Dara")]
    assert len(admin.get("/api/attendance", section="B").data) == len(admin.get("/api/attendance", classId=other_room).data) == 1
    assert [r["status"] for r in admin.get("/api/attendance", studentId=b, **span).data] == ["PRESENT", "HALF_DAY", "ABSENT", "PRESENT"]
    assert [r["studentName"] for r in admin.get("/api/attendance", search="bil").data] == ["Bilal"]
    assert [r["date"] for r in admin.get("/api/attendance", date=DAYS[0]).data] == [DAYS[0]] * 2
    assert admin.get("/api/attendance", studentId="0198a2b4-0000-7000-8000-00000000dead").status == 400
    for bad in ({"dateFrom": TODAY, "dateTo": DAYS[0]}, {"dateFrom": "2024-01-01", "dateTo": TODAY}, {"sort": "markedBy"}, {"date": "x"}):
        assert admin.get("/api/attendance", **bad).status == 400, bad


def test_g6_paging_shows_each_mark_once_with_exact_totals(admin, marked):
    for filters in ({}, {"status": "PRESENT"}, {"sort": "date"}):
        seen = []
        for page in range(1, 7):
            reply = admin.get("/api/attendance", page=page, pageSize=2, dateFrom=DAYS[0], dateTo=TODAY, **filters)
            seen += [r["id"] for r in reply.data]
        assert len(seen) == len(set(seen)) == reply.json["pagination"]["totalRecords"] == (4 if "status" in filters else 9)
    path = f"/api/attendance/student/{marked[0]}"
    pages = [r["date"] for page in range(1, 4) for r in admin.get(path, page=page, pageSize=2).data]
    assert pages == sorted(DAYS, reverse=True)


def test_the_students_own_list_is_the_same_at_both_addresses(admin, marked):
    one, two = admin.get(f"/api/attendance/student/{marked[0]}"), admin.get(f"/api/students/{marked[0]}/attendance")
    assert (one.data, one.json["pagination"]["totalRecords"]) == (two.data, 4)
    assert [r["status"] for r in admin.get(f"/api/students/{marked[0]}/attendance", sort="status").data] == [
        "PRESENT",
        "PRESENT",
        "ABSENT",
        "LATE",
    ]
    assert admin.get("/api/students/0198a2b4-0000-7000-8000-00000000dead/attendance").status == 404


def test_a3_a_parent_sees_its_own_children_where_the_link_says_academics(school, admin, room, marked):
    a, b, _ = marked
    parent, estranged = parent_of(school, a), parent_of(school, a, academics=False)
    assert {r["studentId"] for r in parent.get("/api/attendance", dateFrom=DAYS[0], dateTo=TODAY).data} == {a}
    assert numbers(parent.get(f"/api/attendance/student/{a}/summary").data)[0] == 4
    assert parent.get(f"/api/attendance/student/{a}").status == parent.get(f"/api/students/{a}/attendance").status == 200
    assert parent.get("/api/attendance", studentId=b).status == parent.get(f"/api/attendance/student/{b}/summary").status == 403
    assert parent.get("/api/attendance", classId=room).data[0]["studentId"] == a
    for path in (f"/api/attendance/class/{room}/date/{TODAY}", f"/api/attendance/class/{room}/summary", "/api/attendance/report"):
        assert parent.get(path).status == 403
    assert estranged.get("/api/attendance", dateFrom=DAYS[0], dateTo=TODAY).data == []
    assert estranged.get(f"/api/students/{a}/attendance").status == 403


def test_s3_a_student_who_moved_keeps_each_day_with_the_class_of_its_time(admin, room, other_room, marked):
    a = marked[0]
    admin.put(f"/api/students/{a}", {"classId": other_room})
    mark(admin, other_room, {a: "PRESENT"})
    rows = admin.get(f"/api/attendance/student/{a}").data
    assert [(r["classId"], r["date"]) for r in rows] == [(other_room, TODAY), *((room, d) for d in reversed(DAYS[:3]))]
    assert numbers(admin.get(f"/api/attendance/student/{a}/summary").data)[0] == 4, "one status a day, though both registers hold one"
    summary, report = admin.get(f"/api/attendance/class/{room}/summary").data, admin.get("/api/attendance/report", classId=room).data[0]
    assert numbers(summary) == numbers(report), "a class's sums are what its registers say"


def test_s3_a_move_that_is_dated_back_behind_a_mark_does_not_lose_the_day(admin, room, other_room, marked):
    a = marked[0]
    moved = admin.post(f"/api/students/{a}/transfer", {"classId": other_room, "effectiveDate": "2026-11-20"})
    assert moved.status == 200, moved.body
    assert numbers(admin.get(f"/api/attendance/student/{a}/summary").data)[0] == 4
    assert numbers(admin.get(f"/api/attendance/student/{a}/summary", dateFrom="2026-11-23").data)[0] == 2


def test_the_report_by_class_student_day_and_record(admin, room, other_room, marked, enrol):
    mark(admin, other_room, {enrol(other_room, "Dara"): "ABSENT"})
    rows = admin.get("/api/attendance/report", explain="true").data
    assert [(r["className"], r["section"], r["registers"], numbers(r)) for r in rows] == [
        ("Class 10", "A", 4, (9, 4, 2, 1, 1, 1, 61.11)),
        ("Class 9", "B", 1, (1, 0, 1, 0, 0, 0, 0.0)),
    ]
    assert rows[1]["explain"]["reckoning"] == "(0 + 0 + 0.5 × 0) / 1 × 100 = 0.00"
    assert [r["className"] for r in admin.get("/api/attendance/report", status="LATE").data] == ["Class 10"]
    assert [r["className"] for r in admin.get("/api/attendance/report", section="B").data] == ["Class 9"]
    by_student = admin.get("/api/attendance/report", by="student", sort="-percentage").data
    assert [(r["studentName"], r["percentage"]) for r in by_student] == [("Asha", 75.0), ("Bilal", 62.5), ("Chen", 0.0), ("Dara", 0.0)]
    by_day = admin.get("/api/attendance/report", by="day", dateFrom="2026-11-23").data
    assert [(r["date"], r["registers"], r["totalDays"]) for r in by_day] == [("2026-11-23", 1, 2), (TODAY, 2, 4)]
    records = admin.get("/api/attendance/report", by="record", status="ABSENT", pageSize=2)
    assert ([r["date"] for r in records.data], records.json["pagination"]["totalRecords"]) == ([DAYS[1], DAYS[2]], 3)
    one = admin.get("/api/attendance/report", studentId=marked[0]).data
    assert [(r["studentName"], r["totalDays"]) for r in one] == [("Asha", 4)]
    own = admin.get("/api/attendance/report", studentId=marked[0], by="record").data
    assert {r["id"] for r in own} == {r["id"] for r in admin.get(f"/api/attendance/student/{marked[0]}").data}
    assert admin.get("/api/attendance/report", studentId=marked[0], by="day", sort="-date").data[0]["date"] == TODAY


def test_the_report_equals_the_summaries(admin, room, marked):
    report, summary = admin.get("/api/attendance/report").data[0], admin.get(f"/api/attendance/class/{room}/summary").data
    by_student = admin.get("/api/attendance/report", by="student").data
    assert numbers(report) == numbers(summary)
    assert [numbers(r) for r in by_student] == [numbers(s) for s in summary["students"]]
    assert sum(r["totalDays"] for r in admin.get("/api/attendance/report", by="day").data) == report["totalDays"]


def test_g12_the_report_as_csv_is_defused_and_journalled(admin, school, room, enrol):
    evil = enrol(room, "=HYPERLINK()")
    admin.post(
        "/api/attendance/mark", {"classId": room, "date": TODAY, "records": [{"studentId": evil, "status": "LATE", "remarks": "+1"}]}
    )
    for by, count in (("class", 1), ("student", 1), ("day", 1), ("record", 1)):
        reply = admin.get("/api/attendance/report", by=by, format="csv")
        assert (reply.status, reply.headers["content-type"], reply.body[:3]) == (200, "text/csv", b"\xef\xbb\xbf")
        rows = list(csv.DictReader(io.StringIO(reply.body.decode("utf-8-sig"), newline="")))
        assert len(rows) == count, by
    assert (rows[0]["studentName"], rows[0]["remarks"], rows[0]["status"]) == ("'=HYPERLINK()", "'+1", "LATE")
    assert actions(school.id, "Export") == [("EXPORT_ATTENDANCE", "SUCCESS")] * 4


def test_a2_a_teachers_report_and_list_hold_its_own_classes(admin, teacher, room, other_room, marked, enrol):
    mark(admin, other_room, {enrol(other_room, "Dara"): "ABSENT"})
    assert [r["classId"] for r in teacher.client.get("/api/attendance/report").data] == [room]
    assert {r["classId"] for r in teacher.client.get("/api/attendance").data} == {room}
    assert teacher.client.get("/api/attendance", search="Dara").data == []
    assert teacher.client.get("/api/attendance/report", by="student", search="Asha").data[0]["studentName"] == "Asha"


def test_what_was_marked_a_moment_ago_is_summed_up_although_the_roll_ups_lag(admin, school, room, pupils):
    """Old days too: their sheet is made anew before the answer, without any consumer."""
    a = pupils[0]
    for day in ("2026-06-01", "2026-06-02", "2026-11-13"):
        assert mark(admin, room, {a: "ABSENT"}, day, reason="Paper register").status == 201
    summary = f"/api/attendance/student/{a}/summary"
    assert numbers(admin.get(summary).data)[:3] == (3, 0, 3)
    mark(admin, room, {a: "PRESENT"}, "2026-06-02", reason="Was there")
    assert numbers(admin.get(summary).data)[:3] == (3, 1, 2)
    assert numbers(admin.get("/api/attendance/report").data[0])[:3] == (3, 1, 2)
    assert roll_ups(stream_event(*entries(school.id, "Register")), Context()) == {"batchItemFailures": []}
    for now in ("2026-11-24T10:00:00+05:30", "2026-12-31T10:00:00+05:30"):
        at(now)
        assert numbers(admin.get(summary).data)[:3] == (3, 1, 2), "by registers and by sheets alike"
        assert numbers(admin.get(f"/api/attendance/class/{room}/summary").data)[:3] == (3, 1, 2)
        assert len(admin.get(f"/api/attendance/student/{a}").data) == 3


def test_g12_a_long_report_is_written_to_storage_and_a_short_answer_says_so(admin, room, marked, storage, monkeypatch):
    from functions.attendance import export

    whole = admin.get("/api/attendance/report/export", by="record")
    assert (whole.status, whole.headers["content-type"]) == (200, "text/csv")
    assert whole.body == admin.get("/api/attendance/report", by="record", format="csv").body
    monkeypatch.setattr(export, "INLINE", 1_000)
    told = admin.get("/api/attendance/report/export", by="record").data
    assert told["filename"] == f"attendance-by-record-{TODAY}.csv"
    assert f"attendance-by-record-{TODAY}.csv" in told["url"]
    too_long = admin.get("/api/attendance/report", by="record", format="csv")
    assert (too_long.status, too_long.error["details"][0]["field"]) == (400, "format")

"""GET /api/logs: what an entry tells, filters, exact totals at any page, bounds of time, whose log it is."""

from datetime import UTC, datetime

import pytest

from functions.logs import archiving
from shared.data.unit_of_work import Actor, UnitOfWork
from tests.api.students.test_costs import Meter
from tests.support.world import make_person, make_school


@pytest.fixture
def room(admin):
    return admin.post("/api/classes", {"name": "Class 10", "section": "A", "grade": "10", "capacity": 3}).data


def note(school, count=1, **more):
    for number in range(count):
        unit = UnitOfWork(school.id, Actor(more.get("user_id"), "SCHOOL_ADMIN"), more.get("module", "tests"))
        unit.note(more.get("action", "TEST"), more.get("kind", "Test"), f"record-{number}", {"n": [None, number]})
        unit.commit()


def test_g11_an_entry_tells_who_did_what_from_where_with_before_and_after(school, admin, room):
    me = make_person(school, first_name="Lakshmi", last_name="Núñez")
    changed = me.client.put(f"/api/classes/{room['id']}", {"capacity": 4})
    assert changed.status == 200
    entry = admin.get("/api/logs", userId=me.id).data[0]
    assert entry["action"] == "UPDATE_CLASS"
    assert (entry["module"], entry["entityType"], entry["entityId"], entry["schoolId"]) == ("CLASSES", "Class", room["id"], school.id)
    assert (entry["userId"], entry["userName"], entry["role"]) == (me.id, "Lakshmi Núñez", "SCHOOL_ADMIN")
    assert (entry["ipAddress"], entry["userAgent"], entry["status"], entry["source"]) == ("192.0.2.1", "pytest", "SUCCESS", "SERVER")
    assert entry["changes"] == [
        {"entityId": room["id"], "action": "UPDATE_CLASS", "before": {"capacity": 3}, "after": {"capacity": 4}, "redacted": []}
    ]
    assert admin.get(f"/api/logs/{entry['id']}").data == entry
    assert admin.get(f"/api/logs/user/{me.id}").data == [entry]


def test_g6_newest_first_every_entry_once_and_totals_exact_at_any_page(school, admin):
    note(school, 25)
    seen = []
    for number in range(1, 6):
        reply = admin.get("/api/logs", page=number, pageSize=7, entityType="Test").json
        assert reply["pagination"]["totalRecords"] == 25
        seen += [row["changes"][0]["after"]["n"] for row in reply["data"]]
    assert seen == list(range(24, -1, -1))
    assert admin.get("/api/logs", page=99, entityType="Test").json["data"] == []
    upwards = admin.get("/api/logs", sort="timestamp", entityType="Test", pageSize=25).data
    assert [row["changes"][0]["after"]["n"] for row in upwards] == list(range(25))


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ({"module": "fees"}, 2),
        ({"module": "FEES", "action": "pay"}, 2),
        ({"action": "PAY", "status": "FAILED"}, 0),
        ({"entityType": "Fee"}, 2),
        ({"entityId": "record-1"}, 2),
        ({"entityId": "record-1", "entityType": "Fee"}, 1),
        ({"search": "pay"}, 2),
        ({"source": "CLIENT"}, 0),
    ],
)
def test_filters_are_held_together(school, admin, filters, count):
    note(school, 2, module="fees", action="PAY", kind="Fee")
    note(school, 2)
    reply = admin.get("/api/logs", **filters).json
    assert reply["pagination"]["totalRecords"] == count == len(reply["data"])


def test_a_batch_is_found_by_each_record_that_it_names(school, admin):
    unit = UnitOfWork(school.id, Actor(), "tests")
    unit.note_batch("IMPORT_TESTS", "Test", ["a-1", "a-2", "a-3"])
    unit.commit()
    found = admin.get("/api/logs", entityId="a-2").data
    assert [(e["action"], e["entityId"], e["entityIds"]) for e in found] == [("IMPORT_TESTS", None, ["a-1", "a-2", "a-3"])]


def test_a_refused_action_is_found_by_its_status(school, admin):
    teacher = make_person(school, "TEACHER")
    assert teacher.client.get("/api/logs").status == 403
    found = admin.get("/api/logs", status="FAILED").data
    assert [(e["action"], e["userId"], e["changes"][0]["after"]) for e in found] == [
        ("REFUSED_LIST_LOGS", teacher.id, {"route": "GET /api/logs"})
    ]


def test_a_window_is_bounded_and_a_date_is_the_schools_day(school, admin, made_on):
    made_on(datetime(2026, 10, 31, 18, 29, tzinfo=UTC))  # 23:59 in Kolkata
    note(school)
    made_on(datetime(2026, 10, 31, 18, 31, tzinfo=UTC))  # 1 November there
    note(school)
    made_on.back()
    admin_query = lambda **q: admin.get("/api/logs", entityType="Test", **q)  # noqa: E731 - short
    window = {"from": "2026-10-01", "to": "2026-10-31"}
    assert admin_query(**window).json["pagination"]["totalRecords"] == 1
    assert admin_query(**{"from": "2026-11-01", "to": "2026-11-01"}).json["pagination"]["totalRecords"] == 1
    assert admin_query(**{"from": "2026-10-31T18:30:00Z", "to": "2026-11-01T00:01:00+05:30"}).json["pagination"]["totalRecords"] == 0
    assert admin_query(**{"from": "2026-09-01", "to": "2026-10-31"}).error["details"][0]["field"] == "from"
    assert admin_query(**{"from": "2026-10-31", "to": "2026-10-01"}).error["details"][0]["field"] == "from"
    assert admin_query(**{"from": "2026-10-31T00:00:00"}).error["details"][0]["field"] == "from"
    assert admin_query(**{"from": "9999-12-31", "to": "9999-12-31"}).status == 400


def test_a_time_behind_what_is_kept_says_where_its_entries_are(school, admin):
    reply = admin.get("/api/logs", **{"from": "2020-01-01", "to": "2020-01-31"})
    assert reply.status == 400
    assert "GET /api/logs/export" in reply.error["details"][0]["message"]


def test_finished_days_are_counted_by_their_seals_and_any_page_is_right(school, admin, made_on, days_ago):
    for days in (3, 2, 1):
        made_on(days_ago(days))
        note(school, 10 * days)
    made_on.back()
    archiving.archive_days(school.id)
    note(school, 4)
    everything = admin.get("/api/logs", pageSize=100).json
    total = everything["pagination"]["totalRecords"]
    assert total == len(everything["data"]) >= 64
    whole = [e["id"] for e in everything["data"]]
    for number in range(1, total // 9 + 2):
        reply = admin.get("/api/logs", page=number, pageSize=9).json
        assert [e["id"] for e in reply["data"]] == whole[(number - 1) * 9 : number * 9], number
        assert reply["pagination"]["totalRecords"] == total
    upwards = [e["id"] for n in (1, 2, 3) for e in admin.get("/api/logs", page=n, pageSize=40, sort="timestamp").data]
    assert upwards == whole[::-1]


def test_a_page_of_a_long_log_reads_the_days_that_it_shows_and_no_other(school, admin, made_on, days_ago):
    for days in (3, 2, 1):
        made_on(days_ago(days))
        note(school, 60)
    made_on.back()
    archiving.archive_days(school.id)
    admin.get("/api/logs")
    with Meter() as first:
        admin.get("/api/logs", pageSize=1, page=1)
    with Meter() as filtered:
        admin.get("/api/logs", pageSize=1, page=1, module="tests")
    assert first.read_units < filtered.read_units / 2


def test_g8_the_log_of_another_school_is_not_there(school, admin):
    other = make_person(make_school())
    note(school)
    entry = admin.get("/api/logs", entityType="Test").data[0]
    assert other.client.get("/api/logs", entityType="Test").json["pagination"]["totalRecords"] == 0
    assert other.client.get(f"/api/logs/{entry['id']}").status == 404
    assert other.client.get(f"/api/logs/user/{make_person(school).id}").status == 404


def test_an_operator_is_called_so_and_each_look_is_in_the_log(school, admin):
    operator = make_person(None, "SUPER_ADMIN")
    assert operator.client.request("GET", "/api/classes", headers={"X-School-Id": school.id}).status == 200
    entry = admin.get("/api/logs", userId=operator.id).data[0]
    assert (entry["action"], entry["userName"], entry["role"]) == ("LOOK_INTO_SCHOOL", "Platform operator", "SUPER_ADMIN")

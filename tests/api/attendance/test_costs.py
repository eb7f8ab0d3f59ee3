"""What attendance costs: write units of marking, read units and round trips of summaries and the school's report, on 180 days of 250 classes."""

import random
import time
from datetime import date, timedelta

import pytest

from functions.attendance.loading import class_year, put_many
from shared import lists
from shared.data import reader
from shared.data.connection import client as engine
from shared.entities.attendance import MonthCounts, MonthSheet, Register
from shared.ids import new_id
from shared.lists import class_of
from tests.api.attendance.conftest import TODAY, mark
from tests.support.write_units import recorded_units
from tools.bench.school import make_classes, make_students

WEIGHTS = (90, 5, 3, 1, 1)
STATUSES = ("PRESENT", "ABSENT", "LATE", "HALF_DAY", "EXCUSED")


class Meter:
    """Read units and requests of what happens inside."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.read_units = 0.0
        self._least = 0.0

    def ask(self, params, model, **_):
        self.requests.append(model.name)
        params["ReturnConsumedCapacity"] = "TOTAL"
        self._least = (1.0 if params.get("ConsistentRead") else 0.5) if model.name == "Query" else 0.0

    def count(self, parsed, model, **_):
        consumed = parsed.get("ConsumedCapacity") or []
        if model.name in ("GetItem", "BatchGetItem", "Query"):
            units = sum(c["CapacityUnits"] for c in (consumed if isinstance(consumed, list) else [consumed]))
            self.read_units += max(units, self._least)

    def __enter__(self):
        events = engine("dynamodb").meta.events
        events.register("provide-client-params.dynamodb.*", self.ask, unique_id="ask")
        events.register("after-call.dynamodb.*", self.count, unique_id="count")
        return self

    def __exit__(self, *_):
        events = engine("dynamodb").meta.events
        events.unregister("provide-client-params.dynamodb.*", self.ask, unique_id="ask")
        events.unregister("after-call.dynamodb.*", self.count, unique_id="count")


def school_days(count: int) -> list[str]:
    """So many weekdays up to today, within the academic year where they fit."""
    days, day = [], date.fromisoformat(TODAY)
    while len(days) < count:
        if day.weekday() < 5:
            days.append(day.isoformat())
        day -= timedelta(days=1)
    return sorted(days)


def as_of(counts: MonthCounts, class_id: str) -> MonthCounts:
    """The same counts for another class."""
    return MonthCounts(school_id=counts.school_id, class_id=class_id, month=counts.month, days=counts.days, version=1)


@pytest.fixture
def forty(school, admin, room, enrol):
    """A class of forty."""
    from shared.entities.academics import Class

    return make_students(school, [reader.load(Class, school_id=school.id, id=room)], 40)


@pytest.mark.parametrize("key", [False, True])
@pytest.mark.parametrize("spread", [WEIGHTS, (1, 1, 1, 1, 1)])
def test_marking_a_class_of_forty_costs_at_most_twelve_write_units_and_makes_one_register(school, admin, room, forty, key, spread):
    chance = random.Random(7)
    marks = {s.id: chance.choices(STATUSES, spread)[0] for s in forty}
    lists.STUDENTS.forget()
    mark(admin, room, {forty[0].id: "PRESENT"}, "2026-11-23")
    headers = {"Idempotency-Key": new_id()} if key else {}
    with Meter() as meter, recorded_units() as units:
        assert mark(admin, room, marks, headers=headers | {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) " + "x" * 100}).status == 201
    assert sum(units) <= 12, units
    found = list(reader.query(Register.partition_of(school_id=school.id, class_id=room), prefix=TODAY))
    assert len(found) == 1
    assert meter.requests == ["BatchGetItem", "Query", "BatchGetItem", "TransactWriteItems"], "caller, students, register; the change"
    assert meter.read_units <= 1 + 1 + 2


def test_a_mark_is_corrected_for_as_little(admin, room, forty):
    mark(admin, room, dict.fromkeys([s.id for s in forty], "PRESENT"))
    row = admin.get("/api/attendance", studentId=forty[3].id).data[0]["id"]
    with recorded_units() as units:
        assert admin.put(f"/api/attendance/{row}", {"status": "ABSENT"}).status == 200
    assert sum(units) <= 12


def test_a_students_year_and_a_class_summary_are_two_round_trips(school, admin, teacher, room, forty):
    chance = random.Random(3)
    days = {d: {s.id: chance.choices(STATUSES, WEIGHTS)[0] for s in forty} for d in school_days(170)}
    put_many(class_year(school.id, room, days, by=teacher.id))
    expected = [days[d][forty[5].id] for d in days]
    path = f"/api/attendance/student/{forty[5].id}/summary"
    admin.get(path)
    with Meter() as meter:
        told = admin.get(path).data
    assert (told["totalDays"], told["present"], told["absent"]) == (170, expected.count("PRESENT"), expected.count("ABSENT"))
    assert len(meter.requests) <= 2
    assert meter.read_units <= 8
    admin.get(f"/api/attendance/class/{room}/summary")
    with Meter() as meter:
        summary = admin.get(f"/api/attendance/class/{room}/summary").data
    assert (summary["totalDays"], len(summary["students"]), summary["registers"]) == (170 * 40, 40, 170)
    assert len(meter.requests) <= 2
    assert meter.read_units <= 8
    with Meter() as meter:
        page = admin.get(f"/api/attendance/student/{forty[5].id}", pageSize=20)
    assert page.json["pagination"]["totalRecords"] == 170
    assert len(meter.requests) <= 3


def test_the_schools_report_of_a_term_by_class_costs_at_most_sixty_read_units(school, admin):
    """250 classes of 40, 180 days; the term is the last 60 school days."""
    chance = random.Random(5)
    classes, made = make_classes(school, 250), []
    days = school_days(165)
    pupils = [new_id() for _ in range(40)]
    patterns = [{d: dict(zip(pupils, chance.choices(STATUSES, WEIGHTS, k=40), strict=True)) for d in days} for _ in range(6)]
    for number, room in enumerate(classes):
        year = class_year(school.id, room.id, patterns[number % 6], by="x", registers=False) if number < 6 else ()
        counts = [i for i in year if isinstance(i, MonthCounts)] or [as_of(c, room.id) for c in made[number % 6]]
        made.append(counts)
        put_many(counts)
    term = {"dateFrom": days[-60], "dateTo": TODAY, "pageSize": 100}
    admin.get("/api/attendance/report", **term)
    with Meter() as meter:
        reply = admin.get("/api/attendance/report", **term)
    assert len(meter.requests) <= 2, meter.requests
    assert meter.read_units <= 60
    assert reply.json["pagination"]["totalRecords"] == 250
    row = reply.data[7]
    number = next(n for n, c in enumerate(classes) if c.id == row["classId"])
    letters = [s for d in days[-60:] for s in patterns[number % 6][d].values()]
    assert (row["totalDays"], row["absent"], row["registers"]) == (2400, letters.count("ABSENT"), 60)
    times = []
    for page in (1, 2, 3) * 7:
        start = time.process_time()
        admin.get("/api/attendance/report", **{**term, "page": page})
        times.append(time.process_time() - start)
    assert sorted(times)[-2] < 0.35, "of this process alone: what else the machine does is not ours"
    with Meter() as meter:
        whole_day = admin.get("/api/attendance", date=TODAY, page=200, pageSize=50, sort="date")
    assert whole_day.json["pagination"]["totalRecords"] == 10_000
    assert len(meter.requests) <= 2, "the place of a page comes from the counts"


def test_the_sizes_of_what_is_derived(school, admin, room, forty, teacher):
    days = school_days(22)
    days = {d: {s.id: "PRESENT" for s in forty} for d in days}
    from tests.support.write_units import item_size

    sizes = {}
    for item in class_year(school.id, room, days, by=teacher.id):
        raw = item.place().serialize()
        sizes.setdefault(type(item), []).append(item_size({**raw, "content": {"B": item.content}} if isinstance(item, MonthSheet) else raw))
    assert max(sizes[Register]) < 2_048
    assert max(sizes[MonthCounts]) < 500
    assert max(sizes[MonthSheet]) < 2_048


def test_the_list_of_students_keeps_class_histories_to_itself(admin, school, room, other_room, pupils):
    admin.put(f"/api/students/{pupils[0]}", {"classId": other_room})
    assert all("stays" not in row for row in admin.get("/api/students").data)
    row = lists.STUDENTS.all(school.id)[pupils[0]]
    assert (class_of(row, "2026-11-23"), class_of(row, TODAY), class_of(row, "2026-03-31")) == (room, other_room, None)
    assert "stays" not in lists.STUDENTS.all(school.id)[pupils[1]]

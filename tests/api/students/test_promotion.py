"""The year's end over its handler, on DynamoDB Local (rule S3)."""

import time

import pytest

from functions.students import promotion
from shared.data.connection import client
from shared.data.item import Item
from shared.data.unit_of_work import Actor, UnitOfWork
from shared.entities.academics import Seats
from shared.entities.people import Student
from shared.errors import Conflict
from shared.ids import new_id
from tests.support.world import make_person, make_school

OLD, NEW = "2026-2027", "2027-2028"
YEARS = {"fromAcademicYear": OLD, "toAcademicYear": NEW, "effectiveDate": "2027-04-01"}


@pytest.fixture
def make_class(admin):
    def make(name: str, year: str = OLD, section: str = "A", capacity: int = 40) -> str:
        body = {"name": name, "section": section, "grade": name.rpartition(" ")[2], "academicYear": year, "capacity": capacity}
        return admin.post("/api/classes", body).data["id"]

    return make


@pytest.fixture
def classes(make_class):
    """Grade 9 and 10 of this year and of the next."""
    return {(name, year): make_class(f"Grade {name}", year) for name in (9, 10) for year in (OLD, NEW)}


def at(admin, student_id: str) -> tuple[str, str]:
    found = admin.get(f"/api/students/{student_id}").data
    return found["classId"], found["status"]


def promote(admin, body, **more):
    return admin.post("/api/classes/promote", {**YEARS, **body, **more})


def test_s3_a_year_ends_in_one_call_with_repeats_leavers_and_history(admin, classes, enrol, taken):
    nine, ten = classes[9, OLD], classes[10, OLD]
    up, again, gone = enrol(classId=nine), enrol(classId=nine), enrol(classId=nine)
    top = enrol(classId=ten)
    body = {
        "moves": [{"fromClassId": nine, "toClassId": classes[10, NEW]}, {"fromClassId": ten}],
        "repeat": [again["id"]],
        "leavers": [{"studentId": gone["id"], "status": "TRANSFERRED"}],
    }
    preview = promote(admin, body, preview=True).data
    assert {s["studentId"]: s["outcome"] for s in preview["steps"]} == {
        up["id"]: "PROMOTED", again["id"]: "REPEATED", gone["id"]: "TRANSFERRED", top["id"]: "GRADUATED",
    }  # fmt: skip
    assert (preview["id"], preview["done"], preview["total"]) == (None, 0, 4)
    assert {s["classId"]: (s["entering"], s["enough"]) for s in preview["seats"]} == {
        classes[10, NEW]: (1, True),
        classes[9, NEW]: (1, True),
    }
    assert at(admin, up["id"]) == (nine, "ACTIVE")

    done = promote(admin, body).data
    assert (done["done"], done["promoted"], done["repeated"], done["graduated"], done["transferred"]) == (4, 1, 1, 1, 1)
    assert [at(admin, s["id"]) for s in (up, again, gone, top)] == [
        (classes[10, NEW], "ACTIVE"), (classes[9, NEW], "ACTIVE"), (nine, "TRANSFERRED"), (ten, "GRADUATED"),
    ]  # fmt: skip
    assert [taken(c) for c in (nine, ten, classes[9, NEW], classes[10, NEW])] == [0, 0, 1, 1]
    history = admin.get(f"/api/students/{up['id']}/history").data
    assert [(s["classId"], s["since"], s["until"], s["reason"]) for s in history["stays"]] == [
        (nine, "2026-04-01", "2027-03-31", "ADMITTED"), (classes[10, NEW], "2027-04-01", None, "PROMOTED"),
    ]  # fmt: skip
    left = admin.get(f"/api/students/{gone['id']}").data
    assert left["exitDate"] == "2027-03-31"
    rows = admin.get("/api/classes/promotions").data
    assert [(r["id"], r["total"], r["done"], r["state"]) for r in rows] == [(done["id"], 4, 4, "DONE")]


def test_s3_the_same_promotion_again_does_nothing_more(admin, classes, enrol, taken):
    one, again = enrol(classId=classes[9, OLD]), enrol(classId=classes[9, OLD])
    body = {"moves": [{"fromClassId": classes[9, OLD], "toClassId": classes[10, NEW]}], "repeat": [again["id"]]}
    assert promote(admin, body).data["done"] == 2
    repeated = promote(admin, body).data
    assert (repeated["total"], repeated["done"], repeated["id"]) == (0, 0, None)
    assert repeated["skipped"] == [{"studentId": again["id"], "reason": "ALREADY_MOVED"}]
    assert at(admin, one["id"]) == (classes[10, NEW], "ACTIVE")
    assert taken(classes[10, NEW]) == 1


def test_s2_a_class_that_is_too_small_is_409_before_anybody_moves_unless_over_capacity(admin, classes, make_class, enrol, taken):
    small = make_class("Grade 11", NEW, capacity=1)
    students = [enrol(classId=classes[10, OLD]) for _ in range(2)]
    body = {"moves": [{"fromClassId": classes[10, OLD], "toClassId": small}]}
    assert [s["enough"] for s in promote(admin, body, preview=True).data["seats"]] == [False]
    reply = promote(admin, body)
    assert (reply.status, reply.error["details"][0]["field"]) == (409, "capacity")
    assert "Grade 11 A: 2 would enter, 1 of 1 seats are free" in reply.error["details"][0]["message"]
    assert at(admin, students[0]["id"])[0] == classes[10, OLD]
    assert promote(admin, body, overCapacity=True).data["done"] == 2
    assert taken(small) == 2


def test_g7_everything_wrong_with_a_promotion_is_listed(admin, classes, enrol):
    student = enrol(classId=classes[9, OLD])
    foreign = make_person(make_school()).client
    theirs = foreign.post("/api/classes", {"name": "Grade 9", "section": "A", "grade": "9", "capacity": 3}).data["id"]
    body = {
        "moves": [
            {"fromClassId": theirs, "toClassId": classes[10, NEW]},
            {"fromClassId": classes[9, OLD], "toClassId": classes[10, OLD]},
            {"fromClassId": classes[9, OLD], "toClassId": None},
        ],
        "repeat": [new_id(), {"studentId": student["id"], "toClassId": theirs}],
        "leavers": [student["id"]],
    }
    reply = promote(admin, body)
    assert reply.status == 400
    assert {d["field"] for d in reply.error["details"]} == {
        "moves[0].fromClassId", "moves[1].toClassId", "moves[2].fromClassId", "repeat[0]", "repeat[1].toClassId", "leavers[0]",
    }  # fmt: skip
    assert at(admin, student["id"]) == (classes[9, OLD], "ACTIVE")
    assert promote(admin, {"toAcademicYear": OLD}).error["details"][0]["field"] == "toAcademicYear"
    assert promote(admin, {}, effectiveDate="2036-01-01").error["details"][0]["field"] == "effectiveDate"


def test_one_who_repeats_a_class_that_is_no_more_needs_to_be_told_where(admin, make_class, enrol):
    old, elsewhere = make_class("Grade 7"), make_class("Grade 7", NEW, section="Z")
    student = enrol(classId=old)
    reply = promote(admin, {"repeat": [student["id"]]})
    assert (reply.status, reply.error["details"][0]["field"]) == (400, "repeat[0]")
    assert promote(admin, {"repeat": [{"studentId": student["id"], "toClassId": elsewhere}]}).data["repeated"] == 1
    assert at(admin, student["id"])[0] == elsewhere


def fill(school, class_id: str, count: int) -> None:
    """Many students in a class, as an import leaves them."""
    for start in range(0, count, 50):
        unit = UnitOfWork(school.id, Actor(), "tests")
        for number in range(start, min(start + 50, count)):
            made = Student(
                school_id=school.id, id=new_id(), roll_number=f"R{class_id}{number}", admission_number=f"A{class_id}{number}",
                first_name="Asha", date_of_birth="2012-02-29", gender="FEMALE", class_id=class_id, section="A", admission_date="2026-04-01",
                stays=[{"classId": class_id, "since": "2026-04-01", "reason": "ADMITTED"}],
            )  # fmt: skip
            unit.create(made)
        unit.commit()
    unit = UnitOfWork(school.id, Actor(), "tests")
    unit.act(Seats(school_id=school.id, class_id=class_id), [Seats.taken.set(count)], Item.pk.exists(), Conflict())
    unit.commit()


def test_s3_a_promotion_that_was_interrupted_is_finished_by_asking_again(admin, school, classes, taken, monkeypatch):
    fill(school, classes[9, OLD], 100)
    body = {"moves": [{"fromClassId": classes[9, OLD], "toClassId": classes[10, NEW]}]}
    commits = 0
    whole = UnitOfWork.commit

    def dies(self):
        nonlocal commits
        if any(c.action == "PROMOTE_STUDENT" for c in self.changes):
            commits += 1
            if commits == 3:
                raise RuntimeError("the process dies here")
        whole(self)

    monkeypatch.setattr(UnitOfWork, "commit", dies)
    assert promote(admin, body, overCapacity=True).status == 500
    monkeypatch.undo()
    assert (taken(classes[9, OLD]), taken(classes[10, NEW])) == (36, 64)
    assert admin.get("/api/classes/promotions").data[0]["state"] == "RUNNING"
    rest = promote(admin, body, overCapacity=True).data
    assert (rest["total"], rest["done"]) == (36, 36)
    assert (taken(classes[9, OLD]), taken(classes[10, NEW])) == (0, 100)
    reply = admin.get("/api/students", classId=classes[10, NEW])
    assert reply.json["pagination"]["totalRecords"] == 100


def test_a_student_who_is_changed_between_plan_and_batch_is_decided_again(admin, school, classes, enrol, monkeypatch):
    student = enrol(classId=classes[9, OLD])
    body = {"moves": [{"fromClassId": classes[9, OLD], "toClassId": classes[10, NEW]}]}
    load = promotion.Students.get_many
    disturbed = False

    def meanwhile(self, *args, **options):
        nonlocal disturbed
        found = load(self, *args, **options)
        if not disturbed:
            disturbed = True
            unit = UnitOfWork(school.id, Actor(), "tests")
            other = load(self, *args, **options)[0]
            other.address_city = "Goa"
            unit.update(other)
            unit.commit()
        return found

    monkeypatch.setattr(promotion.Students, "get_many", meanwhile)
    assert promote(admin, body).data["done"] == 1
    found = admin.get(f"/api/students/{student['id']}").data
    assert (found["classId"], found["addressCity"]) == (classes[10, NEW], "Goa")


def test_s3_a_grade_of_two_hundred_moves_within_seconds_and_is_journalled_by_batch(admin, school, make_class):
    rooms = [(make_class("Grade 5", OLD, section), make_class("Grade 6", NEW, section)) for section in "ABCDE"]
    for old, _ in rooms:
        fill(school, old, 40)
    started = time.monotonic()
    sent: list[str] = []
    events = client("dynamodb").meta.events
    events.register("provide-client-params.dynamodb.TransactWriteItems", lambda params, **_: sent.append("t"), unique_id="count")
    done = promote(admin, {"moves": [{"fromClassId": a, "toClassId": b} for a, b in rooms]}).data
    events.unregister("provide-client-params.dynamodb.TransactWriteItems", unique_id="count")
    assert (done["done"], len(done["steps"])) == (200, 200)
    assert time.monotonic() - started < 20
    assert len(sent) <= 10
    assert all(s["taken"] == 0 and s["entering"] == 40 for s in done["seats"])


def test_more_than_a_thousand_students_a_call_are_400(admin, classes, school, monkeypatch):
    from functions.students import promotion_plan

    monkeypatch.setattr(promotion_plan, "MOST_STUDENTS", 3)
    fill(school, classes[9, OLD], 4)
    reply = promote(admin, {"moves": [{"fromClassId": classes[9, OLD], "toClassId": classes[10, NEW]}]})
    assert (reply.status, reply.error["details"][0]["field"]) == (400, "moves")


def test_named_students_are_of_the_year_they_come_from_and_named_once(admin, classes, make_class, enrol):
    elsewhere, twice = enrol(classId=make_class("Grade 8", "2025-2026")), enrol(classId=classes[9, OLD])
    gone = enrol(classId=classes[9, OLD])
    admin.post(f"/api/students/{gone['id']}/transfer", {"status": "TRANSFERRED"})
    body = {"repeat": [elsewhere["id"], twice["id"]], "leavers": [{"studentId": twice["id"]}, gone["id"]]}
    reply = promote(admin, body)
    assert (reply.status, [d["field"] for d in reply.error["details"]]) == (400, ["repeat[0]", "leavers[0]"])
    assert promote(admin, {"leavers": [gone["id"]]}).data["skipped"] == [{"studentId": gone["id"], "reason": "ALREADY_LEFT"}]
    bad = promote(admin, {"leavers": ["x"], "repeat": [7, {"studentId": twice["id"], "colour": "red"}]})
    assert {d["field"] for d in bad.error["details"]} == {"leavers[0].studentId", "repeat[0]", "repeat[1].colour"}


def test_who_was_moved_by_another_call_meanwhile_is_left_alone(admin, school, classes, enrol, monkeypatch):
    first, second = enrol(classId=classes[9, OLD]), enrol(classId=classes[9, OLD])
    body = {"moves": [{"fromClassId": classes[9, OLD], "toClassId": classes[10, NEW]}]}
    plan = promotion.Planner.plan

    def slow(self):
        found = plan(self)
        monkeypatch.undo()
        from shared.http import request

        mine = (request.current(), request.unit())
        admin.post(f"/api/students/{first['id']}/transfer", {"status": "GRADUATED"})
        request.bind(mine[0])
        request.bind_unit(mine[1])
        return found

    monkeypatch.setattr(promotion.Planner, "plan", slow)
    done = promote(admin, body).data
    assert (done["total"], done["done"]) == (2, 1)
    assert at(admin, first["id"]) == (classes[9, OLD], "GRADUATED")
    assert at(admin, second["id"])[0] == classes[10, NEW]


def test_a_batch_that_never_settles_is_503_and_nothing_of_it_is_written(admin, school, classes, enrol, monkeypatch):
    from shared.data.unit_of_work import RetryWrite

    student = enrol(classId=classes[9, OLD])
    whole = UnitOfWork.commit

    def overtaken(self):
        if any(c.action == "PROMOTE_STUDENT" for c in self.changes):
            raise RetryWrite
        whole(self)

    monkeypatch.setattr(UnitOfWork, "commit", overtaken)
    reply = promote(admin, {"moves": [{"fromClassId": classes[9, OLD], "toClassId": classes[10, NEW]}]})
    assert (reply.status, "retry-after" in reply.headers) == (503, True)
    monkeypatch.undo()
    assert at(admin, student["id"])[0] == classes[9, OLD]

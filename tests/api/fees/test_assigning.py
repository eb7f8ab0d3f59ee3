"""Assigning a structure (F5): each student and period once, with what is taken off, also in the background and after a crash."""

import random
from collections import Counter

import pytest

from functions.fees import assigning, assigning_run, assigning_worker
from functions.fees.repository import Fees
from shared.data import reader
from shared.data.connection import client
from shared.entities.fees import FeeAssignment, StudentFee
from tests.api.fees.conftest import make_room
from tests.support.journal import entries


def assign(admin, structure, **body):
    return admin.post(f"/api/fee-structures/{structure['id']}/assign", body)


def fees_of(school, student):
    return {fee.period: fee for fee in Fees(school.id).of_student(student["id"])}


def stored(school):
    return [reader.plain(raw) for raw in reader.query(StudentFee.partition_of(school_id=school.id), consistent=True)]


@pytest.mark.parametrize(
    ("frequency", "periods", "due"),
    [
        ("MONTHLY", [f"2026-{m:02d}" for m in range(4, 13)] + ["2027-01", "2027-02", "2027-03"], "2026-04-10"),
        ("QUARTERLY", ["Q1", "Q2", "Q3", "Q4"], "2026-04-10"),
        ("ANNUALLY", ["YEAR"], "2026-04-10"),
        ("ONE_TIME", ["ONCE"], "2026-04-10"),
    ],
)
def test_f5_a_student_gets_twelve_four_one_or_one_fee_a_year(school, admin, student, structure, frequency, periods, due):
    reply = assign(admin, structure(frequency=frequency))
    assert (reply.status, reply.data["state"], reply.data["made"], reply.data["students"]) == (200, "DONE", len(periods), 1)
    made = fees_of(school, student)
    assert sorted(made) == sorted(periods)
    assert (made[periods[0]].due_date, f"{made[periods[0]].total_amount:f}") == (due, "1500.00")
    assert made[periods[0]].class_id == student["classId"]


def test_a_preview_tells_what_it_comes_to_by_class_and_writes_nothing(school, admin, enrol, room, other_room, structure):
    enrol()
    enrol(firstName="Ravi")
    enrol(firstName="Meera", classId=other_room["id"])
    made = structure()
    told = assign(admin, made, dryRun=True).data
    assert (told["state"], told["id"], told["students"], told["total"], told["netAmount"]) == ("PREVIEW", None, 3, 36, 54000)
    assert [(c["className"], c["students"], c["fees"], c["netAmount"]) for c in told["classes"]] == [
        ("Class 10", 2, 24, 36000),
        ("Class 9", 1, 12, 18000),
    ]
    assert stored(school) == []
    assert admin.get(f"/api/fee-structures/{made['id']}").data["assignedAt"] is None


def test_f5_assigned_twice_each_fee_is_made_once_and_those_who_came_between_get_theirs(school, admin, enrol, structure, pay):
    first, made = enrol(), structure()
    assign(admin, made)
    fee = fees_of(school, first)["2026-04"]
    pay({"id": fee.id}, 500)
    enrol(firstName="Ravi")
    again = assign(admin, made).data
    assert (again["total"], again["made"]) == (24, 12)
    assert assign(admin, made).data["made"] == 0
    assert len(stored(school)) == 24
    assert f"{fees_of(school, first)['2026-04'].paid_amount:f}" == "500.00"


def test_f5_a_student_who_joins_later_gets_the_periods_from_then_on_due_when_there_at_the_earliest(school, admin, enrol, structure):
    late = enrol(admissionDate="2026-11-20")
    assign(admin, structure())
    made = fees_of(school, late)
    assert sorted(made) == ["2026-11", "2026-12", "2027-01", "2027-02", "2027-03"]
    assert (made["2026-11"].due_date, made["2026-12"].due_date) == ("2026-11-20", "2026-12-10")


def test_only_the_classes_of_the_structure_and_of_those_the_named_ones(school, admin, enrol, room, other_room, structure):
    ours, theirs = enrol(), enrol(firstName="Ravi", classId=other_room["id"])
    own = structure(applicableTo="CLASS_SPECIFIC", classIds=[room["id"]])
    assert assign(admin, own).data["students"] == 1
    everywhere = structure(name="Bus", frequency="ANNUALLY")
    assert assign(admin, everywhere, classIds=[other_room["id"]]).data["students"] == 1
    assert (len(fees_of(school, ours)), len(fees_of(school, theirs))) == (12, 1)
    assert assign(admin, own, classIds=[other_room["id"]]).error["details"][0]["field"] == "classIds[0]"
    assert assign(admin, everywhere).data["made"] == 1


def test_students_who_are_not_at_the_school_owe_nothing(school, admin, enrol, structure):
    gone = enrol()
    admin.put(f"/api/students/{gone['id']}", {"status": "INACTIVE"})
    assert assign(admin, structure()).data["total"] == 0
    assert stored(school) == []


def test_concessions_and_the_sibling_discount_are_taken_off_with_their_reasons_and_never_below_zero(school, admin, enrol, structure):
    rule = {"kind": "PERCENTAGE", "percentage": 10, "fromChild": 2}
    assert admin.put("/api/schools/current", {"settings": {"fees": {"siblingDiscount": rule}}}).status == 200
    family = {"parentPhone": "+919876543211"}
    older, younger = enrol(**family), enrol(firstName="Ravi", admissionDate="2026-04-02", **family)
    poor = enrol(firstName="Meera")
    tuition, bus = structure(), structure(name="Bus", frequency="ANNUALLY", amount=100)

    def grant(student, **body):
        reply = admin.post("/api/fee-concessions", {"studentId": student["id"], "reason": "Board decision 7", **body})
        assert reply.status == 201, reply.body

    grant(younger, kind="SCHOLARSHIP", percentage=33.33, feeStructureId=tuition["id"])
    grant(poor, kind="DISCOUNT", amount=120)
    grant(poor, kind="SCHOLARSHIP", percentage=99)
    for each in (tuition, bus):
        assign(admin, each)
    assert fees_of(school, older)["2026-04"].discount_amount is None
    second = fees_of(school, younger)["2026-04"]
    assert (f"{second.discount_amount:f}", f"{second.scholarship_amount:f}") == ("150.00", "499.95")
    assert [(r["kind"], r["reason"]) for r in second.reductions] == [
        ("SCHOLARSHIP", "Board decision 7"),
        ("SIBLING", "Child 2 of the family"),
    ]
    free = fees_of(school, poor)["YEAR"]
    assert (f"{free.discount_amount:f}", free.scholarship_amount) == ("100.00", None)
    told = admin.get(f"/api/fees/{free.id}").data
    assert (told["netAmount"], told["status"]) == (0, "PAID")


def test_a_yearly_fee_in_three_instalments_adds_up_exactly(school, admin, student, structure):
    assign(admin, structure(frequency="ANNUALLY", amount=100, instalments=3))
    told = admin.get(f"/api/fees/{fees_of(school, student)['YEAR'].id}").data
    assert [(i["dueDate"], i["amount"]) for i in told["instalments"]] == [
        ("2026-04-10", 33.34),
        ("2026-08-10", 33.33),
        ("2026-12-10", 33.33),
    ]
    assert (told["dueDate"], told["status"]) == ("2026-12-10", "OVERDUE")


def test_an_assigned_fee_that_was_taken_away_does_not_come_back(school, admin, student, structure):
    made = structure()
    assign(admin, made)
    admin.delete(f"/api/fees/{fees_of(school, student)['2026-05'].id}")
    assert assign(admin, made).data["made"] == 0
    assert "2026-05" not in fees_of(school, student)


def test_g11_each_batch_is_in_the_journal_with_its_ids(school, admin, enrol, structure):
    for n in range(9):
        enrol(firstName=f"N{n}")
    assign(admin, structure())
    found = entries(school.id, "StudentFee")
    told = Counter(i for e in found for i in e.entity_ids)
    assert (len(found), set(told.values()), len(told)) == (2, {1}, 108)
    assert told.keys() == {fee["id"] for fee in stored(school)}


def test_g9_the_same_key_assigns_once_and_gets_the_same_answer(admin, student, structure):
    made = structure()
    path, key = f"/api/fee-structures/{made['id']}/assign", {"idempotency-key": "assign-1"}
    first, again = (admin.post(path, {}, headers=key) for _ in range(2))
    assert first.body == again.body
    assert len(admin.get("/api/fee-assignments").data) == 1


class Killed(BaseException):
    """Stands for SIGKILL: no handler of exceptions sees it."""


@pytest.fixture
def queued(monkeypatch):
    """Every assignment goes on in the background; the messages that were sent."""
    sent = []
    monkeypatch.setattr(assigning, "INLINE_FEES", 0)
    monkeypatch.setattr(assigning_run, "LEASE_SECONDS", -1)
    monkeypatch.setattr("shared.gateways.queues.send", lambda name, message, delay=0: sent.append((name, message)))
    return sent


def test_many_fees_are_made_in_the_background_and_the_run_tells_its_progress(school, admin, enrol, structure, queued):
    for n in range(20):
        enrol(firstName=f"N{n}")
    reply = assign(admin, structure())
    assert (reply.status, reply.data["state"], reply.data["made"]) == (202, "RUNNING", 0)
    (name, message), *_ = queued
    assert name == "fee-assignments"
    steps = iter([False, True])
    assigning_worker.work(message["schoolId"], message["assignmentId"], lambda: next(steps))
    path = f"/api/fee-assignments/{reply.data['id']}"
    halfway = admin.get(path).data
    assert (halfway["state"], halfway["made"], halfway["total"]) == ("RUNNING", 96, 240)
    assigning_worker.work(message["schoolId"], message["assignmentId"], lambda: False)
    done = admin.get(path).data
    assert (done["state"], done["made"], done["students"]) == ("DONE", 240, 20)
    assert done["finishedAt"]
    assert len(stored(school)) == 240


def test_a_run_at_which_nobody_works_is_ended_when_the_structure_is_assigned_again(school, admin, student, structure, queued):
    made = structure()
    dead = assign(admin, made).data["id"]
    alive = assign(admin, made).data["id"]
    assert admin.get(f"/api/fee-assignments/{dead}").data["state"] == "STOPPED"
    for run in (dead, alive):
        assigning_worker.work(school.id, run, lambda: False)
    assert [(r["id"], r["state"], r["made"]) for r in admin.get("/api/fee-assignments").data] == [(alive, "DONE", 12), (dead, "STOPPED", 0)]


def test_f5_a_run_that_is_killed_at_any_moment_and_delivered_twice_makes_each_fee_once(school, admin, enrol, structure, queued):
    for n in range(25):
        enrol(firstName=f"N{n}")
    told = assign(admin, structure()).data
    dice, kills = random.Random(4), 0

    def maybe_killed(**_):
        if dice.random() < 0.3:
            raise Killed

    events = client("dynamodb").meta.events
    hooks = ("before-call.dynamodb.TransactWriteItems", "after-call.dynamodb.TransactWriteItems")
    for hook in hooks:
        events.register(hook, maybe_killed)
    try:
        for _ in range(100):
            try:
                assigning_worker.work(school.id, told["id"], lambda: False)
            except Killed:
                kills += 1
            if reader.load(FeeAssignment, consistent=True, school_id=school.id, id=told["id"]).state == "DONE":
                break
    finally:
        for hook in hooks:
            events.unregister(hook, maybe_killed)
    assert kills >= 2
    assigning_worker.work(school.id, told["id"], lambda: False)
    run = admin.get(f"/api/fee-assignments/{told['id']}").data
    assert (run["state"], run["made"]) == ("DONE", 300)
    journalled = Counter(i for e in entries(school.id, "StudentFee") for i in e.entity_ids)
    assert len(stored(school)) == len(journalled) == 300
    assert set(journalled.values()) == {1}


def test_a_structure_for_all_is_for_the_classes_of_its_own_year(school, admin, enrol, structure):
    coming = make_room(admin, "Class 11", academicYear="2027-2028")
    enrol(classId=coming["id"], admissionDate="2027-04-01")
    now = enrol(firstName="Ravi")
    assert assign(admin, structure()).data["students"] == 1
    assert len(fees_of(school, now)) == 12

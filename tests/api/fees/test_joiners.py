"""Students who come, move and leave while structures are assigned (F5): the journal tells it, as often and in whatever order."""

import pytest

from functions.fees.joiners import students
from functions.fees.repository import Fees
from tests.support.journal import entries, stream_event


@pytest.fixture
def follow(school):
    """Delivers the whole journal of students, as often as asked."""

    def deliver(times: int = 1, *, backwards: bool = False):
        found = entries(school.id, "Student")
        for _ in range(times):
            assert students(stream_event(*(reversed(found) if backwards else found)), None) == {"batchItemFailures": []}

    return deliver


@pytest.fixture
def assigned(admin, structure):
    def make(**fields):
        made = structure(**fields)
        assert admin.post(f"/api/fee-structures/{made['id']}/assign", {}).status == 200
        return made

    return make


def periods(school, student):
    return sorted((fee.name, fee.period) for fee in Fees(school.id).of_student(student["id"]))


def test_f5_who_joins_after_the_assignment_gets_the_periods_from_then_on_once(school, assigned, enrol, follow):
    assigned(frequency="QUARTERLY")
    late = enrol(admissionDate="2026-11-20")
    follow(3, backwards=True)
    assert periods(school, late) == [("Tuition fee", "Q3"), ("Tuition fee", "Q4")]


def test_a_structure_that_is_not_assigned_or_closed_is_nobodys(school, admin, assigned, structure, enrol, follow):
    structure(name="Not yet")
    admin.delete(f"/api/fee-structures/{assigned(name='Closed')['id']}")
    late = enrol()
    follow()
    assert periods(school, late) == []


def test_a_change_that_is_none_of_class_or_status_asks_for_nothing(world, school, admin, assigned, enrol):
    late = enrol()
    admin.put(f"/api/students/{late['id']}", {"bloodGroup": "A+"})
    assigned(frequency="ANNUALLY")
    event = stream_event(entries(school.id, "Student")[-1])
    world.calls.clear()
    students(event, None)
    assert world.calls == []


def test_who_moves_to_another_class_owes_its_fees_from_then_on_and_no_more_those_of_the_old(
    school, admin, room, other_room, assigned, enrol, pay, follow
):
    both = enrol(admissionDate="2026-04-01")
    assigned(name="Ten", applicableTo="CLASS_SPECIFIC", classIds=[room["id"]])
    assigned(name="Nine", applicableTo="CLASS_SPECIFIC", classIds=[other_room["id"]])
    assigned(name="All", frequency="ANNUALLY")
    january = next(fee for fee in Fees(school.id).of_student(both["id"]) if fee.period == "2027-01")
    pay({"id": january.id}, 10)
    assert admin.put(f"/api/students/{both['id']}", {"classId": other_room["id"]}).status == 200  # on 24 November
    follow(2)
    ten = [f"2026-{m:02d}" for m in range(4, 12)] + ["2027-01"]
    nine = ["2026-11", "2026-12", "2027-01", "2027-02", "2027-03"]
    assert periods(school, both) == [("All", "YEAR"), *(("Nine", p) for p in nine), *(("Ten", p) for p in ten)]
    assert {e.action for e in entries(school.id, "StudentFee")} == {"ASSIGN_FEE", "RECORD_PAYMENT", "WITHDRAW_STUDENTFEE"}


def test_who_leaves_the_school_owes_what_had_begun_and_who_comes_back_the_periods_from_then_on(school, admin, assigned, enrol, follow):
    gone = enrol()
    assigned()
    admin.put(f"/api/students/{gone['id']}", {"status": "TRANSFERRED", "exitDate": "2026-10-15"})
    follow(2)
    assert [p for _, p in periods(school, gone)] == [f"2026-{m:02d}" for m in range(4, 11)]
    admin.put(f"/api/students/{gone['id']}", {"status": "ACTIVE"})
    follow(2)
    assert [p for _, p in periods(school, gone)][-5:] == ["2026-11", "2026-12", "2027-01", "2027-02", "2027-03"]
    assert len(periods(school, gone)) == 12

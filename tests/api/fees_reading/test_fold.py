"""Sheets and totals follow the journal: in any order, any number of times, and after being killed midway."""

import random
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.fees import consumers, reading_book, reading_fold, reading_sheets
from shared import fee_totals
from shared.entities.fee_totals import FeeSheet, FeeTotals
from tests.api.fees_reading.conftest import Desk, someone
from tests.api.fees_reading.test_sums import STEP, act
from tests.support import journal
from tests.support.client import Context
from tests.support.world import make_school


def derived(school, years=("2026-2027",)):
    """Rows of all sheets and sums of all classes, as they are stored."""
    rows = [row for year in years for kept in reading_sheets.load(school.id, year, consistent=True) for row in kept.rows]
    totals = {(c.academic_year, c.class_id): (c.days, c.collected) for year in years for c in fee_totals.classes_of(school, year)}
    return sorted(rows), {room: sums for room, sums in totals.items() if sums != ((), ())}


def rebuilt(school):
    """The same made from scratch from fees and payments."""
    book = reading_book.from_source(school)
    totals = {room: reading_fold.totals_of(book, room) for room, rows in book.rooms.items() if rows}
    return sorted(book.rows.values()), {room: (c.days, c.collected) for room, c in totals.items()}


def test_totals_tell_what_is_due_open_and_collected_by_month_and_method(desk, school, play, asha, binu, rooms):
    first = desk.charge(asha["id"], 1000, "2026-11-10", discountAmount=100)
    desk.charge(binu["id"], 500, "2026-12-10")
    desk.pay(first, 300)
    desk.pay(first, 200, "CARD", paymentDate="2026-10-31")
    play()
    (told,) = fee_totals.classes_of(school)
    assert (told.class_id, told.academic_year) == (rooms[0]["id"], "2026-2027")
    assert fee_totals.of_class(school, rooms[0]["id"]) == told
    months = told.by_month("2026-11-24")
    november = months["2026-11"]
    assert (november.net, november.paid, november.open, november.overdue) == (900, 500, 400, 400)
    assert (november.open_fees, november.overdue_fees) == (1, 1)
    assert (months["2026-12"].net, months["2026-12"].overdue_fees) == (500, 0)
    assert fee_totals.collected_by_month([told]) == {
        "2026-10": {"CARD": Decimal("200.00")},
        "2026-11": {"CASH": Decimal("300.00")},
    }
    all_year = fee_totals.figures_of([told], "2026-11-24")
    assert (all_year.fees, str(all_year.net), str(all_year.collection_rate)) == (2, "1400.00", "35.71")
    assert told.figures("2026-12-11").overdue_fees == 2, "overdue is judged when it is read"


def test_f6_totals_equal_the_summary_to_the_cent_and_reversals_count(desk, school, play, asha, chen):
    paid = desk.pay(desk.charge(asha["id"], 100.1, "2026-11-10"), 33.33)
    desk.charge(chen["id"], 50.05)
    desk.reverse(paid)
    play()
    told, summary = fee_totals.figures_of(fee_totals.classes_of(school), "2026-11-24"), desk.client.get("/api/fees/summary").data
    assert (told.fees, told.net, told.paid, told.open, told.overdue_fees) == (2, Decimal("150.15"), 0, Decimal("150.15"), 1)
    assert [float(told.net), float(told.paid), float(told.overdue)] == [summary[n] for n in ("totalFees", "totalPaid", "totalOverdue")]
    assert fee_totals.collected_by_month(fee_totals.classes_of(school)) == {"2026-11": {"CASH": Decimal("0.00")}}


def test_a_school_without_fees_has_no_totals(school):
    assert fee_totals.classes_of(school) == []
    assert fee_totals.figures_of([], "2026-11-24").collection_rate is None


def test_entries_that_come_three_times_and_out_of_order_give_what_a_rebuild_gives(desk, school, play, asha, chen):
    fees = [desk.charge(s["id"], 100, f"2026-{m:02d}-10") for s in (asha, chen) for m in (5, 8, 11)]
    play()
    for fee in fees[:4]:
        desk.pay(fee, 40)
    desk.client.put(f"/api/fees/{fees[0]['id']}", {"dueDate": "2027-02-10"})
    gone = desk.charge(asha["id"], 7)
    play()
    desk.client.delete(f"/api/fees/{gone['id']}")
    entries = journal.entries(school.id, "StudentFee") * 3
    random.Random(7).shuffle(entries)
    for entry in entries:
        if random.Random(entry.id).random() < 0.3:
            reading_fold.forget()
        play([entry])
    assert derived(school) == rebuilt(school)


def test_an_old_entry_alone_makes_its_class_anew(desk, school, play, asha):
    desk.charge(asha["id"], 100)
    play()
    (entry,) = journal.entries(school.id, "StudentFee")
    (kept,) = fee_totals.classes_of(school)
    broken = fee_totals.ClassFees(kept.class_id, kept.academic_year, kept.places, (), ())
    key = {"school_id": school.id, "academic_year": kept.academic_year, "class_id": kept.class_id}
    item = FeeTotals(**key, turn=2, read_until=0, content=broken.pack())
    reading_sheets.put(item, FeeTotals.turn, 1)
    reading_fold.forget()
    play([entry])
    assert derived(school) == rebuilt(school)


@pytest.mark.parametrize("writes", [0, 1, 2, 3, 4, 5])
def test_a_consumer_that_is_killed_between_two_writes_is_made_good_by_the_next(desk, school, play, asha, chen, monkeypatch, writes):
    first, second = desk.charge(asha["id"], 100, "2026-11-10"), desk.charge(chen["id"], 100, "2026-05-10")
    play()
    desk.pay(first, 100)
    desk.pay(second, 50)
    done, put = [], reading_sheets.put

    def dying(*args):
        if len(done) >= writes:
            raise KeyboardInterrupt
        done.append(args)
        put(*args)

    entries = journal.entries(school.id, "StudentFee")[2:]
    monkeypatch.setattr(reading_sheets, "put", dying)
    died = False
    try:
        consumers.fee_totals(journal.stream_event(*entries), Context())
    except KeyboardInterrupt:
        died = True
    assert died == (writes < 5)
    monkeypatch.undo()
    reading_fold.forget()
    reading_book.forget()
    summary = desk.client.get("/api/fees/summary").data  # meanwhile a cold container reads half-written sheets
    assert (summary["totalPaid"], summary["fees"]) == (150, 2)
    play(entries)
    assert derived(school) == rebuilt(school)


def test_two_containers_that_fold_at_once_lose_nothing(desk, school, play, asha, chen, monkeypatch):
    first, second = desk.charge(asha["id"], 100), desk.charge(chen["id"], 100)
    play()
    desk.pay(first, 10)
    catch_up, others = reading_book.catch_up, []

    def overtaken(book, also=()):
        touched = catch_up(book, also)
        if not others:
            others.append(1)
            mine = dict(reading_fold._books)
            reading_fold.forget()
            desk.pay(second, 20)
            reading_fold.fold(school.id)  # another container is quicker
            reading_fold._books.update(mine)
        return touched

    monkeypatch.setattr(reading_book, "catch_up", overtaken)
    reading_fold.fold(school.id)
    assert others
    assert derived(school) == rebuilt(school)
    assert fee_totals.figures_of(fee_totals.classes_of(school), "2026-11-24").paid == 30


def test_a_sheet_without_rows_is_removed(desk, school, play, asha):
    fee = desk.charge(asha["id"], 100, "2025-06-10", academicYear="2025-2026")
    play()
    assert [k.key.half for k in reading_sheets.load(school.id, "2025-2026")] == ["OPEN"]
    desk.pay(fee, 100)
    play()
    assert [k.key.half for k in reading_sheets.load(school.id, "2025-2026")] == ["PAID"]
    assert FeeSheet.partition_of(school_id=school.id, academic_year="2025-2026").startswith(f"SCHOOL#{school.id}")


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=3, max_size=14), shuffle=st.randoms(use_true_random=False))
def test_whatever_happens_and_however_it_is_told_the_roll_ups_equal_a_rebuild(world, steps, shuffle):
    school = make_school()
    admin = someone(school).client
    room = admin.post("/api/classes", {"name": "C", "section": "A", "grade": "1", "capacity": 9}).data
    body = {"dateOfBirth": "2012-01-01", "gender": "FEMALE", "admissionDate": "2026-04-01", "classId": room["id"]}
    students = [admin.post("/api/students", {"firstName": n, **body}).data["id"] for n in ("A", "B")]
    fees, payments = [], []

    def play():
        entries = journal.entries(school.id, "StudentFee") * 2
        shuffle.shuffle(entries)
        answer = consumers.fee_totals(journal.stream_event(*entries[: len(entries) * 2 // 3]), Context()) if entries else None
        assert answer in (None, {"batchItemFailures": []})

    for step in steps:
        act(Desk(school, admin), students, fees, payments, play, step)
    reading_fold.fold(school.id)
    assert derived(school) == rebuilt(school)

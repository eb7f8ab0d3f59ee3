"""Reconciliation finds what does not agree, tells it, and makes derived things anew."""

from datetime import date
from decimal import Decimal

import pytest

from functions.fees import reading_book, reading_fold, reading_sheets, reconcile
from shared import fee_totals
from shared.data import derived, reader
from shared.data.unit_of_work import Actor, UnitOfWork
from shared.entities.fee_totals import FeeSheet, FeeSheetState, FeeTotals
from shared.entities.fees import Payment, StudentFee
from shared.jobs import asked, perform
from tests.api.fees_reading.conftest import NOON

DAY = date(2026, 11, 24)


@pytest.fixture
def settled(desk, asha, binu, play):
    """Two payments and a reversal, worked into the sheets."""
    first, second = desk.charge(asha["id"], 100), desk.charge(binu["id"], 100)
    desk.pay(first, 60)
    desk.reverse(desk.pay(second, 40))
    play()
    return first, second


def differences(desk):
    told = desk.client.get("/api/fees/reconcile").data
    assert told["agrees"] == (not told["differences"])
    assert told["differenceCount"] == len(told["differences"])
    return [(d["what"], d["id"]) for d in told["differences"]]


def put(item):
    derived.put_if(item, None)


def test_books_that_agree_say_so(desk, settled):
    told = desk.client.get("/api/fees/reconcile").data
    assert told == {
        "fees": 2, "payments": 3, "paidByFees": 60, "paidByPayments": 60, "difference": 0,
        "differences": [], "differenceCount": 0, "agrees": True,
    }  # fmt: skip


def test_a_fee_that_says_it_is_paid_without_a_payment_is_found(desk, school, settled):
    fee = reader.load(StudentFee, consistent=True, school_id=school.id, id=settled[0]["id"])
    fee.paid_amount = Decimal("61.00")
    put(fee)
    assert differences(desk) == [("fee.paidAmount", fee.id)]
    told = desk.client.get("/api/fees/reconcile").data
    assert (told["difference"], told["differences"][0]["expected"], told["differences"][0]["found"]) == (1, 60, 61)


def test_a_payment_that_its_fee_does_not_name_is_found(desk, school, settled):
    fee = reader.load(StudentFee, consistent=True, school_id=school.id, id=settled[0]["id"])
    named, fee.payments = fee.payments, []
    put(fee)
    found = desk.client.get("/api/fees/reconcile").data["differences"]
    assert [(d["what"], d["expected"], d["found"]) for d in found if d["what"] == "fee.payments"] == [("fee.payments", named, [])]


def test_a_payment_that_does_not_add_up_or_is_gone_is_found(desk, school, settled):
    fee = reader.load(StudentFee, consistent=True, school_id=school.id, id=settled[0]["id"])
    payment = reader.load(Payment, consistent=True, school_id=school.id, id=fee.payments[0])
    payment.amount = Decimal("59.00")
    put(payment)
    assert differences(desk) == [("payment.amount", payment.id)]
    from shared.data.in_place import remove

    remove(Payment.key_of(school_id=school.id, id=payment.id))
    found = differences(desk)
    assert ("fee.paidAmount", fee.id) in found
    assert ("fee.payments", fee.id) in found
    assert ("receipt.sequence", "RCP-2026") in found, "F3: a receipt number is missing"


def test_a_payment_above_what_is_owed_is_found(desk, school, settled):
    fee = reader.load(StudentFee, consistent=True, school_id=school.id, id=settled[0]["id"])
    fee.total_amount = Decimal("50.00")
    put(fee)
    assert differences(desk)[0] == ("fee.bounds", fee.id)


def test_a_reversal_that_its_payment_does_not_know_is_found(desk, school, settled):
    (reversed_one,) = [
        p for raw in reader.query(Payment.partition_of(school_id=school.id), consistent=True) if (p := Payment.from_item(raw)).reversed_by
    ]
    reversed_one.reversed_by = None
    put(reversed_one)
    assert differences(desk) == [("payment.reversal", reversed_one.id)]


@pytest.fixture
def later(monkeypatch):
    """Long after the last change: no catching up hides what is wrong in sheets and totals."""

    def wait():
        monkeypatch.setattr(reading_book, "changed_since", lambda *_: ({}, frozenset()))
        reading_fold.forget()
        reading_book.forget()

    return wait


def test_a_sheet_that_is_wrong_is_found_and_the_daily_job_makes_it_anew(desk, school, settled, later):
    (kept,) = reading_sheets.load(school.id, "2026-2027", consistent=True)
    wrong = [kept.rows[0]._replace(paid=1), *kept.rows[1:]]
    item = FeeSheet(
        school_id=school.id, academic_year="2026-2027", half="OPEN", block=kept.key.block, turn=9, content=reading_sheets.pack(wrong)
    )
    put(item)
    later()
    assert ("sheet.row", wrong[0].id) in differences(desk)
    told = reconcile.fees_reconcile(school, DAY)
    assert told["differences: sheet.row"] == 1
    assert reconcile.fees_reconcile(school, DAY)["differences"] == 0
    assert differences(desk) == []


def test_totals_that_are_wrong_are_found_and_the_daily_job_makes_them_anew(desk, school, settled, later):
    (kept,) = fee_totals.classes_of(school)
    empty = fee_totals.ClassFees(kept.class_id, kept.academic_year, 2, (), ())
    put(FeeTotals(school_id=school.id, academic_year="2026-2027", class_id=kept.class_id, turn=9, read_until=0, content=empty.pack()))
    later()
    assert differences(desk) == [("totals", f"2026-2027 {kept.class_id}")]
    assert reconcile.fees_reconcile(school, DAY)["differences: totals"] == 1
    assert fee_totals.classes_of(school)[0].days == kept.days
    assert differences(desk) == []


def test_the_daily_job_answers_in_numbers_and_text_and_may_run_twice(desk, school, settled):
    told = reconcile.fees_reconcile(school, DAY)
    assert told == {"fees": 2, "payments": 3, "paidByFees": "60.00", "paidByPayments": "60.00", "difference": "0.00", "differences": 0}
    assert reconcile.fees_reconcile(school, DAY) == told


def test_the_daily_job_runs_once_a_day_however_often_it_is_asked_for(school, settled):
    message = asked("fees-reconcile", school.id, DAY.isoformat())
    run = perform("fees", reconcile.fees_reconcile, message)
    assert run is not None
    assert (run.state, run.result["differences"]) == ("DONE", 0)
    assert perform("fees", reconcile.fees_reconcile, message) is None


def test_the_daily_job_makes_the_first_sheets_of_a_school(desk, school, asha):
    desk.charge(asha["id"], 5)
    reconcile.fees_reconcile(school, DAY)
    assert isinstance(reading_sheets.state_of(school.id), FeeSheetState)
    assert fee_totals.figures_of(fee_totals.classes_of(school), NOON.date().isoformat()).net == 5


def test_payments_that_go_on_meanwhile_are_no_difference(desk, school, settled, monkeypatch):
    from_source = reading_book.from_source
    seen = []

    def busy(school, payment, fee):
        def look(plain):
            payment(plain)
            seen.append(plain)
            if len(seen) == 3:  # the last of the payments; the fees are still to be read
                desk.pay(settled[1], 5)

        return from_source(school, look, fee)

    monkeypatch.setattr(reading_book, "from_source", busy)
    told = desk.client.get("/api/fees/reconcile").data
    assert len(seen) == 3
    assert (told["differences"], told["difference"], told["paidByFees"]) == ([], 0, 65)


def test_reconciling_changes_nothing(desk, school, settled):
    before = sorted(repr(raw) for kind in (StudentFee, Payment) for raw in reader.query(kind.partition_of(school_id=school.id)))
    desk.client.get("/api/fees/reconcile")
    assert sorted(repr(raw) for kind in (StudentFee, Payment) for raw in reader.query(kind.partition_of(school_id=school.id))) == before
    assert UnitOfWork(school.id, Actor(), "tests").empty

"""F7: what a school's night does with its fees, each once, and how it goes on after a crash."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from functions.fees import night
from functions.fees.night import fees_night
from shared import clock, messages
from shared.data.unit_of_work import UnitOfWork
from shared.entities.jobs import JobRun
from shared.jobs import asked, perform
from tests.api.fees_night.conftest import NOON, TODAY, Nights, later
from tests.support.journal import entries

FIXED = {"kind": "FIXED", "amount": 50}
DAILY = {"kind": "DAILY", "amount": 10}


def test_f7_overdue_fees_are_flagged_as_they_read_and_no_others(nights: Nights) -> None:
    asha = nights.student()
    late, today, paid = nights.fee(asha, "2026-11-23"), nights.fee(asha, "2026-11-24"), nights.fee(asha, "2026-11-01")
    nights.pay(paid, 1000)
    result = nights.run()
    assert (result["fees"], result["overdue"], result["flagged"]) == (3, 1, 1)
    assert nights.stored(late).flagged_on == "2026-11-24"
    assert nights.shown(late)["status"] == "OVERDUE"
    for fee in (today, paid):
        assert nights.stored(fee).flagged_on is None
        assert nights.shown(fee)["status"] != "OVERDUE"


def test_f7_the_flag_goes_when_the_fee_is_paid_and_comes_back_when_the_payment_is_reversed(nights: Nights) -> None:
    fee = nights.fee(nights.student(), "2026-11-01")
    nights.run()
    payment = nights.pay(fee, 1000)
    assert nights.run()["unflagged"] == 1
    assert nights.stored(fee).flagged_on is None
    nights.admin.client.post(f"/api/payments/{payment['id']}/reverse", {"reason": "bounced"})
    assert nights.run()["flagged"] == 1


def test_f7_a_night_run_twice_changes_nothing(nights: Nights) -> None:
    nights.set(lateFine=FIXED)
    fee = nights.fee(nights.student(), "2026-11-01")
    first, before = nights.run(), nights.stored(fee)
    assert (first["fines"], first["fined"]) == (1, "50.00")
    second = nights.run()
    assert (second["flagged"], second["fines"], second["fined"], second["messages"]) == (0, 0, "0.00", 0)
    assert nights.stored(fee).plain() == before.plain()


def test_f7_the_clock_that_fires_twice_runs_the_night_once(nights: Nights) -> None:
    nights.set(lateFine=DAILY)
    fee = nights.fee(nights.student(), "2026-11-01")
    message = asked("fees-night", nights.school.id, TODAY.isoformat())
    assert perform("fees", fees_night, message) is not None
    assert perform("fees", fees_night, message) is None
    assert str(nights.stored(fee).fine_amount) == "230.00"


def test_f7_a_fixed_fine_is_added_to_what_is_owed_and_told_with_its_day(nights: Nights) -> None:
    nights.set(lateFine=FIXED)
    fee = nights.fee(nights.student(), "2026-11-20")
    nights.run()
    now = nights.shown(fee)
    assert (now["fineAmount"], now["netAmount"], now["openAmount"]) == (50, 1050, 1050)
    assert [(f["day"], f["amount"]) for f in now["fines"]] == [("2026-11-24", 50)]
    nights.pay(fee, 1050)
    assert nights.shown(fee)["status"] == "PAID"
    assert nights.run()["fines"] == 0


def test_f7_a_percentage_is_of_what_is_open(nights: Nights) -> None:
    nights.set(lateFine={"kind": "PERCENTAGE", "percentage": 2})
    fee = nights.fee(nights.student(), "2026-11-20")
    nights.pay(fee, 400.5)
    nights.run()
    assert str(nights.stored(fee).fine_amount) == "11.99"


def test_f7_days_of_grace_pass_without_a_fine(nights: Nights) -> None:
    nights.set(lateFine={**FIXED, "graceDays": 5})
    fee = nights.fee(nights.student(), "2026-11-20")
    assert nights.run(date(2026, 11, 25))["fines"] == 0
    assert nights.run(date(2026, 11, 26))["fines"] == 1
    assert nights.shown(fee)["fineAmount"] == 50


def test_f7_a_daily_fine_grows_each_night_up_to_its_maximum_on_one_line_a_month(nights: Nights) -> None:
    nights.set(lateFine={**DAILY, "maximum": 115})
    fee = nights.fee(nights.student(), "2026-11-23")
    for days in (0, 1, 2, 5, 6, 7, 8, 20, 30):
        nights.run(later(days))
    stored = nights.stored(fee)
    assert str(stored.fine_amount) == "115.00"
    assert [(f["day"], f["amount"]) for f in stored.fines] == [("2026-11-30", "70.00"), ("2026-12-14", "45.00")]


def test_f7_a_fine_that_was_waived_does_not_come_back(nights: Nights) -> None:
    nights.set(lateFine=FIXED)
    fee = nights.fee(nights.student(), "2026-11-20")
    nights.run()
    assert nights.admin.client.put(f"/api/fees/{fee}", {"fineAmount": 0, "reason": "The bank was closed"}).status == 200
    assert nights.run(later(1))["fines"] == 0
    assert nights.shown(fee)["openAmount"] == 1000


def test_f7_a_fee_whose_fine_alone_is_open_is_not_fined_again(nights: Nights) -> None:
    nights.set(lateFine=DAILY)
    fee = nights.fee(nights.student(), "2026-11-23")
    nights.run()
    nights.pay(fee, 1000)
    assert nights.run(later(1))["fines"] == 0
    assert nights.shown(fee)["openAmount"] == 10


def test_f7_each_instalment_that_is_late_is_fined_once(nights: Nights) -> None:
    nights.set(lateFine=FIXED)
    parts = [{"dueDate": "2026-11-10", "amount": 400}, {"dueDate": "2026-12-10", "amount": 600}]
    fee = nights.fee(nights.student(), "2026-12-10", instalments=parts)
    for days in (0, 1):
        nights.run(later(days))
    assert str(nights.stored(fee).fine_amount) == "50.00"
    nights.pay(fee, 400)
    assert nights.run(later(2))["unflagged"] == 1
    nights.run(later(17))
    assert str(nights.stored(fee).fine_amount) == "100.00"


def test_f7_fines_and_flags_are_in_the_journal_one_entry_a_batch(nights: Nights) -> None:
    nights.set(lateFine=FIXED)
    fees = {nights.fee(nights.student(f"Student {n}"), "2026-11-01") for n in range(3)}
    nights.run()
    found = [e for e in entries(nights.school.id, "StudentFee") if e.action == "LATE_FINE"]
    assert [set(e.entity_ids) for e in found] == [fees]
    assert [e.role for e in found] == ["SYSTEM"]
    assert str(found[0].changes).count('"fineAmount":[null,"50.00"]') == 3


def test_f7_guardians_are_reminded_before_and_after_once_a_fee_and_interval(nights: Nights) -> None:
    nights.set(reminderDaysBefore=[7, 1], reminderDaysAfter=[1, 3])
    asha = nights.student()
    nights.fee(asha, "2026-11-26", 1500)
    told = []
    for days in range(-7, 8):
        for _ in range(2):
            told += [days] * nights.run(later(days))["messages"]
    assert told == [-5, 1, 3, 5]
    assert sorted((m.topic, m.id.rpartition("#")[2]) for m in nights.messages()) == [
        ("FEE_OVERDUE", "2026-11-27"),
        ("FEE_OVERDUE", "2026-11-29"),
        ("FEE_REMINDER", "2026-11-19"),
        ("FEE_REMINDER", "2026-11-25"),
    ]


def test_f7_several_fees_of_a_student_are_one_message_that_lists_them(nights: Nights) -> None:
    nights.set(reminderDaysBefore=[7, 3], reminderDaysAfter=[2])
    asha, ravi = nights.student(), nights.student("Ravi")
    nights.fee(asha, "2026-12-01", 1500, name="Tuition")
    nights.fee(asha, "2026-11-27", 300.5, name="Transport")
    nights.fee(asha, "2026-11-22", 75, name="Library")
    nights.fee(ravi, "2026-12-01", 1, name="Tuition")
    assert nights.run()["messages"] == 3
    by_key = {(m.student_id, m.topic): m.facts for m in nights.messages()}
    assert by_key[asha, "FEE_REMINDER"] == {"fee": "Transport, Tuition", "amount": "INR 1,800.50", "dueDate": "2026-11-27, 2026-12-01"}
    assert by_key[asha, "FEE_OVERDUE"] == {"fee": "Library", "amount": "INR 75.00", "dueDate": "2026-11-22", "daysOverdue": "2"}
    assert by_key[ravi, "FEE_REMINDER"]["amount"] == "INR 1.00"


def test_f7_an_overdue_message_names_what_is_open_with_the_fine_of_that_night(nights: Nights) -> None:
    nights.set(reminderDaysBefore=[], reminderDaysAfter=[1], lateFine=FIXED)
    fee = nights.fee(nights.student(), "2026-11-23")
    nights.pay(fee, 900)
    nights.run()
    assert [m.facts["amount"] for m in nights.messages()] == ["INR 150.00"]


def test_f7_a_paid_fee_is_not_reminded_of(nights: Nights) -> None:
    nights.set(reminderDaysBefore=[7], reminderDaysAfter=[])
    fee = nights.fee(nights.student(), "2026-12-01")
    nights.pay(fee, 1000)
    assert nights.run()["messages"] == 0


def test_f7_a_cashier_who_is_quicker_has_the_fee_decided_again(nights: Nights, monkeypatch: pytest.MonkeyPatch) -> None:
    nights.set(lateFine=FIXED)
    fee, other = (nights.fee(nights.student(name), "2026-11-01") for name in ("Asha", "Ravi"))
    paid: list[Any] = []
    commit = UnitOfWork.commit

    def overtaken(unit: UnitOfWork) -> None:
        if not paid and any(c.action == "LATE_FINE" for c in unit.changes):
            paid.append(nights.pay(fee, 1000))
        commit(unit)

    monkeypatch.setattr(UnitOfWork, "commit", overtaken)
    assert nights.run()["fines"] == 1
    assert nights.stored(fee).fine_amount is None
    assert str(nights.stored(other).fine_amount) == "50.00"


@pytest.mark.parametrize("after", ["commit", "messages"])
def test_f7_a_night_that_fails_halfway_is_gone_on_with_and_each_thing_is_done_once(
    nights: Nights, monkeypatch: pytest.MonkeyPatch, after: str
) -> None:
    nights.set(lateFine=DAILY, reminderDaysBefore=[], reminderDaysAfter=[23])
    monkeypatch.setattr(night, "_BATCH", 2)
    fees = [nights.fee(nights.student(f"S{n}"), "2026-11-01") for n in range(6)]
    calls: list[int] = []

    def failing(*arguments: Any, **options: Any) -> int:
        calls.append(1)
        if len(calls) == 2:
            if after == "messages":
                messages.owe(*arguments, **options)
            raise RuntimeError("the process died")
        return messages.owe(*arguments, **options)

    monkeypatch.setattr(night, "owe", failing)
    message = asked("fees-night", nights.school.id, TODAY.isoformat())
    with pytest.raises(RuntimeError):
        perform("fees", fees_night, message)
    assert len([f for f in fees if nights.stored(f).fine_amount]) == 4
    run = perform("fees", fees_night, message)
    assert run is not None
    assert run.state == "DONE"
    assert {str(nights.stored(f).fine_amount) for f in fees} == {"230.00"}
    assert len(nights.messages()) == 6


_KILLED = """
    import os, signal, sys
    sys.path.insert(0, os.environ["ROOT"])
    from functions.fees import night
    from shared import jobs
    night._BATCH = 2
    owe, calls = night.owe, []
    def killed(*arguments, **options):
        calls.append(1)
        if len(calls) == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return owe(*arguments, **options)
    night.owe = killed
    jobs.perform("fees", night.fees_night, jobs.asked("fees-night", sys.argv[1], sys.argv[2]))
"""


def test_f7_a_process_killed_in_the_middle_of_the_night_leaves_nothing_doubled(nights: Nights) -> None:
    nights.set(lateFine=DAILY, reminderDaysBefore=[], reminderDaysAfter=[23])
    fees = [nights.fee(nights.student(f"S{n}"), "2026-11-01") for n in range(6)]
    environment = {**os.environ, "ROOT": str(Path(__file__).parents[3])}
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(_KILLED), nights.school.id, TODAY.isoformat()],
        env=environment,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert len([f for f in fees if nights.stored(f).fine_amount]) == 4
    message = asked("fees-night", nights.school.id, TODAY.isoformat())
    assert perform("fees", fees_night, message) is None  # the lease of the dead process is still good
    clock.use(lambda: clock._system().replace(year=2099))
    run = perform("fees", fees_night, message)
    clock.use(lambda: NOON)
    assert isinstance(run, JobRun)
    assert {str(nights.stored(f).fine_amount) for f in fees} == {"230.00"}
    assert len(nights.messages()) == 6


@pytest.mark.parametrize(
    ("timezone", "instant", "day", "overdue"),
    [
        # 31 December, 20:00 UTC: the new year has begun in Kolkata and Kiritimati, and Honolulu has its morning.
        ("Asia/Kolkata", "2026-12-31T20:00:00+00:00", date(2027, 1, 1), True),
        ("Pacific/Kiritimati", "2026-12-31T20:00:00+00:00", date(2027, 1, 1), True),
        ("Pacific/Honolulu", "2026-12-31T20:00:00+00:00", date(2026, 12, 31), False),
        ("Pacific/Honolulu", "2027-01-01T10:30:00+00:00", date(2027, 1, 1), True),
    ],
)
def test_f7_a_fee_due_on_31_december_is_overdue_in_the_schools_own_new_year(
    open_school: Callable[..., Nights], timezone: str, instant: str, day: date, overdue: bool
) -> None:
    nights = open_school(timezone=timezone)
    fee = nights.fee(nights.student(), "2026-12-31")
    moment = NOON.fromisoformat(instant)
    clock.use(lambda: moment)
    assert clock.today(timezone) == day
    nights.run(day)
    assert (nights.stored(fee).flagged_on is not None) == overdue
    assert (nights.shown(fee)["status"] == "OVERDUE") == overdue


@pytest.mark.parametrize(("instant", "overdue"), [("2026-03-29T21:59:00+00:00", False), ("2026-03-29T22:01:00+00:00", True)])
def test_f7_a_day_that_loses_an_hour_is_one_day_like_any_other(open_school: Callable[..., Nights], instant: str, overdue: bool) -> None:
    nights = open_school(timezone="Europe/Berlin", currency="EUR")
    nights.set(lateFine=DAILY, reminderDaysBefore=[], reminderDaysAfter=[1])
    fee = nights.fee(nights.student(admissionDate="2026-01-01"), "2026-03-29")
    moment = NOON.fromisoformat(instant)
    clock.use(lambda: moment)
    result = nights.run(clock.today("Europe/Berlin"))
    assert (result["flagged"], result["fined"], result["messages"]) == ((1, "10.00", 1) if overdue else (0, "0.00", 0))
    assert (nights.shown(fee)["status"] == "OVERDUE") == overdue


def test_f6_fees_payments_and_what_is_derived_agree_after_nights_of_fines(nights: Nights) -> None:
    nights.set(lateFine=DAILY)
    fees = [nights.fee(nights.student(f"S{n}"), "2026-11-20") for n in range(3)]
    nights.pay(fees[0], 300)
    nights.run()
    nights.pay(fees[1], 1040)
    nights.run(later(1))
    told = nights.admin.client.get("/api/fees/reconcile").data
    assert told["agrees"], told
    summary = nights.admin.client.get("/api/fees/summary").data
    assert (summary["totalFees"], summary["totalPaid"], summary["totalDue"]) == (3140, 1340, 1800)


def test_f7_a_school_without_fees_has_a_night_too(nights: Nights) -> None:
    assert nights.run() == {"fees": 0, "overdue": 0, "flagged": 0, "unflagged": 0, "fines": 0, "messages": 0, "fined": "0.00"}


def test_g3_fines_have_the_decimals_of_the_currency(open_school: Callable[..., Nights]) -> None:
    for currency, wanted in (("JPY", "11"), ("KWD", "11.115")):
        nights = open_school(currency=currency)
        nights.set(lateFine={"kind": "PERCENTAGE", "percentage": 1}, reminderDaysBefore=[], reminderDaysAfter=[])
        nights.fee(nights.student(), "2026-11-01", 1111 if currency == "JPY" else 1111.5)
        assert nights.run()["fined"] == wanted

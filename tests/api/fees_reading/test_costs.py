"""What reading fees costs: read units, round trips, processor time.

FEES_FULL=10000 runs it with so many students and tells the figures (`pytest -s`). Above 2,000 all sheets are written, but the records
of one class alone: a local engine takes many minutes for all of them.
"""

import os
import statistics
import time
from decimal import Decimal

import pytest

from functions.fees import consumers, reading_book, reading_fold, reading_select, reading_sheets, report
from shared import clock, fee_totals, lists
from shared.csv_files import write_rows
from tests.api.fees_reading.conftest import NOON, Desk, someone
from tests.api.fees_reading.year import YEAR, load_year
from tests.support import journal
from tests.support.client import Context
from tests.support.world import make_school
from tools.bench.recorder import Recorder

TOLD = int(os.environ.get("FEES_FULL", "0"))
STUDENTS = TOLD or 320
SHEETS_ALONE = STUDENTS > 2_000


class Measured:
    """The large school and what was measured on it."""

    def __init__(self) -> None:
        clock.use(lambda: NOON)
        self.school = make_school()
        self.admin = someone(self.school).client
        self.loaded = load_year(self.school, STUDENTS, paid_until="2026-11-30", records_of=40 if SHEETS_ALONE else None)
        self.recorder = Recorder()
        self.tell("load", f"{self.loaded.fees} fees, {self.loaded.payments} payments in {self.loaded.seconds:.0f} s")

    def tell(self, what: str, figures: str) -> None:
        """Figures for whoever runs it at full size."""
        if TOLD:
            print(f"{what:50} {figures}", flush=True)

    def cost(self, what, call, times=1):
        """What a call gives and consumes, told with the median of its processor time."""
        spent = []
        for _ in range(times):
            with self.recorder.record() as consumed:
                began, wall = time.process_time(), time.perf_counter()
                answer = call()
                spent.append(((time.process_time() - began) * 1000, (time.perf_counter() - wall) * 1000))
        cpu, wall = (statistics.median(s[n] for s in spent) for n in (0, 1))
        self.tell(what, f"{consumed.round_trips} trips, {consumed.read_units:.1f} RU, {cpu:.1f} ms CPU, {wall:.1f} ms")
        return answer, consumed

    def page(self, what, path, times=5, **query):
        """A GET that must succeed."""
        answer, consumed = self.cost(what, lambda: self.admin.get(path, **query), times)
        assert answer.status == 200, answer.body
        return answer, consumed


pytestmark = pytest.mark.timeout(1_200 if TOLD else 120)


@pytest.fixture(scope="module")
def measured(table):
    for model in lists.ALL:
        model.forget()
    yield Measured()
    clock.use(None)


@pytest.fixture(autouse=True)
def _warm(measured):
    """The sheets are made once; each test finds a warm container."""
    if reading_sheets.state_of(measured.school.id) is None:
        measured.cost("first fold, from the fees themselves", lambda: reading_fold.fold(measured.school.id))
    measured.admin.get("/api/fees")
    measured.admin.get("/api/fees/report")


def test_any_page_of_the_list_is_at_most_two_trips_and_three_units_in_a_warm_container(measured):
    for query in (
        {},
        {"page": 17, "sort": "-totalAmount", "pageSize": 100},
        {"status": "OVERDUE", "sort": "openAmount"},
        {"dueFrom": "2026-06-01", "dueTo": "2026-08-31"},
        {"search": "name11"},
        {"sort": "studentName"},
    ):
        answer, consumed = measured.page(f"list {query}", "/api/fees", **query)
        assert answer.json["pagination"]["totalRecords"] > 0
        assert consumed.round_trips <= 2
        assert consumed.read_units <= 3


def test_a_page_of_overdue_fees_is_at_most_two_trips_and_twenty_units(measured):
    _, consumed = measured.page("overdue", "/api/fees/overdue", pageSize=100)
    assert (consumed.round_trips <= 2, consumed.read_units <= 20) == (True, True)


def test_the_summary_is_at_most_two_trips_and_twenty_units(measured):
    answer, consumed = measured.page("summary", "/api/fees/summary")
    assert answer.data["fees"] == measured.loaded.fees
    assert (consumed.round_trips <= 2, consumed.read_units <= 20) == (True, True)


def test_the_report_by_class_method_and_collector_costs_no_more_than_the_list(measured):
    for query in ({}, {"method": "CASH"}, {"paidFrom": "2026-05-01", "paidTo": "2026-05-31"}, {"status": "OVERDUE"}):
        _, consumed = measured.page(f"report {query}", "/api/fees/report", pageSize=100, **query)
        assert consumed.round_trips <= 2
        assert consumed.read_units <= 20


def test_a_page_right_after_a_payment_reads_that_fee_and_its_payment_alone(measured):
    desk = Desk(measured.school, measured.admin)
    fee = desk.rows(status="OVERDUE", classId=measured.loaded.room)[0]
    desk.pay(fee, 1)
    _, consumed = measured.page("list right after a payment", "/api/fees", times=1)
    assert consumed.requests == ["Query", "BatchGetItem", "BatchGetItem"]
    assert consumed.read_units <= 6
    desk.pay(fee, 1)
    measured.page("report right after a payment", "/api/fees/report", times=1)


def test_a_students_fees_and_ledger_are_few_trips(measured):
    student = measured.loaded.students[5]
    _, consumed = measured.page("a student's fees", f"/api/students/{student}/fees")
    assert (consumed.round_trips <= 2, consumed.read_units <= 6) == (True, True)
    _, consumed = measured.page("a student's ledger", f"/api/students/{student}/ledger")
    assert (consumed.round_trips <= 3, consumed.read_units <= 24) == (True, True)


def test_a_cold_container_starts_from_sheets_at_a_small_part_of_what_the_fees_would_cost(measured):
    reading_book.forget()
    _, cold = measured.page("list, cold container, from sheets", "/api/fees", times=1)
    assert cold.round_trips <= (12 if TOLD else 5)
    if SHEETS_ALONE:
        return
    _, source = measured.cost("the same from the fees themselves", lambda: reading_book.from_source(measured.school))
    assert cold.read_units < source.read_units / 10


def test_dashboards_read_all_classes_of_a_year_in_one_query(measured):
    classes, consumed = measured.cost("totals of all classes", lambda: fee_totals.classes_of(measured.school), times=3)
    assert len(classes) == STUDENTS // 40
    assert consumed.requests == ["Query"]
    assert consumed.read_units <= 1 + 21 * STUDENTS / 10_000  # all five methods in every month; 18 with three of them
    told = fee_totals.figures_of(classes, "2026-11-24")
    summary = measured.admin.get("/api/fees/summary", academicYear=YEAR).data
    assert (told.fees, told.overdue_fees) == (summary["fees"], summary["overdueFees"])
    assert [str(told.net), str(told.collection_rate)] == [f"{Decimal(str(summary['totalFees'])):.2f}", str(summary["collectionRate"])]


def test_folding_a_payment_in_writes_a_sheet_or_two_the_sums_of_its_class_and_the_state(measured):
    reading_fold.fold(measured.school.id)
    desk = Desk(measured.school, measured.admin)
    desk.pay(desk.rows(status="OVERDUE", classId=measured.loaded.room)[0], 1)
    entry = journal.entries(measured.school.id, "StudentFee")[-1]
    event = journal.stream_event(entry)
    _, consumed = measured.cost("fold of a payment", lambda: consumers.fee_totals(event, Context()))
    assert consumed.requests.count("PutItem") <= 4
    measured.tell("  write units", f"{consumed.write_units:.1f}")


def test_the_report_as_a_file_and_reconciliation(measured):
    query = {"format": "csv", "classId": measured.loaded.room}
    answer, _ = measured.page("report of a class as CSV", "/api/fees/report", times=1, **query)
    assert answer.body.count(b"\r\n") == 480 + 2
    if TOLD:
        book = reading_book.of(measured.school)
        f = reading_select.Filters("2026-11-24", YEAR, "2026-04-01")
        rows, sums = reading_select.select(book, f).rows(), reading_select.sums(book, f)
        caller = type("C", (), {"school": measured.school, "school_id": measured.school.id, "today": lambda _: NOON.date()})()
        lines = lambda: sum(map(len, write_rows(report.HEADERS, report.lines(caller, rows, sums))))  # noqa: E731 - a measurement
        size, _ = measured.cost("report of all as CSV", lines)
        measured.tell("  size", f"{size / 1e6:.1f} MB")
    if SHEETS_ALONE:
        return
    answer, _ = measured.page("reconcile", "/api/fees/reconcile", times=1)
    assert (answer.data["agrees"], answer.data["difference"]) == (True, 0)

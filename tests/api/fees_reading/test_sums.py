"""Summary, report, ledger and payments agree to the cent (rule F6)."""

import csv
import io
from decimal import Decimal

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.fees import reading_book, reading_fold
from shared.auth.permissions import Role
from tests.api.fees_reading.conftest import Desk, someone
from tests.support import journal
from tests.support.world import make_school


def exact(reply):
    """The envelope's data with every number as it is written."""
    import json

    told = json.loads(reply.body, parse_float=Decimal)
    assert told["success"], told
    return told["data"]


def test_f6_no_fees_have_no_rate_of_collection(desk):
    told = desk.client.get("/api/fees/summary").data
    assert (told["fees"], told["totalFees"], told["collectionRate"]) == (0, 0, None)
    assert desk.client.get("/api/fees/report").data["totals"]["collectionRate"] is None


def test_f6_fees_of_nothing_have_no_rate_of_collection(desk, asha):
    desk.charge(asha["id"], 10, scholarshipAmount=10)
    told = desk.client.get("/api/fees/summary").data
    assert (told["fees"], told["totalFees"], told["collectionRate"], told["byStatus"]["PAID"]) == (1, 0, None, 1)


def test_f6_the_summary_tells_net_paid_due_and_rate(desk, asha, binu):
    first = desk.charge(asha["id"], 1000, "2026-11-10", discountAmount=100)
    desk.charge(binu["id"], 600)
    desk.pay(first, 500)
    told = exact(desk.client.get("/api/fees/summary"))
    assert {n: told[n] for n in ("totalFees", "totalPaid", "totalDue", "totalOverdue", "totalDiscount", "collected")} == {
        "totalFees": Decimal("1500.00"),
        "totalPaid": Decimal("500.00"),
        "totalDue": Decimal("1000.00"),
        "totalOverdue": Decimal("400.00"),
        "totalDiscount": Decimal("100.00"),
        "collected": Decimal("500.00"),
    }
    assert str(told["collectionRate"]) == "33.33"
    assert told["byStatus"] == {"PAID": 0, "PARTIAL": 0, "DUE": 1, "OVERDUE": 1}
    assert (told["overdueFees"], told["currency"], told["asOf"]) == (1, "INR", "2026-11-24")


def test_a_percentage_can_be_asked_for_with_its_rule_and_its_numbers(desk, asha):
    desk.pay(desk.charge(asha["id"], 3), 1)
    for reply in (desk.client.get("/api/fees/summary", explain="true"), desk.client.get("/api/fees/report", explain="true")):
        told = exact(reply)
        told = told.get("totals", told)["explanation"]["collectionRate"]
        assert (told["numerator"], told["denominator"], str(told["result"])) == (1, 3, "33.33")
        assert told["rule"].startswith("F6")
    assert "explanation" not in desk.client.get("/api/fees/summary").data


def test_f6_reversals_count(desk, asha):
    fee = desk.charge(asha["id"], 100)
    paid = desk.pay(fee, 60)
    assert desk.client.get("/api/fees/summary").data["totalPaid"] == 60
    accountant = Desk(desk.school, desk.client)
    assert accountant.reverse(paid).status == 201
    told = desk.client.get("/api/fees/summary").data
    assert (told["totalPaid"], told["collected"], told["totalDue"], told["collectionRate"]) == (0, 0, 100, 0)
    assert desk.client.get("/api/fees/summary", method="CASH").data["collected"] == 0


def test_f6_ten_thousand_small_amounts_lose_no_cent(desk, asha):
    for _ in range(10):
        desk.pay(desk.charge(asha["id"], 0.1), 0.1)
    assert b'"totalPaid":1.00,' in desk.client.get("/api/fees/summary").body


@pytest.mark.parametrize(("currency", "amount", "told"), [("JPY", 1234, b"1234"), ("KWD", 1.005, b"1.005"), ("INR", 0.1, b"0.10")])
def test_g3_sums_have_the_currencys_decimals(world, currency, amount, told):
    school = make_school(currency=currency)
    admin = someone(school).client
    room = admin.post("/api/classes", {"name": "C", "section": "A", "grade": "1", "capacity": 9}).data
    student = {"firstName": "A", "dateOfBirth": "2012-01-01", "gender": "FEMALE", "admissionDate": "2026-04-01", "classId": room["id"]}
    desk = Desk(school, admin)
    desk.charge(admin.post("/api/students", student).data["id"], amount)
    body = admin.get("/api/fees/summary").body
    assert b'"totalFees":' + told + b',"' in body
    assert admin.get("/api/fees/report", format="csv").body.count(told) >= 2


def test_f6_the_report_is_filtered_by_method_and_collector_and_equals_the_summary(desk, school, asha, binu, accountant):
    other = someone(school, Role.ACCOUNTANT)
    first, second = desk.charge(asha["id"], 100), desk.charge(binu["id"], 100)
    desk.pay(first, 30)
    desk.pay(first, 20, "CARD")
    Desk(school, other.client).pay(second, 40)
    desk.charge(asha["id"], 100)
    for query, fees, collected in (
        ({"method": "CASH"}, 2, 70),
        ({"method": "CARD"}, 1, 20),
        ({"method": "ONLINE"}, 0, 0),
        ({"collector": accountant.id}, 1, 50),
        ({"collector": other.id, "method": "CASH"}, 1, 40),
        ({"paidFrom": "2026-11-24", "paidTo": "2026-11-24"}, 2, 90),
        ({"paidTo": "2026-11-23"}, 0, 0),
    ):
        report, summary = desk.client.get("/api/fees/report", **query).data, desk.client.get("/api/fees/summary", **query).data
        assert report["totals"] == summary
        assert (summary["fees"], summary["collected"], report["totalRecords"]) == (fees, collected, fees)
        assert sum(r["collected"] for r in report["rows"]) == collected


def test_the_report_is_paged_and_names_student_and_class(desk, asha, rooms):
    for n in range(3):
        desk.charge(asha["id"], n + 1, f"2026-12-0{n + 1}")
    page = desk.client.get("/api/fees/report", pageSize=2, page=2).data
    assert (page["page"], page["pageSize"], page["totalPages"], page["totalRecords"], page["totals"]["totalFees"]) == (2, 2, 2, 3, 6)
    (row,) = page["rows"]
    assert (row["studentName"], row["className"], row["section"], row["netAmount"]) == ("Asha Rao", "Class 10", "A", 3)


def test_g12_the_report_as_csv_has_every_fee_and_the_sums_and_no_cell_that_a_spreadsheet_runs(desk, enrol, rooms):
    evil = enrol("=HYPERLINK(1)", rooms[0])
    desk.pay(desk.charge(evil["id"], 10.5, name="+1"), 10)
    reply = desk.client.get("/api/fees/report", format="csv")
    assert reply.headers["content-type"].startswith("text/csv")
    assert reply.body.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in reply.body
    header, row, total = csv.reader(io.StringIO(reply.body.decode("utf-8-sig"), newline=""))
    told = dict(zip(header, row, strict=True))
    assert (told["netAmount"], told["paidAmount"], told["openAmount"], told["status"]) == ("10.50", "10.00", "0.50", "PARTIAL")
    assert told["studentName"].startswith("'=")
    assert told["fee"].startswith("'+")
    assert dict(zip(header, total, strict=True)) | {"netAmount": "10.50", "paidAmount": "10.00"} == dict(zip(header, total, strict=True))


def test_g11_an_exported_report_is_in_the_journal_without_what_was_searched_for(desk, school, asha):
    desk.charge(asha["id"], 1)
    desk.client.get("/api/fees/report", format="csv", search="asha", status="DUE")
    (entry,) = journal.entries(school.id, "Export")
    assert entry.action == "EXPORT_FEES"
    assert "asha" not in (entry.changes or "")
    assert "DUE" in (entry.changes or "")


def test_the_ledger_tells_each_line_in_order_with_the_balance_after_it(desk, asha):
    fee = desk.charge(asha["id"], 1000, discountAmount=100, scholarshipAmount=50)
    paid = desk.pay(fee, 300)
    desk.reverse(paid)
    desk.pay(fee, 250, "CARD")
    told = exact(desk.client.get(f"/api/students/{asha['id']}/ledger"))
    lines = [(e["kind"], e["amount"], e["balance"]) for e in told["entries"]]
    assert lines == [
        ("CHARGE", 1000, 1000),
        ("DISCOUNT", -100, 900),
        ("SCHOLARSHIP", -50, 850),
        ("PAYMENT", -300, 550),
        ("REVERSAL", 300, 850),
        ("PAYMENT", -250, 600),
    ]
    assert (told["balance"], told["feesBalance"], told["difference"], told["balanced"]) == (600, 600, 0, True)
    assert (told["charged"], told["discounts"], told["scholarships"], told["paid"]) == (1000, 100, 50, 250)
    assert told["entries"][1]["text"] == "As agreed"
    assert [e["receiptNumber"] for e in told["entries"]] == [None] * 3 + [f"RCP-2026-000{n}" for n in (1, 2, 3)]


def test_the_ledger_shows_a_difference_instead_of_hiding_it(desk, school, asha):
    from shared.data import reader
    from shared.data.unit_of_work import Actor, UnitOfWork
    from shared.entities.fees import StudentFee

    fee = desk.charge(asha["id"], 100)
    stored = reader.load(StudentFee, consistent=True, school_id=school.id, id=fee["id"])
    stored.paid_amount = Decimal("1.00")  # paid, without a payment
    unit = UnitOfWork(school.id, Actor(), "tests")
    unit.update(stored)
    unit.commit()
    told = desk.client.get(f"/api/students/{asha['id']}/ledger").data
    assert (told["balance"], told["feesBalance"], told["difference"], told["balanced"]) == (100, 99, 1, False)


STEP = st.one_of(
    st.tuples(st.just("charge"), st.integers(0, 1), st.integers(1, 9_999_99), st.integers(0, 400_00)),
    st.tuples(st.just("pay"), st.integers(0, 20), st.integers(1, 100), st.sampled_from(["CASH", "CARD", "ONLINE"])),
    st.tuples(st.just("reverse"), st.integers(0, 20)),
    st.tuples(st.just("delete"), st.integers(0, 20)),
    st.tuples(st.just("due"), st.integers(0, 20), st.sampled_from(["2026-05-01", "2026-11-23", "2027-01-31"])),
    st.tuples(st.just("fold")),
    st.tuples(st.just("cold")),
)


def cents(amount):
    return float(Decimal(amount).scaleb(-2))


def act(desk: Desk, students, fees, payments, play, step) -> None:
    match step:
        case ("charge", who, amount, off):
            fees.append(desk.charge(students[who], cents(amount), "2026-11-10", discountAmount=cents(min(off, amount))))
        case ("pay", n, share, method) if fees:
            fee = desk.client.get(f"/api/fees/{fees[n % len(fees)]['id']}").data
            if amount := int(Decimal(str(fee["openAmount"])) * share):  # cents: a share of what is open, in percent
                payments.append(desk.pay(fee, cents(amount), method))
        case ("reverse", n) if payments:
            desk.reverse(payments.pop(n % len(payments)))
        case ("delete", n) if fees:
            fee = fees[n % len(fees)]
            if desk.client.delete(f"/api/fees/{fee['id']}").status == 200:
                fees.remove(fee)
        case ("due", n, day) if fees:
            assert desk.client.put(f"/api/fees/{fees[n % len(fees)]['id']}", {"dueDate": day}).status == 200
        case ("fold",):
            play()
        case ("cold",):
            reading_book.forget()
            reading_fold.forget()


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=3, max_size=14))
def test_f6_summary_report_csv_ledgers_and_payments_agree_to_the_cent_whatever_happens(world, steps):
    school = make_school()
    admin = someone(school).client
    desk = Desk(school, admin)
    room = admin.post("/api/classes", {"name": "C", "section": "A", "grade": "1", "capacity": 9}).data
    body = {"dateOfBirth": "2012-01-01", "gender": "FEMALE", "admissionDate": "2026-04-01", "classId": room["id"]}
    students = [admin.post("/api/students", {"firstName": n, **body}).data["id"] for n in ("A", "B")]
    fees, payments = [], []

    def play():
        reading_fold.fold(school.id)

    for step in steps:
        act(desk, students, fees, payments, play, step)
    summary = exact(admin.get("/api/fees/summary"))
    report = exact(admin.get("/api/fees/report", pageSize=100))
    assert report["totals"] == summary
    for total, field in (("totalFees", "netAmount"), ("totalPaid", "paidAmount"), ("totalDue", "openAmount"), ("collected", "collected")):
        assert sum((r[field] for r in report["rows"]), Decimal(0)) == summary[total]
    *_, last = csv.reader(io.StringIO(admin.get("/api/fees/report", format="csv").body.decode("utf-8-sig"), newline=""))
    assert [Decimal(c) for c in last[15:18]] == [summary[n] for n in ("totalFees", "totalPaid", "totalDue")]
    ledgers = [exact(admin.get(f"/api/students/{s}/ledger")) for s in students]
    assert all(one["balanced"] for one in ledgers)
    assert sum(one["balance"] for one in ledgers) == summary["totalDue"]
    assert sum(one["paid"] for one in ledgers) == summary["totalPaid"] == summary["collected"]
    received = exact(admin.get("/api/payments", pageSize=100))
    assert sum((p["amount"] for p in received), Decimal(0)) == summary["totalPaid"]
    reconciled = exact(admin.get("/api/fees/reconcile"))
    assert reconciled["agrees"], orjson.dumps(reconciled, default=str)
    assert reconciled["paidByFees"] == reconciled["paidByPayments"] == summary["totalPaid"]

"""The summary and the report of fees: the same choice of fees, the same sums (rule F6)."""

from collections.abc import Iterable, Iterator
from typing import Any

from functions.fees import reading, schemas_reading
from functions.fees import reading_select as choice
from functions.fees.reading_rows import FeeRow, money, text_of
from shared import fee_rules as rules
from shared.auth.caller import Caller
from shared.csv_files import write_rows
from shared.http.envelope import Download, Ok, ok
from shared.http.file_answer import file_answer
from shared.http.request import unit
from shared.http.schema import sort_field
from shared.ids import new_id
from shared.lists import CLASSES, STUDENTS
from shared.money import decimals

CSV = "text/csv"
HEADERS = (
    "admissionNumber", "rollNumber", "studentName", "className", "section", "fee", "academicYear", "period", "dueDate", "status",
    "daysOverdue", "totalAmount", "discountAmount", "scholarshipAmount", "fineAmount", "netAmount", "paidAmount", "openAmount",
    "overdueAmount", "collected", "studentId", "classId", "id",
)  # fmt: skip
_RULE = "F6: collectionRate = totalPaid / totalFees × 100, two decimals, half up; null where totalFees is 0"


def fee_summary(caller: Caller, query: schemas_reading.SummaryQuery) -> dict[str, Any]:
    """Sums over the fees that the query asks for."""
    f = reading.filters(caller, query)
    return _told(caller, choice.sums(reading.book_of(caller, f), f), explain=query.explain)


def _told(caller: Caller, found: choice.Sums, *, explain: bool) -> dict[str, Any]:
    places = decimals(caller.school.currency)
    net, paid = money(found.net, places), money(found.paid, places)
    rate = rules.collection_rate(paid, net)
    told: dict[str, Any] = {
        "fees": found.fees,
        "totalFees": net,
        "totalPaid": paid,
        "totalDue": money(found.open, places),
        "totalOverdue": money(found.overdue, places),
        "overdueFees": found.statuses[choice.OVERDUE],
        "totalDiscount": money(found.discount, places),
        "totalScholarship": money(found.scholarship, places),
        "totalFine": money(found.fine, places),
        "collected": money(found.collected, places),
        "collectionRate": rate,
        "byStatus": found.statuses,
        "currency": caller.school.currency,
        "asOf": caller.today().isoformat(),
    }
    if explain:
        told["explanation"] = {"collectionRate": {"rule": _RULE, "numerator": paid, "denominator": net, "result": rate}}
    return told


def fee_report(caller: Caller, query: schemas_reading.ReportPage) -> Ok[Any] | Download:
    """The report as JSON, a page of it with the sums over all; or all of it as CSV."""
    f = reading.filters(caller, query)
    sort = sort_field(query.sort, reading.SORTABLE, "dueDate")
    book = reading.book_of(caller, f)  # looked up once: rows and sums are of the same moment
    found, sums = reading.selection(caller, book, f, sort), choice.sums(book, f)
    descending = sort.startswith("-")
    if query.format == schemas_reading.Format.CSV:
        return _csv(caller, query, found.rows(descending=descending), sums)
    some = found.rows((query.page - 1) * query.page_size, query.page * query.page_size, descending=descending)
    return ok(
        {
            "rows": _rows(caller, some, f),
            "totals": _told(caller, sums, explain=query.explain),
            "page": query.page,
            "pageSize": query.page_size,
            "totalPages": -(-found.size // query.page_size),
            "totalRecords": found.size,
        }
    )


def _rows(caller: Caller, rows: list[FeeRow], f: choice.Filters) -> list[dict[str, Any]]:
    classes, places = CLASSES.recent(caller.school_id), decimals(caller.school.currency)
    told = reading.shown(caller, rows)
    for line, row in zip(told, rows, strict=True):
        room = classes.get(row.class_id, {})
        line["className"], line["section"] = room.get("name"), room.get("section")
        line["overdueAmount"] = reading.exact(row.overdue(f.today), places)
        line["collected"] = reading.exact(choice.collected(row, f.payments), places)
    return told


def _csv(caller: Caller, query: schemas_reading.ReportPage, rows: list[FeeRow], sums: choice.Sums) -> Download | Ok[Any]:
    asked = query.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={"format", "page", "page_size"})
    told = {n: "…" if n == "search" else v for n, v in asked.items()}  # what was searched for may be a name
    unit().note("EXPORT_FEES", "Export", new_id(), {"filters": [None, told]})
    chunks = write_rows(HEADERS, lines(caller, rows, sums))
    return file_answer(caller.school_id, chunks, f"fees-{sums.filters.today}.csv", CSV)


def lines(caller: Caller, rows: Iterable[FeeRow], sums: choice.Sums) -> Iterator[list[object]]:
    """A line for each fee, and one with the sums at the end."""
    students, classes = STUDENTS.recent(caller.school_id), CLASSES.recent(caller.school_id)
    f, today, places = sums.filters, caller.today(), decimals(caller.school.currency)
    for row in rows:
        student, room = students.get(row.student_id, {}), classes.get(row.class_id, {})
        status = choice.status_of(row, f.today)
        told = (
            row.total, row.discount, row.scholarship, row.fine, row.net, row.paid, row.open, row.overdue(f.today),
            choice.collected(row, f.payments),
        )  # fmt: skip
        yield [
            student.get("admissionNumber"), student.get("rollNumber"), reading.name_of(student), room.get("name"), room.get("section"),
            row.name, row.year, row.period, row.due, status, reading.days_overdue(row, today) if status == choice.OVERDUE else 0,
            *(None if a is None else text_of(a, places) for a in told), row.student_id, row.class_id, row.id,
        ]  # fmt: skip
    amounts = (
        sums.total, sums.discount, sums.scholarship, sums.fine, sums.net, sums.paid, sums.open, sums.overdue, sums.collected,
    )  # fmt: skip
    yield ["TOTAL", *[None] * 10, *(text_of(a, places) for a in amounts), None, None, None]

"""What lists and reports of fees have in common: which fees, in what order, and how a row is answered."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import orjson

from functions.fees import reading_book, schemas_reading
from functions.fees import reading_select as choice
from functions.fees.reading_rows import FeeRow, row_of, text_of
from functions.fees.repository import Fees
from shared.auth.caller import Caller
from shared.auth.permissions import Permission
from shared.data import reader
from shared.data.list_model import Row
from shared.lists import CLASSES, STUDENTS
from shared.money import decimals

_OF_STUDENTS = {"studentName": "firstName", "admissionNumber": "admissionNumber", "rollNumber": "rollNumber"}
SORTABLE = (*choice.KEYS, "status", *_OF_STUDENTS)

type Selection = schemas_reading.FeeList | schemas_reading.SummaryQuery


def book_of(caller: Caller, f: choice.Filters) -> reading_book.Book:
    """The school's fees, of those years that the filters need."""
    return reading_book.of(caller.school, year=f.year, every_year=f.past and f.year is None)


def selection(caller: Caller, book: reading_book.Book, f: choice.Filters, sort: str) -> choice.Selection:
    """The fees that are wanted, in order."""
    return choice.select(book, f, sort.removeprefix("-"), ranks(caller, sort))


def ranks(caller: Caller, sort: str) -> choice.Ranks | None:
    """The order of students that the sort asks for, the same object for as long as it is the same order."""
    field = _OF_STUDENTS.get(sort.removeprefix("-"))
    if field is None:
        return None
    _, ids = STUDENTS.select(caller.school_id, sort=field)
    kept = _RANKS.get(caller.school_id)
    if kept is None or kept.ids is not ids:
        kept = _RANKS[caller.school_id] = choice.Ranks(ids)
        while len(_RANKS) > _MOST_RANKS:
            _RANKS.pop(next(iter(_RANKS)))
    return kept


_RANKS: dict[str, choice.Ranks] = {}
_MOST_RANKS = 50


def rows_of(caller: Caller, student_id: str) -> list[FeeRow]:
    """A student's fees straight from the table, without the lines of their payments."""
    currency, places = caller.school.currency, decimals(caller.school.currency)
    found = Fees(caller.school_id).raw_of_student(student_id)
    return [row_of(reader.plain(raw), (), currency, places) for raw in found]


def everything(caller: Caller) -> choice.Filters:
    """All fees of all years, as of the school's today."""
    year = caller.school.academic_year
    return choice.Filters(caller.today().isoformat(), year["name"], year["start"], past=True)


def filters(caller: Caller, query: Selection) -> choice.Filters:
    """What the query asks for."""
    classes = None if query.class_id is None else frozenset({query.class_id})
    if query.section is not None:
        wanted = query.section.casefold()
        of_section = {i for i, c in CLASSES.recent(caller.school_id).items() if c["section"].casefold() == wanted}
        classes = frozenset(of_section if classes is None else of_section & classes)
    students = None if query.student_id is None else frozenset({query.student_id})
    if query.search:
        matching = frozenset(STUDENTS.select(caller.school_id, search=query.search)[1])
        students = matching if students is None else matching & students
    return replace(
        everything(caller),
        past=query.include_inactive,
        year=query.academic_year,
        status=query.status and query.status.value,
        class_ids=classes,
        student_ids=students,
        structure_id=query.fee_structure_id,
        due_from=_day(query.due_from),
        due_to=_day(query.due_to),
        payments=_payments(query),
    )


def _payments(query: Selection) -> choice.PaymentFilters | None:
    if isinstance(query, schemas_reading.ReportQuery | schemas_reading.SummaryQuery):
        method = query.method and query.method.value
        made = choice.PaymentFilters(_day(query.paid_from) or "", _day(query.paid_to) or "9999", method, query.collector)
        return None if made == choice.PaymentFilters() else made
    return None


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def shown(caller: Caller, rows: Iterable[FeeRow], *, overdue: bool = False) -> list[dict[str, Any]]:
    """Rows as they are answered, with names of students that may be a moment old."""
    students = STUDENTS.recent(caller.school_id)
    today, places = caller.today(), decimals(caller.school.currency)
    contact = overdue and caller.may(Permission.GUARDIANS_READ)
    told = []
    for row in rows:
        student = students.get(row.student_id, {})
        line = wire(row, student, today, places)
        if overdue:
            line["overdueAmount"] = exact(row.overdue(today.isoformat()), places)
        if contact:
            line["guardian"] = {short: student.get(name) for short, name in _CONTACT.items()} if student else None
        told.append(line)
    return told


_CONTACT = {"name": "parentName", "relation": "parentRelation", "phone": "parentPhone", "email": "parentEmail"}


def wire(row: FeeRow, student: Mapping[str, Any] | Row, today: date, places: int) -> dict[str, Any]:
    """A row of a list."""
    status = choice.status_of(row, today.isoformat())
    return {
        "id": row.id,
        "studentId": row.student_id,
        "classId": row.class_id,
        "feeStructureId": row.structure_id,
        "name": row.name,
        "academicYear": row.year,
        "period": row.period,
        "totalAmount": exact(row.total, places),
        "discountAmount": None if row.discount is None else exact(row.discount, places),
        "scholarshipAmount": None if row.scholarship is None else exact(row.scholarship, places),
        "fineAmount": None if row.fine is None else exact(row.fine, places),
        "netAmount": exact(row.net, places),
        "paidAmount": exact(row.paid, places),
        "openAmount": exact(row.open, places),
        "dueDate": row.due,
        "status": status,
        "version": row.version,
        "studentName": name_of(student),
        "admissionNumber": student.get("admissionNumber"),
        "rollNumber": student.get("rollNumber"),
        "daysOverdue": days_overdue(row, today) if status == choice.OVERDUE else 0,
    }


def days_overdue(row: FeeRow, today: date) -> int:
    """Days since the first part of an overdue fee that is not paid was due."""
    return (today - date.fromisoformat(row.late_from)).days


def name_of(student: Mapping[str, Any] | Row) -> str | None:
    """First and last name; one-word names exist."""
    return " ".join(n for n in (student.get("firstName"), student.get("lastName")) if n) or None


def exact(amount: int, places: int) -> orjson.Fragment:
    """Minor units as a JSON number with the currency's decimals."""
    return orjson.Fragment(text_of(amount, places))

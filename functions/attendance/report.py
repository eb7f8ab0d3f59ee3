"""The report of attendance: rows for classes, students, days or single marks; JSON page by page, or CSV as a whole."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from functions.attendance import answers, calendar, export, listing, schemas, students, summaries
from functions.attendance.repository import Registers
from shared.attendance_codes import STATUSES, Counts, summed
from shared.attendance_totals import daily_counts, holidays_between
from shared.auth.caller import Caller
from shared.auth.scope import visible_student
from shared.data.list_model import Row
from shared.errors import ValidationFailed
from shared.http import envelope
from shared.http.envelope import Download, Ok, Page
from shared.http.schema import sort_field
from shared.lists import CLASSES, STUDENTS

type Line = dict[str, Any]  # a row of the report by wire name

_COUNTED = ("totalDays", "present", "absent", "late", "halfDay", "excused", "percentage")
COLUMNS: dict[schemas.ReportBy, tuple[str, ...]] = {
    schemas.ReportBy.CLASS: ("className", "section", "registers", *_COUNTED, "classId"),
    schemas.ReportBy.STUDENT: ("className", "section", "rollNumber", "studentName", *_COUNTED, "studentId", "classId"),
    schemas.ReportBy.DAY: ("date", "registers", *_COUNTED),
    schemas.ReportBy.RECORD: (
        "date", "className", "section", "rollNumber", "studentName", "status", "remarks", "markedBy", "id", "studentId", "classId",
    ),
}  # fmt: skip


def get_attendance_report(caller: Caller, query: schemas.ReportQuery) -> Page[Any] | Download:
    """The rows that the filters let through, page by page or as a small file."""
    first, last = _span(caller, query)
    if query.format == "csv":
        return export.small_file(caller, COLUMNS[query.by], _sorted(_lines(caller, query, first, last), query.sort), query)
    if query.by == schemas.ReportBy.RECORD and not query.student_id:
        return _page_of_records(caller, query, first, last)
    lines = list(_sorted(_lines(caller, query, first, last), query.sort))
    start = (query.page - 1) * query.page_size
    shown = (_told(line, query) for line in lines[start : start + query.page_size])
    return envelope.page(shown, number=query.page, size=query.page_size, total=len(lines))


def export_attendance(caller: Caller, query: schemas.ReportExport) -> Download | Ok[Any]:
    """All the rows as a file, however large."""
    first, last = _span(caller, query)
    return export.any_file(caller, COLUMNS[query.by], _sorted(_lines(caller, query, first, last), query.sort), query)


def _span(caller: Caller, query: schemas.ReportFilters) -> tuple[date, date]:
    if query.sort:
        sort_field(query.sort, COLUMNS[query.by], "")
    return calendar.span_of(query.date_from, query.date_to, calendar.year_to_date(caller))


def _told(line: Line, query: schemas.ReportQuery) -> Line:
    """A line as it is answered."""
    counts = line.pop("counts", None)
    if query.explain and counts is not None:
        line["explain"] = answers.explanation(counts)
    return line


def _sorted(lines: Iterable[Line], sort: str | None) -> Iterable[Line]:
    if sort is None:
        return lines
    name = sort.removeprefix("-")
    listed = list(lines)
    with_value = sorted((ln for ln in listed if ln.get(name) is not None), key=lambda ln: ln[name], reverse=sort.startswith("-"))
    return with_value + [ln for ln in listed if ln.get(name) is None]


def _lines(caller: Caller, query: schemas.ReportFilters, first: date, last: date) -> Iterable[Line]:
    classes = listing.classes_of(caller, query.class_id, query.section)
    if query.student_id:
        return _of_student(caller, query, classes, first, last)
    match query.by:
        case schemas.ReportBy.CLASS:
            return _by_class(caller, query, classes, first, last)
        case schemas.ReportBy.DAY:
            return _by_day(caller, query, classes, first, last)
        case schemas.ReportBy.STUDENT:
            return _by_student(caller, query, classes, first, last)
    return _records(caller, query, classes, first, last)


def _named(class_id: str, row: Row | None) -> Line:
    return {"classId": class_id, "className": row["name"] if row else None, "section": row["section"] if row else None}


def _counted(counts: Counts) -> Line:
    wire = dict(zip(_COUNTED, answers.totals(counts).values(), strict=True))
    return {**wire, "counts": counts}


def _wanted(counts: Counts, query: schemas.ReportFilters) -> bool:
    """Whether a row stays: it has a mark, of the status where one is asked for."""
    return (counts.of_status(query.status) if query.status else counts.total) > 0


def _by_class(caller: Caller, query: schemas.ReportFilters, classes: dict[str, Row], first: date, last: date) -> Iterator[Line]:
    if query.search:
        found = frozenset(CLASSES.select(caller.school_id, search=query.search)[1])
        classes = {class_id: row for class_id, row in classes.items() if class_id in found}
    counted = daily_counts(caller.school_id, first, last, caller.today(), class_ids=classes.keys())
    for class_id in sorted(counted, key=lambda i: (classes[i]["name"], classes[i]["section"], i)):
        counts = summed(counted[class_id].values())
        if _wanted(counts, query):
            yield {**_named(class_id, classes[class_id]), "registers": len(counted[class_id]), **_counted(counts)}


def _by_day(caller: Caller, query: schemas.ReportFilters, classes: dict[str, Row], first: date, last: date) -> Iterator[Line]:
    by_day: dict[str, list[Counts]] = {}
    for days in daily_counts(caller.school_id, first, last, caller.today(), class_ids=classes.keys()).values():
        for day, counts in days.items():
            by_day.setdefault(day, []).append(counts)
    for day in sorted(by_day):
        counts = summed(by_day[day])
        if _wanted(counts, query):
            yield {"date": day, "registers": len(by_day[day]), **_counted(counts)}


def _by_student(caller: Caller, query: schemas.ReportFilters, classes: dict[str, Row], first: date, last: date) -> Iterator[Line]:
    rows = STUDENTS.recent(caller.school_id)
    found = frozenset(STUDENTS.select(caller.school_id, search=query.search)[1]) if query.search else None
    for class_id in sorted(classes, key=lambda i: (classes[i]["name"], classes[i]["section"], i)):
        for student_id, counts in summaries.class_sums(caller, class_id, first, last).by_student.items():
            if _wanted(counts, query) and (found is None or student_id in found):
                row = rows.get(student_id)
                yield {**_named(class_id, classes[class_id]), **_student(student_id, row), **_counted(counts)}


def _student(student_id: str, row: Row | None) -> Line:
    named = {"rollNumber": row["rollNumber"], "studentName": calendar.full_name(row)} if row else {"rollNumber": None, "studentName": None}
    return {"studentId": student_id, **named}


def _of_student(caller: Caller, query: schemas.ReportFilters, classes: dict[str, Row], first: date, last: date) -> Iterator[Line]:
    """The report of one student, in the classes of its time."""
    student = visible_student(caller, str(query.student_id), what="academics")
    only = classes if query.class_id or query.section else None
    days = students.marked_days(caller.school_id, {student.id: students.history_of(student)}, first, last, caller.today(), only=only)
    holidays = holidays_between(caller.school_id, first, last)
    rows, who = CLASSES.recent(caller.school_id), _student(student.id, STUDENTS.recent(caller.school_id).get(student.id))
    if query.by == schemas.ReportBy.RECORD:
        told = listing.records_of(caller, [d for d in sorted(days) if query.status in (None, STATUSES[d.letter])])
        yield from ({**_named(r.class_id, rows.get(r.class_id)), **r.model_dump(mode="json", by_alias=True)} for r in told)
        return
    groups: dict[str, list[str]] = {}
    for day in days:
        if day.day not in holidays:
            groups.setdefault(day.day if query.by == schemas.ReportBy.DAY else day.class_id, []).append(day.letter)
    for group, letters in sorted(groups.items()):
        head = {"date": group} if query.by == schemas.ReportBy.DAY else _named(group, rows.get(group))
        counts = Counts.of(letters)
        if _wanted(counts, query):
            yield {**head, **who, "registers": len(letters), **_counted(counts)}


def _records(caller: Caller, query: schemas.ReportFilters, classes: dict[str, Row], first: date, last: date) -> Iterator[Line]:
    """Every mark, class after class, straight from the registers."""
    rows = STUDENTS.recent(caller.school_id)
    if query.search:
        raise ValidationFailed.of("search", "Ask for the records of one student by studentId")
    for class_id in sorted(classes, key=lambda i: (classes[i]["name"], classes[i]["section"], i)):
        for sheet in Registers(caller.school_id).between(class_id, first, last):
            for slot in listing.matching(sheet, query.status):
                told = answers.record(caller.school_id, sheet, slot, rows.get(sheet.marks[slot].student_id))
                yield {**_named(class_id, classes[class_id]), **told.model_dump(mode="json", by_alias=True)}


def _page_of_records(caller: Caller, query: schemas.ReportFilters, first: date, last: date) -> Page[Any]:
    if query.search or query.sort not in (None, "date", "-date"):
        raise ValidationFailed.of("sort", "Sort the report of records by date or -date, and ask for one student by studentId")
    classes = listing.classes_of(caller, query.class_id, query.section)
    return envelope.listing(listing.of_classes(caller, classes, first, last, query, oldest_first=query.sort != "-date"), query)

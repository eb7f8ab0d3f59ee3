"""Lists of marks. Totals and the place of a page come from the daily counts; only the registers of that page are read."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from functions.attendance import answers, calendar, schemas, students
from functions.attendance.repository import OpenRegister, Registers
from shared.attendance_codes import LETTERS, Counts
from shared.attendance_totals import daily_counts
from shared.auth.caller import Caller
from shared.auth.permissions import Role
from shared.auth.scope import children, visible_class_ids, visible_student
from shared.data.list_model import Listing, Row
from shared.errors import Forbidden, ValidationFailed
from shared.http.envelope import to_json
from shared.http.schema import sort_field
from shared.lists import CLASSES, STUDENTS

_MOST_FOUND = 50


def list_attendance(caller: Caller, query: schemas.AttendanceList) -> Listing:
    """A page of the marks that the caller may see."""
    sort = sort_field(query.sort, schemas.SORTABLE, "-date")
    first, last = _days(caller, query)
    if query.student_id or query.search or caller.role == Role.STUDENT_PARENT:
        return _of_students(caller, query, first, last, sort)
    classes = classes_of(caller, query.class_id, query.section)
    if sort.removeprefix("-") != "date":
        raise ValidationFailed.of("sort", "Sort the marks of many students by date or -date")
    return of_classes(caller, classes, first, last, query, oldest_first=not sort.startswith("-"))


def _days(caller: Caller, query: schemas.AttendanceList) -> tuple[date, date]:
    """The days asked for: one, or a span, or today."""
    if query.date_from is None and query.date_to is None:
        one = query.date or caller.today()
        return one, one
    if query.date:
        raise ValidationFailed.of("date", "Give `date`, or `dateFrom` and `dateTo`")
    return calendar.span_of(query.date_from, query.date_to, calendar.year_to_date(caller))


def list_student_attendance(caller: Caller, student_id: str, query: schemas.StudentAttendance) -> Listing:
    """A page of the days of a student whom the caller may see."""
    sort = sort_field(query.sort, schemas.SORTABLE, "-date")
    student = visible_student(caller, student_id, what="academics")
    first, last = calendar.span_of(query.date_from, query.date_to, calendar.year_to_date(caller))
    days = students.marked_days(caller.school_id, {student_id: students.history_of(student)}, first, last, caller.today())
    return page_of_days(caller, days, query, sort)


def classes_of(caller: Caller, class_id: str | None, section: str | None) -> dict[str, Row]:
    """The classes that the filters name and the caller may see, by id."""
    own = visible_class_ids(caller)
    if class_id and (caller.role == Role.STUDENT_PARENT or (own is not None and class_id not in own)):
        raise Forbidden
    return {
        i: row
        for i, row in CLASSES.recent(caller.school_id).items()
        if class_id in (None, i) and section in (None, row["section"]) and (own is None or i in own)
    }


class _Part(NamedTuple):
    """The marks of one register that match, as its day's counts tell their number."""

    day: str
    class_id: str
    size: int


def of_classes(
    caller: Caller, classes: dict[str, Row], first: date, last: date, query: schemas.Span, *, oldest_first: bool = False
) -> Listing:
    """A page of the marks of some classes; within a day by class, within a class by the order of marking."""
    total, wanted = 0, []
    start = (query.page - 1) * query.page_size
    for part in parts_of(caller, classes, first, last, query.status, oldest_first=oldest_first):
        if total < start + query.page_size and total + part.size > start:
            wanted.append((part, max(start - total, 0), start + query.page_size - total))
        total += part.size
    registers = Registers(caller.school_id).get_many((part.class_id, part.day) for part, _, _ in wanted)
    rows: list[bytes] = []
    for part, begin, end in wanted:
        sheet = registers.get((part.class_id, part.day))
        slots = matching(sheet, query.status) if sheet else []
        rows += [_row(caller, sheet, slot) for slot in slots[begin:end] if sheet]
    return Listing(rows[: query.page_size], total)


def parts_of(
    caller: Caller, classes: dict[str, Row], first: date, last: date, status: str | None, *, oldest_first: bool = False
) -> Iterator[_Part]:
    """The registers in which there is a match, in order."""
    counted = daily_counts(caller.school_id, first, last, caller.today(), class_ids=classes.keys(), holidays=True)
    order = sorted(classes, key=lambda i: (classes[i]["name"], classes[i]["section"], i))
    for day in sorted({day for days in counted.values() for day in days}, reverse=not oldest_first):
        for class_id in order:
            counts = counted.get(class_id, {}).get(day, Counts())
            size = counts.of_status(status) if status else counts.total
            if size:
                yield _Part(day, class_id, size)


def matching(sheet: OpenRegister, status: str | None) -> list[int]:
    """The slots of a register whose marks have the status."""
    return [slot for slot, mark in enumerate(sheet.marks) if status is None or mark.letter == LETTERS[status]]


def _row(caller: Caller, sheet: OpenRegister, slot: int) -> bytes:
    return to_json(answers.record(caller.school_id, sheet, slot, STUDENTS.recent(caller.school_id).get(sheet.marks[slot].student_id)))


def _of_students(caller: Caller, query: schemas.AttendanceList, first: date, last: date, sort: str) -> Listing:
    """A page of the marks of one student, of those who are searched for, or of a parent's children."""
    histories = {i: students.history_of_row(row) for i, row in _found(caller, query).items()}
    only = _only(caller, query)
    days = students.marked_days(caller.school_id, histories, first, last, caller.today(), only=only)
    return page_of_days(caller, days, query, sort)


def _only(caller: Caller, query: schemas.AttendanceList) -> Iterable[str] | None:
    """The classes to which the filters bind the marks of students; None: any."""
    if query.student_id or caller.role == Role.STUDENT_PARENT:
        rows = CLASSES.recent(caller.school_id)
        filtered = [i for i, r in rows.items() if query.class_id in (None, i) and query.section in (None, r["section"])]
        return filtered if query.class_id or query.section else None
    return classes_of(caller, query.class_id, query.section)


def _found(caller: Caller, query: schemas.AttendanceList) -> dict[str, Row]:
    """The students whose marks are asked for."""
    if query.student_id:
        rows = STUDENTS.all(caller.school_id)
        if query.student_id not in rows:
            raise ValidationFailed.of("studentId", "No student of this school has this id")
        visible_student(caller, query.student_id, what="academics")
        return {query.student_id: rows[query.student_id]}
    equal: dict[str, Any] = {}
    if caller.role == Role.STUDENT_PARENT:
        equal["id"] = frozenset(link.student_id for link in children(caller) if link.sees.get("academics"))
    rows_, ids = STUDENTS.select(caller.school_id, search=query.search, equal=equal)
    if len(ids) > _MOST_FOUND:
        raise ValidationFailed.of("search", f"{len(ids)} students match: search for less than {_MOST_FOUND}")
    return {i: rows_.known[i] for i in ids}


def page_of_days(caller: Caller, days: list[students.Day], query: schemas.Span, sort: str) -> Listing:
    """A page of some students' days; the registers of that page alone are read."""
    letter = LETTERS[query.status] if query.status else None
    kept = sorted((d for d in days if letter in (None, d.letter)), key=lambda d: (d.day, d.class_id, d.student_id))
    backwards = sort.startswith("-")
    if sort.removeprefix("-") == "status":
        kept.sort(key=lambda d: list(LETTERS.values()).index(d.letter), reverse=backwards)
    elif backwards:
        kept.reverse()
    start = (query.page - 1) * query.page_size
    shown = kept[start : start + query.page_size]
    return Listing([to_json(row) for row in records_of(caller, shown)], len(kept))


def records_of(caller: Caller, days: Sequence[students.Day]) -> list[schemas.AttendanceOut]:
    """The marks of students' days with all that their registers tell."""
    registers = Registers(caller.school_id).get_many((d.class_id, d.day) for d in days)
    rows, made = STUDENTS.recent(caller.school_id), []
    for day in days:
        sheet = registers[day.class_id, day.day]
        slot = next(n for n, mark in enumerate(sheet.marks) if mark.student_id == day.student_id)
        made.append(answers.record(caller.school_id, sheet, slot, rows.get(day.student_id)))
    return made

"""Decisions about registers: marking a class, correcting one mark, reading a register."""

from collections.abc import Sequence
from datetime import date
from functools import partial

from functions.attendance import answers, calendar, refreshing, rules, schemas
from functions.attendance.repository import OpenRegister, Registers, Written
from shared import clock
from shared.attendance_codes import LETTERS, Counts, place_of, register_name
from shared.auth.caller import Caller
from shared.data.list_model import Row
from shared.errors import Conflict, Detail, NotFound, ValidationFailed
from shared.http.request import current, unit
from shared.http.schema import changed_fields
from shared.lists import CLASSES, STUDENTS, class_of


def mark_attendance(caller: Caller, data: schemas.MarkIn, query: schemas.ExplainQuery) -> tuple[schemas.Marked, bool]:
    """Mark a class on a day, whole or not at all; and whether this was the first time (rules T1, T2)."""
    calendar.class_to_mark(caller, data.class_id)
    calendar.refuse_day(caller, calendar.calendar_of(caller.school), data.date, data.reason)
    day = data.date.isoformat()
    wrong = student_findings(STUDENTS.all(caller.school_id), data.class_id, day, [r.student_id for r in data.records])
    if wrong:
        raise ValidationFailed(details=tuple(Detail(f"records[{n}].studentId", text) for n, text in wrong))
    place = (data.class_id, day)
    before = Registers(caller.school_id).get_for_change([place])[place]
    refuse_stale(before)
    wishes = [rules.Wish(r.student_id, LETTERS[r.status], r.remarks) for r in data.records]
    written = write(caller, before, wishes, action="CORRECT_ATTENDANCE" if before.version else "MARK_ATTENDANCE", reason=data.reason)
    return answers.marked(written, explain=query.explain), before.version == 0


def student_findings(rows: dict[str, Row], class_id: str, day: str, student_ids: Sequence[str]) -> list[tuple[int, str]]:
    """(place, what is wrong) of students who are unknown, named twice, or not in the class on that day (rule T1), by name."""
    found: list[tuple[int, str]] = []
    seen: set[str] = set()
    for number, student_id in enumerate(student_ids):
        row = rows.get(student_id)
        if row is None:
            found.append((number, "No student of this school has this id"))
        elif student_id in seen:
            found.append((number, f"{_named(row)} stands in this call twice"))
        elif class_of(row, day) != class_id:
            found.append((number, f"{_named(row)} is not in this class on {day}"))
        seen.add(student_id)
    return found


def _named(row: Row) -> str:
    return f"{calendar.full_name(row)} ({row['rollNumber']})"


def refuse_stale(before: OpenRegister) -> None:
    """A Conflict with the register's version where the request's If-Match is behind (rule G5)."""
    wanted = current().if_match
    if wanted is not None and wanted != before.version:
        raise Conflict("This register was changed in the meantime", current_version=before.version)


def write(caller: Caller, before: OpenRegister, wishes: Sequence[rules.Wish], *, action: str, reason: str | None = None) -> Written:
    """Write a register and its day's counts in the request's transaction; what changes nothing writes nothing."""
    after = rules.merged(before.marks, wishes, caller.user_id, clock.stamp())
    fields = rules.differences(before.marks, after)
    if not fields:
        return Written(before, 0)
    registers = Registers(caller.school_id)
    version = registers.put(unit(), before, after)
    registers.put_counts(unit(), before.counts, before.class_id, {before.day: Counts.of(mark.letter for mark in after)})
    unit().note(action, "Register", register_name(before.class_id, before.day), fields | ({"reason": [None, reason]} if reason else {}))
    refresh_old_month(caller, before.class_id, before.day)
    changed = len(after) - sum(old == new for old, new in zip(before.marks, after, strict=False))
    return Written(OpenRegister(before.class_id, before.day, version, after), changed)


def refresh_old_month(caller: Caller, class_id: str, day: str) -> None:
    """Have the sheet of a day made anew before the answer, where readers no longer look at the day's register itself."""
    if refreshing.is_settled(date.fromisoformat(day), caller.today()):
        unit().after_commit.append(partial(refreshing.refresh, caller.school_id, class_id, day[:7]))


def update_attendance(caller: Caller, attendance_id: str, data: schemas.AttendanceChange) -> schemas.AttendanceOut:
    """Correct one mark; the rest of its register stays (rules T1, T2)."""
    place = place_of(attendance_id, CLASSES.all(caller.school_id))
    if place is None:
        raise NotFound
    key = (place.class_id, place.day)
    before = Registers(caller.school_id).get_for_change([key])[key]
    if place.slot >= len(before.marks):
        raise NotFound
    calendar.refuse_others_class(caller, place.class_id)
    sent = changed_fields(data, clearable=("remarks", "reason"))
    refuse_stale(before)
    calendar.refuse_day(caller, calendar.calendar_of(caller.school), date.fromisoformat(place.day), data.reason)
    mark = before.marks[place.slot]
    letter = LETTERS[sent["status"]] if "status" in sent else mark.letter
    wish = rules.Wish(mark.student_id, letter, sent.get("remarks", mark.remarks) or None)
    written = write(caller, before, [wish], action="CORRECT_ATTENDANCE", reason=data.reason)
    row = STUDENTS.recent(caller.school_id).get(mark.student_id)
    return answers.record(caller.school_id, written.sheet, place.slot, row)


def get_register(caller: Caller, class_id: str, written: str, query: schemas.ExplainQuery) -> schemas.RegisterOut:
    """The register of a class and day with everybody who is in the class then, marked or not."""
    calendar.visible_class(caller, class_id)
    day = calendar.parse_day(written)
    sheet = Registers(caller.school_id).get(class_id, day.isoformat())
    at = calendar.calendar_of(caller.school)
    found = rules.finding(at, day, is_admin=caller.is_admin, reason="any")
    rows = STUDENTS.of(caller.school_id)
    order = STUDENTS.sorted_ids(rows, "rollNumber")
    marked = {mark.student_id: slot for slot, mark in enumerate(sheet.marks)}
    present = [rows.known[i] for i in order if i not in marked and class_of(rows.known[i], day.isoformat()) == class_id]
    ordered = [i for i in order if i in marked] + [i for i in marked if i not in rows.known]
    records = [answers.record(caller.school_id, sheet, marked[i], rows.known.get(i)) for i in ordered]
    made = answers.register(sheet, records, present, at.holidays.get(day.isoformat()), found[1] if found else None)
    made.explain = answers.explanation(Counts.of(mark.letter for mark in sheet.marks)) if query.explain else None
    return made

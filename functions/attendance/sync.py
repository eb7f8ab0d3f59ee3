"""What a phone marked while it was offline, merged into the registers without doubling."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, partial

from functions.attendance import calendar, rules, schemas, service, sync_schemas
from functions.attendance.repository import OpenRegister, Registers
from shared import clock
from shared.attendance_codes import LETTERS, STATUSES, Counts, Mark, register_name
from shared.auth.caller import Caller
from shared.data.list_model import Row
from shared.errors import AppError, ValidationFailed
from shared.http.request import unit
from shared.lists import STUDENTS

MOST_REGISTERS = 30  # each is up to two operations of one transaction
_SKEW = timedelta(minutes=5)  # a phone's clock may be ahead by this


@dataclass(slots=True)
class _Draft:
    """A register while a batch is merged into it."""

    before: OpenRegister
    marks: list[Mark]
    reasons: list[str] = field(default_factory=list)


def sync_attendance(caller: Caller, data: sync_schemas.SyncIn) -> sync_schemas.SyncOut:
    """Merge the entries in the order in which they were marked; each is told what became of it."""
    rows = STUDENTS.all(caller.school_id)
    at = calendar.calendar_of(caller.school)
    place_refusal = cache(partial(_place_refusal, caller, at))  # a batch is of few classes and days: each is judged once
    refused = {n: text for n, entry in enumerate(data.entries) if (text := _refusal(rows, entry, place_refusal))}
    places = {n: (e.class_id, e.date.isoformat()) for n, e in enumerate(data.entries) if n not in refused}
    if len(set(places.values())) > MOST_REGISTERS:
        raise ValidationFailed.of("entries", f"Send no more than {MOST_REGISTERS} registers at once")
    found = Registers(caller.school_id).get_for_change(places.values()) if places else {}
    drafts = {place: _Draft(sheet, sheet.marks) for place, sheet in found.items()}
    results: dict[int, sync_schemas.SyncResult] = {}
    for n in sorted(places, key=lambda n: (data.entries[n].marked_at, n)):
        results[n] = _merge(caller, drafts[places[n]], data.entries[n])
    versions = dict(_write(caller, drafts))
    for n, place in places.items():
        results[n].version = versions[place]
    for n, text in refused.items():
        results[n] = sync_schemas.SyncResult(client_id=data.entries[n].client_id, outcome=sync_schemas.SyncOutcome.REFUSED, reason=text)
    return sync_schemas.SyncOut(results=[results[n] for n in range(len(data.entries))])


def _refusal(rows: dict[str, Row], entry: sync_schemas.SyncEntry, place: Callable[[str, date, str | None], str | None]) -> str | None:
    """Why an entry is not taken, or None (rules A2, T1, T2)."""
    records = _records(entry)
    if not records:
        return "Send studentId and status, or records"
    if entry.marked_at > clock.now() + _SKEW:
        return "The phone's clock is ahead: markedAt has not come yet"
    refused = place(entry.class_id, entry.date, entry.reason)
    if refused:
        return refused
    wrong = service.student_findings(rows, entry.class_id, entry.date.isoformat(), [r.student_id for r in records])
    return "; ".join(text for _, text in wrong) or None


def _place_refusal(caller: Caller, at: rules.Calendar, class_id: str, day: date, reason: str | None) -> str | None:
    """Why the caller may not mark a class on a day, or None."""
    try:
        calendar.class_to_mark(caller, class_id)
        calendar.refuse_day(caller, at, day, reason)
    except AppError as error:
        return error.details[0].message if error.details else error.text
    return None


def _records(entry: sync_schemas.SyncEntry) -> list[rules.Wish]:
    single = [rules.Wish(entry.student_id, LETTERS[entry.status], entry.remarks)] if entry.student_id and entry.status else []
    if entry.records is None:
        return single
    return [] if entry.student_id or entry.status else [rules.Wish(r.student_id, LETTERS[r.status], r.remarks) for r in entry.records]


def _merge(caller: Caller, draft: _Draft, entry: sync_schemas.SyncEntry) -> sync_schemas.SyncResult:
    """Merge one entry into its register's draft: what was marked later stays, unless the phone had seen that register."""
    marked_at = min(entry.marked_at, clock.now())
    known = {mark.student_id: mark for mark in draft.marks}
    wishes = _records(entry)
    seen = entry.base_version is not None and entry.base_version == draft.before.version
    behind = [] if seen else [w for w in wishes if rules.later_mark(known.get(w.student_id), w, marked_at)]
    taken = [w for w in wishes if w not in behind]
    after = rules.merged(draft.marks, taken, caller.user_id, clock.stamp(marked_at))
    changed = after != draft.marks
    draft.marks = after
    if changed and entry.reason:
        draft.reasons.append(entry.reason)
    others = [known[w.student_id] for w in behind if known[w.student_id].by != caller.user_id]
    if others:
        outcome, reason = sync_schemas.SyncOutcome.CONFLICT, "Somebody else marked later: that stays"
    elif changed:
        outcome, reason = sync_schemas.SyncOutcome.APPLIED, None
    else:
        outcome, reason = sync_schemas.SyncOutcome.UNCHANGED, "You marked later yourself" if behind else None
    told = [
        sync_schemas.SyncConflict(
            student_id=m.student_id, status=schemas.AttendanceStatus(STATUSES[m.letter]), marked_by=m.by, marked_at=m.at
        )
        for m in others
    ]
    return sync_schemas.SyncResult(client_id=entry.client_id, outcome=outcome, reason=reason, conflicts=told)


def _write(caller: Caller, drafts: dict[tuple[str, str], _Draft]) -> Iterator[tuple[tuple[str, str], int]]:
    """Write the registers that changed, with their months' counts, in the request's transaction; each with its version."""
    registers = Registers(caller.school_id)
    months: dict[tuple[str, str], dict[str, Counts]] = {}
    for place, draft in drafts.items():
        fields = rules.differences(draft.before.marks, draft.marks)
        version = draft.before.version
        if fields:
            version = registers.put(unit(), draft.before, draft.marks)
            months.setdefault((place[0], place[1][:7]), {})[place[1]] = Counts.of(m.letter for m in draft.marks)
            reasons = {"reason": [None, "; ".join(dict.fromkeys(draft.reasons))]} if draft.reasons else {}
            unit().note("SYNC_ATTENDANCE", "Register", register_name(*place), {**fields, **reasons})
            service.refresh_old_month(caller, *place)
        yield place, version
    for (class_id, month), days in months.items():
        known = next(d.before.counts for p, d in drafts.items() if (p[0], p[1][:7]) == (class_id, month))
        registers.put_counts(unit(), known, class_id, days)

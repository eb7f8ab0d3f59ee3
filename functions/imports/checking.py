"""Checks a whole file before anything is written (rule S4): fields, duplicates inside it and against the school, classes, seats."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import batched
from typing import Any

from functions.imports.cells import Finding, RowReader
from functions.imports.columns import REQUIRED
from functions.imports.known import Known, Plain, identity
from functions.imports.plan import Planned
from functions.imports.report import BadRows
from functions.imports.rooms import NoSuchClass, Room, Rooms
from shared import stays
from shared.csv_files import Row
from shared.enrolment import SEATED
from shared.enrolment import unique_number as unique
from shared.ids import new_id
from shared.names import camel
from shared.student_dates import Finding as DateFinding
from shared.student_dates import admission_findings, birth_findings

MOST_FINDINGS = 1_000
_CHUNK = 100
_SHOWN = 100


@dataclass(slots=True)
class Checked:
    """What a file comes to: the plan of the good rows, and what is wrong with the others."""

    bad_rows: BadRows
    total: int = 0
    unchanged: int = 0
    failed: int = 0
    plan: list[Planned] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    found: int = 0  # findings in all, the ones beyond MOST_FINDINGS included

    @property
    def creates(self) -> int:
        """How many students are to be created."""
        return sum(entry.kind == "create" for entry in self.plan)

    def refuse(self, row: Row, wrong: list[Finding]) -> None:
        """Count a bad row with its findings."""
        self.failed += 1
        self.found += len(wrong)
        self.findings += wrong[: max(0, MOST_FINDINGS - len(self.findings))]
        self.bad_rows.add(row, wrong)


@dataclass(slots=True)
class _Candidate:
    """A row that is read: its fields, its class, and the student that it is matched with."""

    row: Row
    fields: dict[str, Any]
    room: Room | None
    wrong: list[Finding]
    match: str | None = None


class FileCheck:
    """Checks the rows of one file against one school."""

    def __init__(self, known: Known, reading: RowReader, rooms: Rooms, *, over_capacity: bool, today: date) -> None:
        self._known = known
        self._reader = reading
        self._rooms = rooms
        self._over_capacity = over_capacity
        self._today = today
        self._columns = reading.how.columns
        self._seen: dict[tuple[str, Any], int] = {}  # (kind, value) → the first row that has it

    def run(self, rows: Iterable[Row], headers: list[str], every: Callable[[], None] | None = None) -> Checked:
        """Check every row; `every` is called between the chunks."""
        checked = Checked(BadRows(headers))
        for chunk in batched(rows, _CHUNK, strict=False):
            candidates = [self._candidate(row) for row in chunk]
            stored = self._known.load(c.match for c in candidates if c.match)
            for candidate in candidates:
                checked.total += 1
                self._judge(candidate, stored.get(candidate.match or ""), checked)
            if every:
                every()
        return checked

    def _candidate(self, row: Row) -> _Candidate:
        wrong = [Finding(row.number, p.column, None, None, f"This row {p.message}") for p in row.problems]
        fields = self._reader.read(row.number, row.cells, wrong) if not row.problems else {}
        made = _Candidate(row, fields, None, wrong)
        if not row.problems:
            made.room = self._room(row, wrong)
            self._match(made)
        return made

    def _finding(self, row: Row, name: str, message: str) -> Finding:
        at = self._columns.index.get(name)
        value = row.cells[at][:_SHOWN] if at is not None else None
        return Finding(row.number, self._columns.header(name), name, value, message)

    def _room(self, row: Row, wrong: list[Finding]) -> Room | None:
        try:
            return self._rooms.find(self._reader.class_words(row.cells))
        except NoSuchClass as error:
            wrong.append(self._finding(row, error.field, error.message))
            return None

    def _match(self, made: _Candidate) -> None:
        """Find the student that the row means, and refuse what stands twice in the file."""
        fields, known = made.fields, self._known
        number, roll = fields.get("admission_number"), fields.get("roll_number")
        if number:
            made.match = known.by_admission.get(unique(number))
            self._once(made, "admissionNumber", unique(number))
        elif fields.get("first_name") and fields.get("date_of_birth"):
            who = identity(fields["first_name"], fields.get("last_name"), fields["date_of_birth"].isoformat())
            made.match = known.by_identity.get(who)
            self._once(made, "firstName", who, "This student, of the same name and birth, stands in row {} too: give admission numbers")
        if roll:
            self._once(made, "rollNumber", unique(roll))
            holder = known.by_roll.get(unique(roll))
            if holder and holder != made.match:
                other = known.admission_number(holder)
                made.wrong.append(self._finding(made.row, "rollNumber", f"The student with admission number {other} has this roll number"))

    def _once(self, made: _Candidate, name: str, value: Any, message: str = "Row {} has the same value") -> None:
        first = self._seen.setdefault((name, value), made.row.number)
        if first != made.row.number:
            made.wrong.append(self._finding(made.row, name, message.format(first)))

    def _judge(self, made: _Candidate, stored: Plain | None, checked: Checked) -> None:
        planned = self._update(made, stored) if stored else self._create(made)
        if made.wrong:
            checked.refuse(made.row, made.wrong)
        elif planned is None:
            checked.unchanged += 1
        else:
            checked.plan.append(planned)

    def _update(self, made: _Candidate, stored: Plain) -> Planned | None:
        """The change of a student who is there already; None where the row tells nothing new. An empty cell changes nothing."""
        given = {name: _stored_form(value) for name, value in made.fields.items()}
        changed = {name: value for name, value in given.items() if stored.get(camel(name)) != value}
        class_id: str = stored["classId"]
        if made.room is not None and made.room["id"] != class_id:
            class_id = made.room["id"]
            changed |= {"class_id": class_id, "section": made.room["section"]}
            if stored["status"] not in SEATED:
                made.wrong.append(self._finding(made.row, self._class_column(), "A student who has left is not moved to another class"))
            self._seat(made)
        self._refuse_status(made, changed, stored["status"])
        if changed.keys() & {"date_of_birth", "admission_date"}:
            self._refuse_dates(made, changed, stored)
        if not changed:
            return None
        return Planned(made.row.number, "update", stored["id"], class_id, changed, stored["version"])

    def _create(self, made: _Candidate) -> Planned | None:
        fields = made.fields
        if not made.row.problems:
            bad = {f.field for f in made.wrong}
            lacking = [name for name in REQUIRED if name not in bad and not _has(fields, name)]
            made.wrong += [self._finding(made.row, name, "Field required") for name in lacking]
            if made.room is None and not bad & {"className", "grade", "section", "academicYear", "classId"}:
                made.wrong.append(self._finding(made.row, "className", "Field required"))
        self._refuse_status(made, fields, "ACTIVE")
        born, admitted = fields.get("date_of_birth"), fields.get("admission_date", self._today)
        made.wrong += [self._finding(made.row, *f) for f in self._dates(born, admitted)] if born else []
        if made.wrong or made.room is None or not self._seat(made):
            return None
        ready = {name: _stored_form(value) for name, value in fields.items() if name != "status"}
        ready.setdefault("admission_date", self._today.isoformat())
        ready |= {"class_id": made.room["id"], "section": made.room["section"]}
        return Planned(made.row.number, "create", new_id(), made.room["id"], ready)

    def _seat(self, made: _Candidate) -> bool:
        """Take a seat in the row's class, which has to be in use."""
        room = made.room
        if room is None or made.wrong:
            return False
        name = self._class_column()
        if room["status"] != "ACTIVE":
            made.wrong.append(self._finding(made.row, name, "This class is no longer in use"))
        elif not self._over_capacity and (full := self._known.take_seat(room["id"])):
            made.wrong.append(self._finding(made.row, name, full))
        return not made.wrong

    def _class_column(self) -> str:
        return next((n for n in ("className", "grade", "classId") if n in self._columns.index), "className")

    def _dates(self, born: date, admitted: date) -> list[DateFinding]:
        return birth_findings(born, self._today) or admission_findings(admitted, born, self._today)

    def _refuse_dates(self, made: _Candidate, changed: Mapping[str, Any], stored: Plain) -> None:
        """Refuse dates that contradict each other, or the student's class history."""
        born = date.fromisoformat(changed.get("date_of_birth", stored["dateOfBirth"]))
        admitted = changed.get("admission_date", stored["admissionDate"])
        made.wrong += [self._finding(made.row, *f) for f in self._dates(born, date.fromisoformat(admitted))]
        try:
            stays.admitted_on(stored.get("stays") or [], admitted)
        except stays.TooEarly:
            made.wrong.append(self._finding(made.row, "admissionDate", "The student left its first class before this date"))

    def _refuse_status(self, made: _Candidate, fields: Mapping[str, Any], now: str) -> None:
        status = fields.get("status")
        if status is not None and str(status) != now:
            text = f"An import does not change the status, which is {now}: change the student's record"
            made.wrong.append(self._finding(made.row, "status", text))


def _has(fields: Mapping[str, Any], name: str) -> bool:
    return any(camel(known) == name for known in fields)


def _stored_form(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else str(value)

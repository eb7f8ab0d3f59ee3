"""The night of fees (rule F7): overdue fees are flagged, late fines added, guardians reminded; each once.

The fees stream by; those that the night concerns are read again in small batches, decided, and written in one transaction each
under the versions that were read. So a night that is run twice adds nothing, and one whose process died is gone on with by running
it again: what was done is told by the fees and messages themselves.
"""

import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import batched, groupby
from typing import Any

from functions.fees import night_messages, night_rules, night_view
from shared import clock
from shared.data import reader
from shared.data.item import Record
from shared.data.unit_of_work import Actor, RetryWrite, UnitOfWork
from shared.entities.fees import StudentFee
from shared.entities.tenancy import School
from shared.fee_rules import FeeStatus
from shared.fee_standing import Standing, standing_of
from shared.messages import owe
from shared.money import format_plain
from shared.school_settings import SchoolSettings

_MODULE = "fees"
_ACTOR = Actor(role="SYSTEM")
_BATCH = 40
_PATIENCE_S = 20.0
_READ = (
    "type", "id", "studentId", "totalAmount", "discountAmount", "scholarshipAmount", "fineAmount", "paidAmount", "dueDate",
    "instalments", "fines", "flaggedOn",
)  # fmt: skip


@dataclass
class _Done:
    """What a night did."""

    counts: Counter[str] = field(default_factory=Counter)
    fined: Decimal = Decimal(0)

    def add(self, other: "_Done") -> None:
        self.counts += other.counts
        self.fined += other.fined


def fees_night(school: School, day: date) -> dict[str, Any]:
    """The daily job: what was seen and done, in numbers."""
    return _Night(school, day).run()


class _Night:
    """One school's night."""

    def __init__(self, school: School, day: date) -> None:
        self.school, self.day, self.currency = school, day, school.currency
        self.retention = SchoolSettings.of(school).retention_days
        self.rules = SchoolSettings.of(school).fees
        fine = self.rules.late_fine
        self.fine_rule = night_rules.FineRule(night_rules.Kind(fine.kind), fine.amount, fine.percentage, fine.grace_days, fine.maximum)
        self.done = _Done()

    def run(self) -> dict[str, Any]:
        for ids in self._batches():
            fees = [fee for chunk in batched(ids, _BATCH, strict=False) for fee in self._settled(chunk)]
            messages = night_messages.of_night(self.school, self.rules, self.day, fees)
            self.done.counts["messages"] += owe(self.school.id, messages, module=_MODULE, actor=_ACTOR)
        names = ("fees", "overdue", "flagged", "unflagged", "fines", "messages")
        return {**{name: self.done.counts[name] for name in names}, "fined": format_plain(self.done.fined, self.currency)}

    def _batches(self) -> Iterator[list[str]]:
        """Ids of fees that the night concerns, a student's in one batch: their ids begin alike, so they come one after another."""
        batch: list[str] = []
        for _, several in groupby(self._seen(), key=lambda plain: plain["studentId"]):
            batch += [plain["id"] for plain in several if self._concerns(plain)]
            if len(batch) >= _BATCH:
                yield batch
                batch = []
        if batch:
            yield batch

    def _seen(self) -> Iterator[dict[str, Any]]:
        """The school's fees one by one, but for those that are plainly no matter tonight."""
        horizon = (self.day + timedelta(days=max(self.rules.reminder_days_before, default=0))).isoformat()
        for raw in reader.query(StudentFee.partition_of(school_id=self.school.id), fields=_READ):
            self.done.counts["fees"] += 1
            later = raw["dueDate"]["S"] > horizon and "instalments" not in raw
            paid = raw["paidAmount"] == raw["totalAmount"] and "fineAmount" not in raw
            if "flaggedOn" in raw or not (later or paid):
                yield reader.plain(raw)

    def _concerns(self, plain: dict[str, Any]) -> bool:
        """Whether there is something to write or to tell of a fee tonight."""
        now = standing_of(plain, self.day, self.currency)
        overdue = now.status == FeeStatus.OVERDUE
        self.done.counts["overdue"] += overdue
        if overdue != ("flaggedOn" in plain) or self._fines(plain, now):
            return True
        return bool(night_messages.of_fee(plain, now, self.rules, self.day))

    def _fines(self, plain: dict[str, Any], now: Standing) -> list[night_rules.Fine]:
        if now.status != FeeStatus.OVERDUE:
            return []
        return night_rules.fines_due(self.fine_rule, night_view.principal(plain, now), night_view.fined(plain), self.day, self.currency)

    def _settled(self, ids: tuple[str, ...]) -> list[StudentFee]:
        """The fees as they stand once the night is through with them, written in one transaction."""
        until, pause = time.monotonic() + _PATIENCE_S, 0.01
        while True:
            fees = reader.load_many(StudentFee, [{"school_id": self.school.id, "id": i} for i in ids], consistent=True)
            unit = UnitOfWork(self.school.id, _ACTOR, _MODULE, retention_days=self.retention)
            done = _Done()
            for fee in fees:
                self._decide(unit, fee, done)
            try:
                unit.commit()
            except RetryWrite:  # a cashier was quicker with one of them
                if time.monotonic() > until:
                    raise
                time.sleep(random.uniform(0, pause))  # noqa: S311 - jitter, not a secret
                pause = min(pause * 2, 0.5)
                continue
            self.done.add(done)
            return fees

    def _decide(self, unit: UnitOfWork, fee: StudentFee, done: _Done) -> None:
        """Flag and fine a fee as it stands now, where that changes it."""
        plain = fee.plain()
        now = standing_of(plain, self.day, self.currency)
        overdue, flagged = now.status == FeeStatus.OVERDUE, fee.flagged_on is not None
        fines = self._fines(plain, now)
        if overdue == flagged and not fines:
            return
        version, told = fee.version, {}
        if overdue != flagged:
            fee.flagged_on = self.day.isoformat() if overdue else None
            done.counts["flagged" if overdue else "unflagged"] += 1
        if fines:
            before = fee.fine_amount
            night_view.add_fines(fee, fines)
            told = {"fineAmount": [None if before is None else f"{before:f}", f"{fee.fine_amount:f}"]}
            done.counts["fines"] += len(fines)
            done.fined += sum((fine.amount for fine in fines), Decimal(0))
        fee.version, fee.updated_at = version + 1, clock.stamp()
        unit.put(fee, Record.version == version, RetryWrite())
        unit.note("LATE_FINE" if fines else "FLAG_OVERDUE" if overdue else "UNFLAG_OVERDUE", "StudentFee", fee.id, told)

"""The access patterns of fees and payments."""

import secrets
import uuid
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shared import clock
from shared.data import reader
from shared.data.list_model import ListModel
from shared.data.repository import Repository
from shared.entities.fees import DayClose, FeeAssignment, FeeConcession, FeeExemption, FeeStructure, Payment, StudentFee, fees_prefix
from shared.ids import floor_id

STRUCTURES = ListModel(FeeStructure, lambda plain: plain, ("name", "description"), default_sort="name")
CONCESSIONS = ListModel(FeeConcession, lambda plain: plain, ("reason",), default_sort="id")


class Fees(Repository[StudentFee]):
    """What the students of a school owe."""

    kind = StudentFee

    def raw_of_student(self, student_id: str, academic_year: str | None = None, *, consistent: bool = True) -> Iterator[reader.Raw]:
        """All fees of a student in one query, as typed dicts."""
        prefix = fees_prefix(student_id, academic_year)
        for raw in reader.query(StudentFee.partition_of(school_id=self.school_id), prefix=prefix, consistent=consistent):
            if raw["studentId"]["S"] == student_id and academic_year in (None, raw["academicYear"]["S"]):
                yield raw

    def of_student(self, student_id: str, academic_year: str | None = None, *, consistent: bool = True) -> list[StudentFee]:
        """All fees of a student in one query."""
        return [StudentFee.from_item(raw) for raw in self.raw_of_student(student_id, academic_year, consistent=consistent)]

    def existing(self, ids: list[str]) -> set[str]:
        """Which of the ids are taken."""
        keys = [StudentFee.key_of(school_id=self.school_id, id=i) for i in ids]
        return {key[1] for key in reader.get_many(keys, consistent=True)}

    def exempt(self) -> set[str]:
        """The ids of assigned fees that were taken away again, and are not to be made anew."""
        partition = FeeExemption.partition_of(school_id=self.school_id)
        return {raw["id"]["S"] for raw in reader.query(partition, fields=("id",), consistent=True)}


class Structures(Repository[FeeStructure]):
    """What a school charges."""

    kind = FeeStructure


class Concessions(Repository[FeeConcession]):
    """Discounts and scholarships of single students."""

    kind = FeeConcession


class Assignments(Repository[FeeAssignment]):
    """Runs of assigning."""

    kind = FeeAssignment


class Payments(Repository[Payment]):
    """Payments and reversals of a school."""

    kind = Payment

    def raw_between(
        self, first: date, last: date, timezone: str, *, newest_first: bool = False, consistent: bool = True
    ) -> Iterator[reader.Raw]:
        """The payments dated on the days from first to last, both inclusive, as typed dicts, in the order of their dates."""
        a_day = timedelta(days=1)  # wider by a day on each side: the school may have changed its time zone since
        after, until = floor_id(_start_of(first - a_day, timezone)), floor_id(_start_of(last + 2 * a_day, timezone))
        days = (first.isoformat(), last.isoformat())
        found = reader.query(
            Payment.partition_of(school_id=self.school_id), after=after, until=until, newest_first=newest_first, consistent=consistent
        )
        return (raw for raw in found if days[0] <= raw["paymentDate"]["S"] <= days[1])


class DayCloses(Repository[DayClose]):
    """Closed days of the cashiers."""

    kind = DayClose

    def between(self, first: date, last: date) -> list[DayClose]:
        """The closed days of a span, oldest first."""
        found = reader.query(
            DayClose.partition_of(school_id=self.school_id), after=first.isoformat(), until=f"{last.isoformat()}~", consistent=True
        )
        return [DayClose.from_item(raw) for raw in found]


def _start_of(day: date, timezone: str) -> int:
    return int(datetime.combine(day, time(), ZoneInfo(timezone)).timestamp() * 1000)


def payment_id(day: date, timezone: str) -> str:
    """A UUIDv7 of a payment date at the present time of day: ids of payments are in the order of their dates."""
    now = clock.now().astimezone(ZoneInfo(timezone))
    moment = int(datetime.combine(day, now.timetz()).timestamp() * 1000)
    return str(uuid.UUID(int=(moment << 80) | (7 << 76) | (secrets.randbits(12) << 64) | (2 << 62) | secrets.randbits(62)))

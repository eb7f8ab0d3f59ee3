"""A year of a school's data, made and loaded in minutes: registers with their roll-ups, fees, payments, receipts, fee sheets.

    python -m tools.bench.year --students 10000      loads it into an engine of its own, and says how long each part took

The figures of the data set: 180 school days up to yesterday, one register for each class and day (1.8 million marks at 10,000
students), twelve monthly fees a student (120,000), and a payment with its receipt for most of those that are due. The same seed
gives the same marks and amounts; ids of payments are new each time. Records are true; the journal has no entries of them, as if
its retention were over, and the roll-ups are made by the modules' own code.
"""

import argparse
import base64
import copy
import os
import random
import secrets
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from itertools import batched
from typing import Any
from uuid import UUID

import orjson
import urllib3

from functions.attendance import rollups
from functions.fees import periods, reading_fold
from functions.fees.repository import payment_id
from shared import clock
from shared.attendance_codes import Mark, pack_marks
from shared.data.connection import client, connection
from shared.data.item import Item
from shared.entities.academics import Class
from shared.entities.attendance import Register
from shared.entities.fees import FeeStructure, Payment, ReceiptCode, ReceiptSequence, StudentFee, assigned_fee_id
from shared.entities.people import Student
from shared.entities.tenancy import School
from shared.settings import settings

SCHOOL_DAYS = 180
_STATUSES = ("P", "A", "L", "H", "E")
_WEIGHTS = (93, 4, 1.5, 1, 0.5)
_WRITERS = 4
_OK = 200
_WEEK = 6  # Monday to Saturday
_MADE_AT = "2026-04-01T04:00:00.000Z"

type Typed = dict[str, Any]
type Say = Callable[[str], None]


def load(school: School, classes: list[Class], students: list[Student], say: Say = print) -> dict[str, int]:
    """Write the year of a school that has these classes and students; how many of each record."""
    by_class: dict[str, list[Student]] = {c.id: [] for c in classes}
    for student in students:
        by_class[student.class_id].append(student)
    made: dict[str, int] = {}
    for name, part in (("registers", _registers), ("fees", _fees)):
        started = time.monotonic()
        made |= part(school, by_class)
        say(f"    {name}: {time.monotonic() - started:.0f} s")
    started = time.monotonic()
    for class_id in by_class:
        rollups.rebuild_low(school, class_id)
    reading_fold.forget()
    reading_fold.fold(school.id)
    reading_fold.forget()
    say(f"    low attendance, fee sheets and totals: {time.monotonic() - started:.0f} s")
    return made


def school_days(today: date, count: int = SCHOOL_DAYS) -> list[date]:
    """The last days of school before today, oldest first."""
    days: list[date] = []
    day = today
    while len(days) < count:
        day -= timedelta(days=1)
        if day.weekday() < _WEEK:
            days.append(day)
    return days[::-1]


def _registers(school: School, by_class: dict[str, list[Student]]) -> dict[str, int]:
    days = school_days(clock.today(school.timezone))
    count = write(_register_items(school, by_class, days))
    return {"registers and roll-ups": count, "marks": len(days) * sum(len(s) for s in by_class.values())}


def _register_items(school: School, by_class: dict[str, list[Student]], days: list[date]) -> Iterator[Typed]:
    chance = random.Random(11)
    teacher = str(UUID(int=7 << 76 | 2 << 62))
    for class_id, members in by_class.items():
        months: dict[str, list[tuple[str, str]]] = {}
        for day in days:
            at = f"{day}T03:30:00.000Z"
            letters = chance.choices(_STATUSES, _WEIGHTS, k=len(members))
            packed = pack_marks([Mark(s.id, letter, teacher, at, teacher, at) for s, letter in zip(members, letters, strict=True)])
            register = Register(
                school_id=school.id, class_id=class_id, day=day.isoformat(), marks=packed.marks, hands=packed.hands, version=1
            )
            months.setdefault(day.isoformat()[:7], []).append((day.isoformat(), packed.marks))
            yield register.place().serialize()
        for month, registers in months.items():
            for item in rollups.month_of(school.id, class_id, month, registers):
                yield item.place().serialize()


def _fees(school: School, by_class: dict[str, list[Student]]) -> dict[str, int]:
    start = date.fromisoformat(school.academic_year["start"])
    structure = FeeStructure(
        school_id=school.id,
        id=str(UUID(int=0x01900000_0000 << 80 | 7 << 76 | 2 << 62)),
        version=1,
        created_at=_MADE_AT,
        updated_at=_MADE_AT,
        name="Tuition",
        amount=Decimal("2500.00"),
        frequency="MONTHLY",
        applicable_to="ALL",
        academic_year=school.academic_year["name"],
        starts_on=start.isoformat(),
        due_day=10,
        used=True,
        assigned_at=_MADE_AT,
    )
    made = _Counter(school, structure)
    count = write(made.items(by_class))
    return {"fees": made.fees, "payments": made.payments, "items of fees": count}


class _Counter:
    """Makes the fees of a year and the payments of those that are due."""

    def __init__(self, school: School, structure: FeeStructure) -> None:
        self.school, self.structure = school, structure
        self.fees = self.payments = 0
        self.chance = random.Random(13)
        self.today = clock.today(school.timezone)
        connection()
        self.fee = _typed(
            StudentFee(
                school_id=school.id, id="-", version=1, created_at=_MADE_AT, updated_at=_MADE_AT, student_id="-", class_id="-",
                fee_structure_id=structure.id, name=structure.name, academic_year=structure.academic_year, period="-",
                total_amount=structure.amount, paid_amount=Decimal("0.00"), due_date="-",
            )
        )  # fmt: skip
        self.payment = _typed(
            Payment(
                school_id=school.id, id="-", version=1, created_at=_MADE_AT, updated_at=_MADE_AT, receipt_number="-",
                amount=structure.amount, allocations=[], payment_method="-", payment_date="-", received_by=structure.id, code="-",
            )
        )  # fmt: skip
        self.code = _typed(ReceiptCode(code="-", receipt_school=school.id, payment_id="-"))

    def items(self, by_class: dict[str, list[Student]]) -> Iterator[Typed]:
        """All items."""
        yield _typed(self.structure)
        start = date.fromisoformat(self.structure.starts_on)
        all_periods = periods.periods(periods.Frequency.MONTHLY, start, self.structure.due_day)
        for period in all_periods:
            for members in by_class.values():
                for student in members:
                    yield from self._one(student, period)
        yield _typed(ReceiptSequence(school_id=self.school.id, year=str(self.today.year), last=self.payments, turn=1))

    def _one(self, student: Student, period: periods.Period) -> Iterator[Typed]:
        structure, fee = self.structure, copy.copy(self.fee)
        fee_id = assigned_fee_id(structure.id, structure.academic_year, student.id, period.name)
        fee["pk"], fee["sk"] = ({"S": text} for text in StudentFee.key_of(school_id=self.school.id, id=fee_id))
        fee |= {name: {"S": text} for name, text in (("id", fee_id), ("studentId", student.id), ("classId", student.class_id))}
        fee |= {"period": {"S": period.name}, "dueDate": {"S": period.due.isoformat()}}
        self.fees += 1
        luck = self.chance.random()
        if period.due < self.today and luck < 0.97:  # three in a hundred pay late or never
            amount = structure.amount if luck < 0.94 else structure.amount / 2
            paid = payment_id(period.due, self.school.timezone)
            fee |= {"paidAmount": {"S": f"{amount:.2f}"}, "payments": {"L": [{"S": paid}]}}
            yield from self._payment(paid, fee_id, student, period.due, Decimal(f"{amount:.2f}"))
        yield fee

    def _payment(self, made: str, fee_id: str, student: Student, day: date, amount: Decimal) -> Iterator[Typed]:
        self.payments += 1
        left = f"{self.structure.amount - amount:.2f}"
        part = {"feeId": fee_id, "studentId": student.id, "classId": student.class_id, "amount": f"{amount:f}", "left": left}
        payment, code = copy.copy(self.payment), secrets.token_hex(8).upper()
        payment["pk"], payment["sk"] = ({"S": text} for text in Payment.key_of(school_id=self.school.id, id=made))
        told = {
            "id": made, "receiptNumber": f"RCP-{day.year}-{self.payments:04d}", "amount": f"{amount:f}", "paymentDate": day.isoformat(),
            "paymentMethod": self.chance.choice(("CASH", "CARD", "ONLINE", "BANK_TRANSFER")), "code": code,
        }  # fmt: skip
        payment |= {name: {"S": text} for name, text in told.items()}
        payment["allocations"] = {"L": [{"M": {name: {"S": text} for name, text in part.items()}}]}
        yield payment
        where = ReceiptCode.key_of(code=code)
        yield self.code | {name: {"S": text} for name, text in (("pk", where[0]), ("sk", where[1]), ("code", code), ("paymentId", made))}


def _typed(item: Item) -> Typed:
    typed: Typed = item.place().serialize()
    return typed


def write(items: Iterable[Typed]) -> int:
    """Put items as they are into the local engine, several batches at a time; how many.

    The requests are made by hand: botocore's checks and signatures would take most of the time, and the engine looks at neither.
    """
    address, table = os.environ["AWS_ENDPOINT_URL_DYNAMODB"], settings().table
    pool = urllib3.PoolManager(maxsize=_WRITERS)
    headers = {
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": "DynamoDB_20120810.BatchWriteItem",
        "Authorization": f"AWS4-HMAC-SHA256 Credential=test/20260101/{os.environ['AWS_DEFAULT_REGION']}/dynamodb/aws4_request, "
        "SignedHeaders=host, Signature=none",
    }

    def send(chunk: tuple[Typed, ...]) -> int:
        pending: Any = {table: [{"PutRequest": {"Item": item}} for item in chunk]}
        while pending:
            answer = pool.request("POST", address, body=orjson.dumps({"RequestItems": pending}, default=_base64), headers=headers)
            if answer.status != _OK:
                raise RuntimeError(f"{answer.status} {answer.data[:300]!r}")
            pending = orjson.loads(answer.data).get("UnprocessedItems")
        return len(chunk)

    count = 0
    with ThreadPoolExecutor(_WRITERS) as writers:
        for some in batched(batched(items, 25, strict=False), 40, strict=False):
            count += sum(writers.map(send, some))
    return count


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


def main() -> int:
    """Load a year into an engine in memory and tell how long it took."""
    from infra.local import engines
    from shared.data.schema import create_table_request
    from tests import conftest
    from tools.bench.school import large_school

    parser = argparse.ArgumentParser(prog="python -m tools.bench.year")
    parser.add_argument("--students", type=int, default=10_000)
    asked = parser.parse_args()
    with engines.dynamodb() as engine:
        os.environ.update(conftest.ENVIRONMENT, AWS_ENDPOINT_URL_DYNAMODB=engine.url)
        client("dynamodb").create_table(**create_table_request(conftest.ENVIRONMENT["TABLE_NAME"]))
        started = time.monotonic()
        school, classes, students = large_school(asked.students)
        print(f"{len(students):,} students in {len(classes)} classes: {time.monotonic() - started:.0f} s", flush=True)
        made = load(school, classes, students, lambda text: print(text, flush=True))
        print(", ".join(f"{count:,} {name}" for name, count in made.items()), f"in {time.monotonic() - started:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

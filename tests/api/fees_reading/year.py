"""A school with a year of fees and payments, written straight to the table; and what an operation on it costs."""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from functions.fees import reading_fold
from functions.fees.periods import Frequency, periods
from functions.fees.reading_book import Book
from functions.fees.reading_rows import lines_of, row_of
from functions.fees.reading_sheets import sheet_of
from functions.fees.repository import payment_id
from shared import clock
from shared.data import derived
from shared.data.item import Item
from shared.entities.academics import Class
from shared.entities.fees import Payment, ReceiptSequence, StudentFee, assigned_fee_id
from shared.entities.people import Student
from shared.entities.tenancy import School
from shared.ids import new_id

YEAR = "2026-2027"
METHODS = ("CASH", "CARD", "ONLINE", "CHEQUE", "BANK_TRANSFER")


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was written."""

    fees: int
    payments: int
    students: list[str]
    room: str  # the class of the first forty students
    seconds: float


def load_year(school: School, students: int, *, paid_until: str = "2027-02-28", records_of: int | None = None, seed: int = 1) -> Loaded:
    """A monthly fee for each student and month; what was due by then is paid, but for one in twenty, and one in thirty in part.

    With `records_of` the sheets and totals are written for all, but the fees and payments only of the first so many students: a large
    school's lists can be measured then on an engine that would take many minutes for all its records.
    """
    began, chance = time.monotonic(), random.Random(seed)
    collectors = [new_id() for _ in range(10)]
    rooms = [new_id() for _ in range(-(-students // 40))]
    pupils = [(new_id(), rooms[n // 40]) for n in range(students)]
    derived.put_many(_people(school, rooms, pupils))
    made: list[tuple[StudentFee, Payment | None]] = [
        _fee(school, pupil, room, period, chance, collectors, paid_until)
        for pupil, room in pupils
        for period in periods(Frequency.MONTHLY, datetime(2026, 4, 1, tzinfo=UTC).date(), 10)
    ]
    made.sort(key=lambda pair: pair[1].payment_date if pair[1] else "")
    number = 0
    for _, payment in made:
        if payment:
            number += 1
            payment.receipt_number = f"RCP-2026-{number:04d}"
    derived.put_many([ReceiptSequence(school_id=school.id, year="2026", last=number, turn=1)])
    some = {p for p, _ in pupils[:records_of]}
    derived.put_many(fee for fee, _ in made if fee.student_id in some)
    derived.put_many(payment for fee, payment in made if payment and fee.student_id in some)
    if records_of is not None:
        _derive(school, made)
    return Loaded(len(made), number, [p for p, _ in pupils], rooms[0], time.monotonic() - began)


def _derive(school: School, made: list[tuple[StudentFee, Payment | None]]) -> None:
    """Write the sheets, totals and state that the consumer would have written."""
    book = Book(school)
    for fee, payment in made:
        lines = [lines_of(payment.plain(), book.places)[fee.id]] if payment else []
        book.hold(row_of({**fee.plain(), "version": fee.version}, lines, school.currency, book.places))
    book.seen_until = int(time.time() * 1000)
    book.dirty.update(map(sheet_of, book.rows.values()))
    reading_fold.save_sheets(book)
    for room in book.rooms:
        reading_fold.save_totals(book, room)
    reading_fold.save_state(book, None, book.rows.values())


def _people(school: School, rooms: list[str], pupils: list[tuple[str, str]]) -> Iterator[Item]:
    for n, room in enumerate(rooms):
        yield Class(
            school_id=school.id, id=room, version=1, name=f"Class {n % 12 + 1}", section=f"{n // 12}", grade=str(n % 12 + 1),
            academic_year=YEAR, capacity=60,
        )  # fmt: skip
    for n, (pupil, room) in enumerate(pupils):
        yield Student(
            school_id=school.id, id=pupil, version=1, roll_number=f"R-{n:05d}", admission_number=f"2026-{n:05d}",
            first_name=f"Name{n % 997}", last_name=f"Family{n % 1009}", date_of_birth="2012-02-29", gender="FEMALE", class_id=room,
            section="A", admission_date="2026-04-01", parent_name="A Parent", parent_phone="+919876543211", parent_relation="MOTHER",
        )  # fmt: skip


def _fee(school, pupil, room, period, chance, collectors, paid_until):
    fee = StudentFee(
        school_id=school.id,
        id=assigned_fee_id("structure", YEAR, pupil, period.name),
        version=1,
        created_at="2026-04-01T00:00:00.000Z",
        student_id=pupil,
        class_id=room,
        fee_structure_id=collectors[0],
        name="Tuition fee",
        academic_year=YEAR,
        period=period.name,
        total_amount=Decimal(chance.randrange(100_000, 500_000)).scaleb(-2),
        discount_amount=Decimal("150.25") if chance.random() < 0.1 else None,
        paid_amount=Decimal("0.00"),
        due_date=period.due.isoformat(),
    )
    if fee.due_date > paid_until or chance.random() < 0.05:
        return fee, None
    net = fee.total_amount - (fee.discount_amount or 0)
    amount = net if chance.random() > 1 / 30 else Decimal("100.00")
    day = period.due.replace(day=chance.randrange(1, 28))
    fee.payments, fee.paid_amount, fee.version = [payment_id(day, school.timezone)], amount, 2
    return fee, Payment(
        school_id=school.id,
        id=fee.payments[0],
        version=1,
        created_at=clock.stamp(),
        receipt_number="",
        amount=amount,
        allocations=[{"feeId": fee.id, "studentId": pupil, "classId": room, "amount": f"{amount:f}"}],
        payment_method=chance.choice(METHODS),
        payment_date=day.isoformat(),
        received_by=chance.choice(collectors),
        code=new_id()[:16],
    )

"""Fees: what a school charges, what each student owes, what was paid, and what a cashier counted at the day's end."""

import hashlib

from shared.data.attributes import Exact, Flag, Items, Plain, Text, Whole
from shared.data.item import TENANT, Item, Keys, Record


class FeeStructure(Record):
    """A fee that the school charges, and when it is due. One in use is closed, not deleted (rule F4)."""

    keys = Keys(TENANT + "#FEE_STRUCTURE", "{id}", purpose="one fee structure; all of a school")

    name = Text()
    description = Text(null=True)
    amount = Exact()  # of each period
    frequency = Text()  # MONTHLY, QUARTERLY, ANNUALLY, ONE_TIME
    applicable_to = Text()  # ALL or CLASS_SPECIFIC
    class_ids = Items(null=True)
    academic_year = Text()
    starts_on = Text()  # the first day of that academic year: its periods are counted from it
    due_day = Whole()  # day of the month; the first one in a period, the month's last where the month is shorter
    due_date = Text(null=True)  # instead of the due day, of a fee that is charged once
    instalments = Whole(null=True)  # parts that a fee of a year, a quarter or once is paid in
    status = Text(default="ACTIVE")
    used = Flag(default=False)  # whether any fee was ever made of it: such a one is closed, not removed
    assigned_at = Text(null=True)  # since when it is in use: students who join later get it by themselves
    assigned_class_ids = Items(null=True)  # the classes that it was assigned to; absent: all that it applies to


class FeeConcession(Record):
    """A discount or scholarship of one student, applied to each fee that is assigned while it is in force."""

    keys = Keys(TENANT + "#FEE_CONCESSION", "{id}", purpose="one concession; all of a school")

    student_id = Text()
    kind = Text()  # DISCOUNT or SCHOLARSHIP
    fee_structure_id = Text(null=True)  # absent: every structure
    academic_year = Text()
    amount = Exact(null=True)  # of each fee; or
    percentage = Exact(null=True)
    reason = Text()
    status = Text(default="ACTIVE")


class StudentFee(Record):
    """What a student owes of one fee for one period. Its status is not stored: it is reckoned when it is read (rule F1).

    Its id begins with a digest of the student and of the academic year (see `fees_prefix`), so that all fees of a student lie
    side by side in a partition in which each is found by its id alone. One that was assigned has an id made of structure,
    student and period: assigning twice meets the same item (rule F5).
    """

    keys = Keys(TENANT + "#FEE", "{id}", purpose="one fee; all fees of a student, by prefix; all fees of a school")
    unjournalled = frozenset({"payments"})  # the payments' own entries tell them

    student_id = Text()
    class_id = Text()  # the student's when the fee was made
    fee_structure_id = Text(null=True)
    name = Text()  # as it stands on the receipt, whatever becomes of the structure
    academic_year = Text()
    period = Text()  # 2026-04, Q1, YEAR or ONCE
    total_amount = Exact()
    discount_amount = Exact(null=True)  # the sum of the reductions of its kind
    scholarship_amount = Exact(null=True)
    fine_amount = Exact(null=True)  # the sum of `fines`, owed on top
    paid_amount = Exact()
    due_date = Text()  # of instalments the last
    reductions = Items(null=True)  # {kind: DISCOUNT|SCHOLARSHIP|SIBLING, amount, reason, by, at}; amounts as text
    fines = Items(null=True)  # {day, amount, reason}; amounts as text
    instalments = Items(null=True)  # {dueDate, amount}; the parts owed follow these amounts as weights, see rules.parts
    payments = Items(null=True)  # ids of the payments and reversals that touched it, oldest first
    flagged_on = Text(null=True)  # the school's day on which the night found it overdue


class FeeExemption(Item):
    """An assigned fee that was taken away again: assigning its structure once more does not bring it back."""

    keys = Keys(TENANT + "#FEE_EXEMPTION", "{id}", purpose="assigned fees that were taken away")

    id = Text()  # of the fee


class Payment(Record):
    """Money received at once for one or several fees under one receipt, or a reversal of it, whose amounts are negative.

    Its id is a UUIDv7 of the payment date at the time of day when it was recorded: payments of a span of days are a span of ids.
    """

    keys = Keys(TENANT + "#PAYMENT", "{id}", purpose="one payment; the payments of a span of days")

    receipt_number = Text()
    kind = Text(default="PAYMENT")  # PAYMENT or REVERSAL
    amount = Exact()  # the sum of the allocations
    allocations = Items()  # {feeId, studentId, classId, amount}; amounts as text
    payment_method = Text()  # CASH, CARD, ONLINE, CHEQUE, BANK_TRANSFER
    payment_date = Text()  # in the school's time zone
    transaction_id = Text(null=True)
    cheque = Plain(null=True)  # {number, bank, date, state: RECEIVED|CLEARED|BOUNCED, on}
    received_by = Text()
    payer = Text(null=True)
    remarks = Text(null=True)
    code = Text()  # what the receipt is verified by, see ReceiptCode
    reversal_of = Text(null=True)
    reversed_by = Text(null=True)


class ReceiptCode(Item):
    """A receipt's verification code and where the receipt is: a platform item, for whoever verifies is not signed in."""

    keys = Keys("PLATFORM#RECEIPT#{code}", "RECEIPT", purpose="verification code → receipt, without signing in")

    code = Text()  # 80 random bits, 16 characters of base 32
    receipt_school = Text()
    payment_id = Text()


class ReceiptSequence(Item):
    """The last receipt number of a calendar year. Every payment writes it under its turn, so payments follow one another.

    Closing a day takes a turn too: a payment that was decided before the close and committed after it is decided again.
    """

    keys = Keys(TENANT + "#COUNTER", "RECEIPTS#{year}", purpose="the last receipt number of a year")

    year = Text()
    last = Whole(default=0)
    turn = Whole(default=0)
    waiting = Items(null=True)  # requests in line and since when (token@milliseconds), the first at its head, see functions/fees/line.py
    moved_at = Whole(null=True)  # epoch milliseconds at which the line moved last
    closed = Items(null=True)  # the last days that were closed, as day#cashier


class DayClose(Record):
    """A cashier's day that is closed: what was received by each method, and what was counted."""

    keys = Keys(TENANT + "#DAY_CLOSE", "{day}#{collector_id}", purpose="a cashier's day; the days of a span")

    day = Text()
    collector_id = Text()
    sums = Plain()  # method → {count, amount}; reversals count negative
    expected_cash = Exact()
    counted_cash = Exact()
    remarks = Text(null=True)
    closed_by = Text()
    state = Text(default="CLOSED")  # or REOPENED
    reason = Text(null=True)  # of the reopening


class FeeAssignment(Record):
    """One run of assigning a structure, and how far it has come: counted in the transactions that make the fees."""

    keys = Keys(TENANT + "#FEE_ASSIGNMENT", "{id}", purpose="one assignment with its progress; all of a school")

    fee_structure_id = Text()
    class_ids = Items(null=True)
    state = Text(default="RUNNING")  # or DONE, STOPPED
    students = Whole()
    total = Whole()  # fees to make
    made = Whole(default=0)
    position = Text(null=True)  # the last student whose fees are made; students go in the order of their ids
    actor = Plain()
    lease_until = Whole(default=0)  # epoch seconds
    stopped_by = Text(null=True)
    finished_at = Text(null=True)


def fees_prefix(student_id: str, academic_year: str | None = None) -> str:
    """What the ids of a student's fees begin with; of one academic year's, where it is named."""
    owner = _digest(student_id)[:12]
    prefix = f"{owner[:8]}-{owner[8:]}-"
    return prefix if academic_year is None else f"{prefix}8{_digest(academic_year)[:3]}-"


def fee_id(student_id: str, academic_year: str, own: str) -> str:
    """A fee's id: a UUID of version 8 from the student, the academic year, and what tells it from the student's other fees."""
    rest = _digest(own)
    return f"{fees_prefix(student_id, academic_year)}{'89ab'[int(rest[0], 16) % 4]}{rest[1:4]}-{rest[4:16]}"


def assigned_fee_id(structure_id: str, academic_year: str, student_id: str, period: str) -> str:
    """The one id of a structure's fee for a student and period."""
    return fee_id(student_id, academic_year, f"{structure_id}\t{student_id}\t{period}")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

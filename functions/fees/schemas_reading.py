"""The wire of lists, summaries and reports of fees."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from functions.fees.schemas import Amount, FeeRow
from shared.fee_rules import FeeStatus
from shared.http.schema import Date, Id, Line, ListQuery, Out, Query

Year = Annotated[
    Line | None,
    Field(max_length=20, description="Only this academic year. Without it: the present one, and what is open of those that are over"),
]
Settled = Annotated[bool, Field(description="Settled fees of academic years that are over too")]
Explain = Annotated[bool, Field(description="Tell the rule and the numbers of each percentage too")]


class PaymentMethod(StrEnum):
    """How money was received."""

    CASH = "CASH"
    CARD = "CARD"
    ONLINE = "ONLINE"
    CHEQUE = "CHEQUE"
    BANK_TRANSFER = "BANK_TRANSFER"


class Format(StrEnum):
    """What a report is answered as."""

    JSON = "json"
    CSV = "csv"


class FeeList(ListQuery):
    """Filters of the list of fees."""

    status: FeeStatus | None = None
    class_id: Id | None = None
    section: Annotated[Line | None, Field(max_length=20)] = None
    student_id: Id | None = None
    fee_structure_id: Id | None = None
    academic_year: Year = None
    due_from: Annotated[Date | None, Field(description="Due on this day or later")] = None
    due_to: Annotated[Date | None, Field(description="Due on this day or earlier")] = None
    include_inactive: Settled = False


class ReportQuery(FeeList):
    """Filters of the report and of its sums.

    With a filter of payments (`paidFrom`, `paidTo`, `method`, `collector`) it is of the fees that have such payments; `collected` is
    what those came to, reversals taken off.
    """

    paid_from: Annotated[Date | None, Field(description="Paid on this day or later")] = None
    paid_to: Annotated[Date | None, Field(description="Paid on this day or earlier")] = None
    method: PaymentMethod | None = None
    collector: Annotated[Id | None, Field(description="The user who received the money")] = None


class ReportPage(ReportQuery):
    """Filters of the report, and how it is answered."""

    format: Format = Format.JSON
    explain: Explain = False


class SummaryQuery(Query):
    """Filters of the summary: those of the report."""

    status: FeeStatus | None = None
    class_id: Id | None = None
    section: Annotated[Line | None, Field(max_length=20)] = None
    student_id: Id | None = None
    fee_structure_id: Id | None = None
    academic_year: Year = None
    due_from: Date | None = None
    due_to: Date | None = None
    paid_from: Date | None = None
    paid_to: Date | None = None
    method: PaymentMethod | None = None
    collector: Id | None = None
    search: Annotated[str | None, Field(max_length=200)] = None
    include_inactive: Settled = False
    explain: Explain = False


class FeeListRow(FeeRow):
    """A fee in the list, with its student."""

    student_name: str | None = None
    admission_number: str | None = None
    roll_number: str | None = None
    days_overdue: Annotated[int, Field(description="Days since the first part that is not paid was due; 0 where none is late")]


class Contact(Out):
    """Whom to ask for the money."""

    name: str | None = None
    relation: str | None = None
    phone: str | None = None
    email: str | None = None


class OverdueRow(FeeListRow):
    """An overdue fee. The contact is there for those who may read guardians."""

    overdue_amount: Annotated[Amount, Field(description="What of the open amount should have been paid before today")]
    guardian: Contact | None = None


class ReportRow(FeeListRow):
    """A fee in the report."""

    class_name: str | None = None
    section: str | None = None
    overdue_amount: Amount
    collected: Annotated[Amount, Field(description="Its payments that the filters let through, reversals taken off")]


class Explanation(Out):
    """How a percentage was reckoned."""

    rule: str
    numerator: Amount
    denominator: Amount
    result: Amount | None = None


class Summary(Out):
    """Sums over fees (rule F6)."""

    fees: int
    total_fees: Annotated[Amount, Field(description="What is owed in all: less discounts and scholarships, late fines on top")]
    total_paid: Amount
    total_due: Annotated[Amount, Field(description="What is still to be paid")]
    total_overdue: Annotated[Amount, Field(description="What of it should have been paid before today")]
    overdue_fees: int
    total_discount: Amount
    total_scholarship: Amount
    total_fine: Amount
    collected: Annotated[Amount, Field(description="The payments that the filters let through, reversals taken off")]
    collection_rate: Annotated[Amount | None, Field(description="Paid of owed in percent, two decimals; null where nothing is owed")] = None
    by_status: Annotated[dict[FeeStatus, int], Field(description="How many fees stand how")]
    currency: str
    as_of: Annotated[str, Field(description="The school's today, against which overdue is judged")]
    explanation: Annotated[dict[str, Explanation] | None, Field(description="With `explain=true`")] = None


class Report(Out):
    """A page of the report, and the sums over all of it."""

    rows: list[ReportRow]
    totals: Summary
    page: int
    page_size: int
    total_pages: int
    total_records: int


class Kind(StrEnum):
    """What a line of a ledger is."""

    CHARGE = "CHARGE"
    DISCOUNT = "DISCOUNT"
    SCHOLARSHIP = "SCHOLARSHIP"
    FINE = "FINE"
    PAYMENT = "PAYMENT"
    REVERSAL = "REVERSAL"


class LedgerEntry(Out):
    """A line of a student's account. `amount` raises the balance, or lowers it where it is negative."""

    date: str
    kind: Kind
    text: str
    fee_id: str
    due_date: Annotated[str | None, Field(description="Of a charge")] = None
    payment_id: str | None = None
    receipt_number: str | None = None
    amount: Amount
    balance: Annotated[Amount, Field(description="What the student owes after this line")]


class Ledger(Out):
    """A student's account. The balance from the lines and the one from the fees are reckoned apart."""

    student_id: str
    currency: str
    entries: list[LedgerEntry]
    charged: Amount
    discounts: Amount
    scholarships: Amount
    fines: Amount
    paid: Annotated[Amount, Field(description="Payments less reversals")]
    balance: Annotated[Amount, Field(description="From the lines")]
    fees_balance: Annotated[Amount, Field(description="From the fees: what is owed less what they say is paid")]
    difference: Annotated[Amount, Field(description="Zero unless something is wrong")]
    balanced: bool


class LedgerQuery(Query):
    """Which lines."""

    academic_year: Annotated[Line | None, Field(max_length=20, description="Only fees of this academic year")] = None


class Difference(Out):
    """Something that does not agree."""

    what: str
    id: str
    expected: Any = None
    found: Any = None


class Reconciliation(Out):
    """Fees against payments, and what is derived from them against a rebuild."""

    fees: int
    payments: int
    paid_by_fees: Annotated[Amount, Field(description="The sum of what the fees say is paid")]
    paid_by_payments: Annotated[Amount, Field(description="The sum of payments less reversals")]
    difference: Amount
    differences: list[Difference]
    difference_count: int
    agrees: bool

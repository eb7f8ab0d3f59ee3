"""The wire of payments, reversals, cheques and the closing of a cashier's day."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from functions.fees.schemas import Amount, AmountIn, Reason
from shared.http.schema import Date, Id, In, Line, ListQuery, Out, Query


class Method(StrEnum):
    """How something was paid."""

    CASH = "CASH"
    CARD = "CARD"
    ONLINE = "ONLINE"
    CHEQUE = "CHEQUE"
    BANK_TRANSFER = "BANK_TRANSFER"


class Kind(StrEnum):
    """Whether money came in, or a payment was taken back."""

    PAYMENT = "PAYMENT"
    REVERSAL = "REVERSAL"


class ChequeState(StrEnum):
    """How far a cheque is: one that bounced has its payment reversed."""

    RECEIVED = "RECEIVED"
    CLEARED = "CLEARED"
    BOUNCED = "BOUNCED"


class ChequeIn(In):
    """What stands on a cheque."""

    number: Annotated[Line, Field(min_length=1, max_length=40)]
    bank: Annotated[Line | None, Field(max_length=100)] = None
    date: Date | None = None


class Cheque(Out):
    """A cheque and how far it is."""

    number: str
    bank: str | None = None
    date: str | None = None
    state: ChequeState
    on: Annotated[str | None, Field(description="The day on which it was cleared or bounced")] = None


class PaymentFields(In):
    """What a person knows of a payment."""

    payment_method: Method
    payment_date: Annotated[Date | None, Field(description="The school's today where absent; never in the future")] = None
    transaction_id: Annotated[Line | None, Field(max_length=100)] = None
    cheque: Annotated[ChequeIn | None, Field(description="Of a payment by cheque")] = None
    payer: Annotated[Line | None, Field(max_length=100)] = None
    remarks: Annotated[Line | None, Field(max_length=500)] = None


class RecordPayment(PaymentFields):
    """Money received for one fee."""

    amount: AmountIn


class AllocationIn(In):
    """What of a payment goes to a fee."""

    fee_id: Id
    amount: AmountIn


class PaymentIn(PaymentFields):
    """Money received at once for fees of one or several students, under one receipt.

    Either `allocations` say what goes to which fee, or `studentIds` and `amount`: then the fees due first are paid first.
    """

    allocations: Annotated[list[AllocationIn] | None, Field(min_length=1, max_length=30)] = None
    student_ids: Annotated[list[Id] | None, Field(min_length=1, max_length=10)] = None
    amount: AmountIn | None = None


class Allocation(Out):
    """What of a payment went to a fee."""

    fee_id: str
    student_id: str
    amount: Amount


class PaymentOut(Out):
    """A payment or reversal and its receipt number. The amounts of a reversal are negative; absent fields are left out."""

    id: str
    student_fee_id: Annotated[str | None, Field(description="The fee, where it is for one alone")] = None
    receipt_number: str
    kind: Kind
    amount: Amount
    allocations: list[Allocation]
    payment_method: Method
    payment_date: str
    transaction_id: str | None = None
    cheque: Cheque | None = None
    received_by: str
    payer: str | None = None
    remarks: str | None = None
    verification_code: str
    reversal_of: str | None = None
    reversed_by: str | None = None
    version: int
    created_at: str | None = None

    @model_serializer(mode="wrap")
    def _without_absent(self, inner: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Kept small: the answer is stored with its Idempotency-Key in the payment's own transaction."""
        return {name: value for name, value in inner(self).items() if value is not None}


class PaymentList(ListQuery):
    """Filters of payments; the last seven days where none is named."""

    from_date: Annotated[Date | None, Field(description="First payment date")] = None
    to_date: Annotated[Date | None, Field(description="Last payment date")] = None
    payment_method: Method | None = None
    received_by: Id | None = None
    student_id: Id | None = None
    kind: Kind | None = None


class ReverseIn(In):
    """Why a payment is taken back."""

    reason: Reason


class ChequeChange(In):
    """How far a cheque is now."""

    state: Annotated[ChequeState, Field(description="CLEARED or BOUNCED")]
    reason: Annotated[Reason | None, Field(description="Of one that bounced")] = None


class DayCloseIn(In):
    """What a cashier counted at the day's end."""

    date: Annotated[Date | None, Field(description="The school's today where absent")] = None
    collector_id: Annotated[Id | None, Field(description="Another cashier's day: an admin closes it")] = None
    counted_cash: AmountIn
    remarks: Annotated[Line | None, Field(max_length=500)] = None


class MethodSum(Out):
    """What was received by one method; reversals count negative."""

    payment_method: Method
    count: int
    amount: Amount


class DayCloseOut(Out):
    """A cashier's day: what was received by each method, what was counted, and the difference."""

    id: str | None = None
    day: str
    collector_id: str
    state: Annotated[str, Field(description="OPEN, CLOSED or REOPENED")]
    sums: list[MethodSum]
    total: Amount
    expected_cash: Amount
    counted_cash: Amount | None = None
    difference: Annotated[Amount | None, Field(description="Counted less expected")] = None
    remarks: str | None = None
    closed_by: str | None = None
    reason: str | None = None
    version: int | None = None
    created_at: str | None = None
    updated_at: str | None = None


class DayCloseList(ListQuery):
    """Filters of closed days; the last 31 days where none is named."""

    from_date: Date | None = None
    to_date: Date | None = None
    collector_id: Id | None = None


class DayQuery(Query):
    """Whose day, and which."""

    date: Date | None = None
    collector_id: Id | None = None


class ReopenIn(In):
    """Which closed day is opened again, and why."""

    date: Date
    collector_id: Id
    reason: Reason

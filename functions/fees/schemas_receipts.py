"""The wire of receipts: what anybody may know who holds one."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from functions.fees.schemas import Amount
from shared.http.schema import Out


class ReceiptState(StrEnum):
    """Whether a receipt stands."""

    VALID = "VALID"
    REVERSED = "REVERSED"  # taken back by a reversal
    REVERSAL = "REVERSAL"  # takes another receipt back


class VerifiedReceipt(Out):
    """A genuine receipt, with nothing about a person but initials."""

    school_name: str
    receipt_number: str
    payment_date: str
    amount: Annotated[Amount, Field(description="Negative in a reversal")]
    currency: str
    state: ReceiptState
    valid: Annotated[bool, Field(description="Whether the money that it names was received and not given back")]
    cheque_state: Annotated[str | None, Field(description="RECEIVED, CLEARED or BOUNCED, where it was paid by cheque")] = None
    student_initials: Annotated[list[str], Field(examples=[["A. K."]])]

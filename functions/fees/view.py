"""A stored fee as it stands on a day: the one place where net, open amount and status of an item are put together."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from functions.fees import rules, schemas
from shared.entities.fees import StudentFee


@dataclass(frozen=True, slots=True)
class Standing:
    """What is owed of a fee, and how far it is paid, on a day."""

    net: Decimal
    paid: Decimal
    due: date  # of the first part that is not covered
    parts: tuple[Decimal, ...]  # what each instalment comes to; empty where there are none
    status: rules.FeeStatus

    @property
    def open(self) -> Decimal:
        """What is still to be paid."""
        return max(self.net - self.paid, rules.ZERO)


def standing(fee: StudentFee, today: date, currency: str) -> Standing:
    """How a fee stands on a day."""
    return standing_of(fee.plain(), today, currency)


def standing_of(plain: Mapping[str, Any], today: date, currency: str) -> Standing:
    """The same of a fee's plain attributes, for reads of many that make no objects."""
    total, paid = Decimal(plain["totalAmount"]), Decimal(plain["paidAmount"])
    reductions = (_amount(plain, "discountAmount"), _amount(plain, "scholarshipAmount"))
    net = rules.net_amount(total, *reductions, _amount(plain, "fineAmount"))
    last = date.fromisoformat(plain["dueDate"])
    agreed = plain.get("instalments") or ()
    if not agreed:
        return Standing(net, paid, last, (), rules.fee_status(net, paid, last, today))
    owed = rules.parts(rules.net_amount(total, *reductions), [Decimal(i["amount"]) for i in agreed], currency)
    due = rules.next_due(paid, owed, [date.fromisoformat(i["dueDate"]) for i in agreed], last)
    return Standing(net, paid, due, tuple(owed), rules.fee_status(net, paid, due, today))


def _amount(plain: Mapping[str, Any], name: str) -> Decimal | None:
    value = plain.get(name)
    return None if value is None else Decimal(value)


def shown(fee: StudentFee, today: date, currency: str) -> schemas.FeeOut:
    """The whole fee as it is answered."""
    now = standing(fee, today, currency)
    return schemas.FeeOut.model_validate(
        {
            **fee.plain(),
            **_reckoned(now),
            "reductions": [{**r, "amount": Decimal(r["amount"])} for r in fee.reductions or ()],
            "fines": [{**f, "amount": Decimal(f["amount"])} for f in fee.fines or ()],
            "instalments": _instalments(fee, now),
            "paymentIds": fee.payments or [],
        }
    )


def row(plain: Mapping[str, Any], today: date, currency: str) -> schemas.FeeRow:
    """A fee's row in a list, from its plain attributes."""
    return schemas.FeeRow.model_validate({**plain, **_reckoned(standing_of(plain, today, currency))})


def _reckoned(now: Standing) -> dict[str, Any]:
    return {"netAmount": now.net, "openAmount": now.open, "status": now.status.value}


def _instalments(fee: StudentFee, now: Standing) -> list[dict[str, Any]]:
    left, told = now.paid, []
    for agreed, amount in zip(fee.instalments or (), now.parts, strict=True):
        covered = min(left, amount)
        left -= covered
        told.append({"dueDate": agreed["dueDate"], "amount": amount, "paidAmount": covered})
    return told

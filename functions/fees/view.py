"""Stored fees as they are answered."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from functions.fees import schemas
from shared.entities.fees import StudentFee
from shared.fee_standing import Standing, standing_of


def standing(fee: StudentFee, today: date, currency: str) -> Standing:
    """How a fee stands on a day."""
    return standing_of(fee.plain(), today, currency)


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

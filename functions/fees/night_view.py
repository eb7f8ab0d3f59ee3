"""A stored fee as the night sees it: its parts with what is open of each, and the fines that it had."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from functions.fees.night_rules import Fine, Kind, Part, parts_left
from shared.entities.fees import StudentFee
from shared.fee_standing import Standing

_REASON = "Late fine"


def principal(plain: Mapping[str, Any], now: Standing) -> list[Part]:
    """What is open of each part, fines aside: they are paid last, and never fined themselves."""
    agreed = plain.get("instalments") or ()
    if agreed:
        days = [date.fromisoformat(i["dueDate"]) for i in agreed]
        return parts_left(list(zip(days, now.parts, strict=True)), now.paid)
    fine = Decimal(plain.get("fineAmount") or 0)
    return parts_left([(date.fromisoformat(plain["dueDate"]), now.net - fine)], now.paid)


def owed(plain: Mapping[str, Any], now: Standing) -> list[Part]:
    """The same with the fines, which are owed with the last part."""
    parts = principal(plain, now)
    fines = now.open - sum((part.left for part in parts), Decimal(0))
    return [*parts[:-1], replace(parts[-1], left=parts[-1].left + fines)]


def fined(plain: Mapping[str, Any]) -> list[Fine]:
    """The fines that nights have added; what a person raised or waived is no matter of theirs."""
    return [
        Fine(Kind(fine["rule"]), fine.get("part", 0), date.fromisoformat(fine["day"]), Decimal(fine["amount"]))
        for fine in plain.get("fines") or ()
        if fine.get("rule")
    ]


def add_fines(fee: StudentFee, fines: list[Fine]) -> None:
    """Put fines to a fee. Those by the day are kept as one line a month, so that an old debt does not grow without bound."""
    lines = list(fee.fines or ())
    for fine in fines:
        line = {"day": fine.day.isoformat(), "amount": f"{fine.amount:f}", "reason": _REASON, "rule": fine.kind.value, "part": fine.part}
        if lines and fine.kind == Kind.DAILY and _same_month(lines[-1], line):
            lines[-1] = {**line, "amount": f"{Decimal(lines[-1]['amount']) + fine.amount:f}"}
        else:
            lines.append(line)
    fee.fines = lines
    fee.fine_amount = (fee.fine_amount or Decimal(0)) + sum((f.amount for f in fines), Decimal(0))


def _same_month(before: Mapping[str, Any], line: Mapping[str, Any]) -> bool:
    return bool(before.get("rule") == line["rule"] and before["day"][:7] == line["day"][:7])

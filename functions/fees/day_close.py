"""Closing a cashier's day: what was received by each method, what was counted, and the difference.

A closed day takes no further payment of that cashier: one is refused, and an admin may open the day again.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from functions.fees import fields, line
from functions.fees import schemas_payments as schemas
from functions.fees.repository import DayCloses, Payments
from shared.auth.caller import Caller
from shared.data import reader
from shared.data.list_model import Listing
from shared.data.unit_of_work import RetryWrite
from shared.entities.fees import DayClose
from shared.entities.tenancy import User
from shared.errors import Conflict, Forbidden, NotFound, ValidationFailed
from shared.http.envelope import to_json
from shared.http.request import unit
from shared.ids import new_id

_DAYS = 31
_MOST_DAYS = 366
type Sums = dict[str, dict[str, Any]]


def create_day_close(caller: Caller, data: schemas.DayCloseIn) -> schemas.DayCloseOut:
    """Close a day: one's own, or as an admin another cashier's. One that was opened again is closed anew."""
    school = caller.school
    counted = fields.money(school, "countedCash", data.counted_cash)
    day, collector = _whose(caller, data.date, data.collector_id)
    # Read before the payments: one that is committed after it makes this be decided again.
    sequences = [line.sequence(school.id, year) for year in {caller.today().year, day.year}]
    found = _find(caller, day, collector)
    if found is not None and found.state == "CLOSED":
        raise Conflict.of("date", f"The day {day.isoformat()} of this cashier is closed already")
    sums = _sums(caller, day, collector)
    for sequence in sequences:
        line.take_turn(unit(), sequence, closing=DayClose.key_of(school_id=school.id, day=day.isoformat(), collector_id=collector)[1])
    made = found or DayClose(school_id=school.id, id=new_id(), day=day.isoformat(), collector_id=collector)
    made.sums, made.state, made.closed_by = sums, "CLOSED", caller.user_id
    made.expected_cash, made.counted_cash, made.remarks = _cash(caller, sums), counted, data.remarks
    if found is None:
        unit().create(made, otherwise=RetryWrite())
    else:
        unit().update(made, action="CLOSE_DAY")
    return shown(made)


def _whose(caller: Caller, day: date | None, collector_id: str | None) -> tuple[date, str]:
    today, collector = caller.today(), collector_id or caller.user_id
    if day and day > today:
        raise ValidationFailed.of("date", "lies in the future")
    if collector != caller.user_id:
        if not caller.is_admin:
            raise Forbidden("An admin closes another cashier's day")
        if reader.load(User, school_id=caller.school_id, id=collector) is None:
            raise ValidationFailed.of("collectorId", "No user of this school has this id")
    return day or today, collector


def _find(caller: Caller, day: date, collector: str) -> DayClose | None:
    return reader.load(DayClose, consistent=True, school_id=caller.school_id, day=day.isoformat(), collector_id=collector)


def _sums(caller: Caller, day: date, collector: str) -> Sums:
    """Method → how many, and how much, of the payments that a cashier took on a day; amounts as text."""
    found = Payments(caller.school_id).raw_between(day, day, caller.school.timezone)
    return sums_of((reader.plain(raw) for raw in found if raw["receivedBy"]["S"] == collector), fields.nothing(caller.school))


def sums_of(payments: Iterable[Mapping[str, Any]], zero: Decimal) -> Sums:
    """The same of some payments' plain attributes."""
    counts: dict[str, int] = {}
    amounts: dict[str, Decimal] = {}
    for payment in payments:
        method = payment["paymentMethod"]
        counts[method] = counts.get(method, 0) + 1
        amounts[method] = amounts.get(method, zero) + Decimal(payment["amount"])
    return {method: {"count": counts[method], "amount": f"{amounts[method]:f}"} for method in sorted(counts)}


def _cash(caller: Caller, sums: Sums) -> Decimal:
    return Decimal(sums["CASH"]["amount"]) if "CASH" in sums else fields.nothing(caller.school)


def preview_day_close(caller: Caller, query: schemas.DayQuery) -> schemas.DayCloseOut:
    """What a day comes to so far; of a closed one what it was closed with."""
    day, collector = _whose(caller, query.date, query.collector_id)
    found = _find(caller, day, collector)
    if found is not None and found.state == "CLOSED":
        return shown(found)
    sums = _sums(caller, day, collector)
    return _told({"day": day.isoformat(), "collectorId": collector, "state": "OPEN", "expectedCash": _cash(caller, sums)}, sums)


def reopen_day_close(caller: Caller, data: schemas.ReopenIn) -> schemas.DayCloseOut:
    """Open a closed day again, so that its cashier can record what was forgotten; an admin's decision, with a reason."""
    if not caller.is_admin:
        raise Forbidden("An admin opens a closed day again")
    found = _find(caller, data.date, data.collector_id)
    if found is None:
        raise NotFound
    if found.state != "CLOSED":
        raise Conflict("This day is open already")
    found.state, found.reason = "REOPENED", data.reason
    unit().update(found, action="REOPEN_DAY")
    return shown(found)


def list_day_closes(caller: Caller, query: schemas.DayCloseList) -> Listing:
    """A page of the days of the cashiers, the newest first. An accountant sees all of them, as the sums are the school's."""
    last = query.to_date or caller.today()
    first = query.from_date or last - timedelta(days=_DAYS - 1)
    if (last - first).days > _MOST_DAYS:
        raise ValidationFailed.of("fromDate", "A list takes a year at most")
    found = [c for c in DayCloses(caller.school_id).between(first, last) if query.collector_id in (None, c.collector_id)]
    found.reverse()
    start = (query.page - 1) * query.page_size
    return Listing([to_json(shown(c)) for c in found[start : start + query.page_size]], len(found))


def shown(found: DayClose) -> schemas.DayCloseOut:
    """A closed day as it is answered."""
    told = {**found.plain(), "expectedCash": found.expected_cash, "countedCash": found.counted_cash}
    return _told({**told, "difference": found.counted_cash - found.expected_cash}, found.sums)


def _told(told: Mapping[str, Any], sums: Sums) -> schemas.DayCloseOut:
    rows = [{"paymentMethod": m, "count": s["count"], "amount": Decimal(s["amount"])} for m, s in sorted(sums.items())]
    total = sum((row["amount"] for row in rows), told["expectedCash"] * 0)
    return schemas.DayCloseOut.model_validate({**told, "sums": rows, "total": total})

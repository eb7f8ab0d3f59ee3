"""The accountant's dashboard: the money."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from functions.dashboards import rules, schemas
from shared import clock, fee_totals
from shared.auth.caller import Caller
from shared.data import reader
from shared.entities.fees import Payment
from shared.ids import floor_id
from shared.lists import CLASSES
from shared.money import format_plain

_RECENT = 10
_CLASSES_SHOWN = 10
_WEEK = timedelta(days=7)


def reckon(caller: Caller, today: date) -> schemas.AccountantDashboard:
    """The figures of this moment."""
    currency, iso = caller.school.currency, today.isoformat()

    def exact(amount: Decimal) -> Decimal:
        return Decimal(format_plain(amount, currency))

    fees = fee_totals.classes_of(caller.school)
    sums = fee_totals.figures_of(fees, iso)
    month = fee_totals.collected_by_month(fees).get(iso[:7], {})
    week = fee_totals.figures_of(fees, iso, since=iso, until=(today + _WEEK).isoformat())
    received = list(payments_of(caller, today))
    methods = by_method(received)
    return schemas.AccountantDashboard(
        as_of=clock.stamp(),
        date=iso,
        currency=currency,
        collected_today=exact(sum((m.amount for m in methods), Decimal(0))),
        collected_today_by_method=[m.model_copy(update={"amount": exact(m.amount)}) for m in methods],
        collected_this_month=exact(sum(month.values(), Decimal(0))),
        total_fees=exact(sums.net),
        total_paid=exact(sums.paid),
        total_due=exact(sums.open),
        collection_rate=rules.rate(sums.paid, sums.net),
        overdue=exact(sums.overdue),
        overdue_fees=sums.overdue_fees,
        most_overdue=most_overdue(caller, fees, iso),
        due_in_seven_days=exact(week.open),
        recent_payments=[_recent(p) for p in _newest(caller)],
    )


def payments_of(caller: Caller, day: date) -> Iterable[Payment]:
    """The payments and reversals of a day of the school."""
    zone = ZoneInfo(caller.school.timezone)
    first, last = (int(datetime.combine(d, time(), zone).timestamp() * 1000) for d in (day, day + timedelta(days=1)))
    partition = Payment.partition_of(school_id=caller.school_id)
    for raw in reader.query(partition, after=floor_id(first), until=floor_id(last)):
        payment = Payment.from_item(raw)
        if payment.payment_date == day.isoformat():
            yield payment


def by_method(payments: Iterable[Payment]) -> list[schemas.MethodTotal]:
    """What came in by each method; reversals are taken off."""
    sums: dict[str, list[Decimal]] = defaultdict(list)
    for payment in payments:
        sums[payment.payment_method].append(payment.amount)
    return [schemas.MethodTotal(method=m, count=len(a), amount=sum(a, Decimal(0))) for m, a in sorted(sums.items())]


def most_overdue(caller: Caller, fees: Iterable[fee_totals.ClassFees], today: str) -> list[schemas.OverdueClass]:
    """The classes with the most overdue, the largest amount first."""
    names = CLASSES.recent(caller.school_id)
    found = []
    for each in fees:
        figures = each.figures(today)
        if figures.overdue:
            known = names.get(each.class_id)
            label = f"{known['name']} {known['section']}".strip() if known else ""
            amount = Decimal(format_plain(figures.overdue, caller.school.currency))
            found.append(schemas.OverdueClass(class_id=each.class_id, label=label, amount=amount, fees=figures.overdue_fees))
    found.sort(key=lambda c: (-c.amount, c.class_id))
    return found[:_CLASSES_SHOWN]


def _newest(caller: Caller) -> Iterable[Payment]:
    partition = Payment.partition_of(school_id=caller.school_id)
    found = [Payment.from_item(raw) for raw in reader.query(partition, newest_first=True, limit=_RECENT)]
    return sorted(found, key=lambda p: (p.payment_date, p.created_at or "", p.receipt_number), reverse=True)


def _recent(payment: Payment) -> schemas.RecentPayment:
    return schemas.RecentPayment(
        id=payment.id,
        receipt_number=payment.receipt_number,
        amount=payment.amount,
        method=payment.payment_method,
        payment_date=payment.payment_date,
        received_by=payment.received_by,
    )

"""Fees by month, class and grade, from the totals of the classes."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from functions.dashboards import enrolment_figures, schemas
from functions.dashboards import schemas_analytics as wire
from shared import fee_totals
from shared.auth.caller import Caller
from shared.fee_totals import ClassFees, Figures
from shared.lists import CLASSES
from shared.money import format_plain


def analyse(caller: Caller, year: str, class_id: str | None, grade: str | None) -> wire.FeeAnalytics:
    """The figures of a class or grade, or of all."""
    today, currency = caller.today().isoformat(), caller.school.currency
    known = CLASSES.recent(caller.school_id)

    def grade_of(each: ClassFees) -> str:
        return str(known[each.class_id]["grade"]) if each.class_id in known else ""

    fees = [
        each for each in fee_totals.classes_of(caller.school, year) if class_id in (None, each.class_id) and grade in (None, grade_of(each))
    ]
    labels = {i: f"{c['name']} {c['section']}".strip() for i, c in known.items()}
    grades: dict[str, Figures] = defaultdict(Figures)
    for each in fees:
        grades[grade_of(each)] += each.figures(today)
    by_class = [_group(e.class_id, labels.get(e.class_id, e.class_id), e.figures(today), currency) for e in fees]
    return wire.FeeAnalytics(
        academic_year=year,
        currency=currency,
        total=_group("", "All", fee_totals.figures_of(fees, today), currency),
        by_month=[_group(m, m, f, currency) for m, f in fee_totals.by_month(fees, today).items()],
        by_class=sorted(by_class, key=lambda g: (enrolment_figures.natural(g.label), g.key)),
        by_grade=sorted((_group(g, g, f, currency) for g, f in grades.items()), key=lambda g: enrolment_figures.natural(g.label)),
        by_gender=[_gender_group(g, f, currency) for g, f in fee_totals.by_gender(fees).items()],
        collected_by_month=list(_collected(fees, currency)),
    )


def _group(key: str, label: str, figures: Figures, currency: str) -> wire.FeeGroup:
    def exact(amount: Decimal) -> Decimal:
        return Decimal(format_plain(amount, currency))

    return wire.FeeGroup(
        key=key,
        label=label,
        fees=figures.fees,
        total_fees=exact(figures.net),
        total_paid=exact(figures.paid),
        total_due=exact(figures.open),
        overdue=exact(figures.overdue),
        collection_rate=figures.collection_rate,
    )


def _gender_group(gender: str, figures: Figures, currency: str) -> wire.FeeGroup:
    return _group(gender, gender, figures, currency).model_copy(update={"overdue": None})


def _collected(fees: Iterable[ClassFees], currency: str) -> Iterable[wire.CollectedMonth]:
    for month, methods in fee_totals.collected_by_month(fees).items():
        exact = {method: Decimal(format_plain(amount, currency)) for method, amount in sorted(methods.items())}
        yield wire.CollectedMonth(
            month=month,
            amount=sum(exact.values(), Decimal(0)),
            by_method=[schemas.MethodTotal(method=m, amount=a) for m, a in exact.items()],
        )

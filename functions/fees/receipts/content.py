"""What stands on a receipt: the stored facts, written in the school's language."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from functions.fees.receipts.labels import Labels, labels
from functions.fees.receipts.locales import day_text, figures
from functions.fees.receipts.words import in_words
from shared.entities.fees import Payment
from shared.entities.tenancy import School
from shared.school_settings import SchoolSettings

_RIGHT_TO_LEFT = frozenset({"ar"})  # of the languages that have labels
_ISOLATED = "\u2068{}\u2069"  # keeps text of either direction in its own order inside text of the other
_GROUP = 4
_LONG_WORD = re.compile(r"([!-~]{14})(?=[!-~]{3})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that a receipt is made of. Fees, students and classes are plain attributes by id; a missing one is left out."""

    school: School
    payment: Payment
    fees: Mapping[str, Mapping[str, Any]]
    students: Mapping[str, Mapping[str, Any]]
    classes: Mapping[str, Mapping[str, Any]]
    received_by: str
    counterpart: str | None  # the receipt number of the reversal, or of what this one reverses
    address: str  # where it is verified

    @property
    def is_reversal(self) -> bool:
        """Whether it takes another receipt back."""
        return self.payment.kind == "REVERSAL"


def person_name(plain: Mapping[str, Any]) -> str:
    """First and last name; one-word names exist."""
    return " ".join(filter(None, (plain.get("firstName"), plain.get("lastName"))))


def content(facts: Facts) -> dict[str, Any]:
    """What the document's template places."""
    school, payment, words = facts.school, facts.payment, labels(facts.school.locale)
    texts = SchoolSettings.of(school).fees.receipts
    title = words.reversal if facts.is_reversal else words.receipt
    made = {
        "title": f"{title} {payment.receipt_number}",
        "language": words.language,
        "school": {"name": school.name, "lines": [line for line in (school.address, _contact(school)) if line]},
        "header": texts.header,
        "footer": texts.footer,
        "heading": title,
        "stamp": words.reversed if payment.reversed_by else None,
        "facts": _head(facts, words),
        "columns": [words.student, words.school_class, words.fee, words.period],
        "amount_label": f"{words.amount} ({school.currency})",
        "rows": [_row(facts, allocation, words) for allocation in payment.allocations],
        "total_label": words.total,
        "total": figures(payment.amount, school.currency, school.locale),
        "after": _tail(facts, words),
        "notes": _notes(payment, words),
        "verify_label": words.verify,
        "address": facts.address,
        "code_label": words.code,
        "code": spaced(payment.code),
    }
    return _isolated(made) if words.language in _RIGHT_TO_LEFT else made


def spaced(code: str) -> str:
    """A code in groups that can be read aloud."""
    return "-".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))


def _contact(school: School) -> str:
    return " · ".join(filter(None, (school.phone, school.email)))


def _head(facts: Facts, words: Labels) -> list[list[str]]:
    payment = facts.payment
    told = [
        [words.number, payment.receipt_number],
        [words.date, day_text(date.fromisoformat(payment.payment_date), facts.school.locale)],
    ]
    if facts.is_reversal and facts.counterpart:
        told.append([words.reverses, facts.counterpart])
    if payment.reversed_by and facts.counterpart:
        told.append([words.reversed_by, facts.counterpart])
    if payment.payer:
        told.append([words.given_back_to if facts.is_reversal else words.received_from, payment.payer])
    return told


def _row(facts: Facts, allocation: Mapping[str, Any], words: Labels) -> list[str]:
    student = facts.students.get(allocation["studentId"], {})
    number = student.get("admissionNumber")
    shown = " ".join(filter(None, (person_name(student), f"({number})" if number else None)))
    taught = facts.classes.get(allocation.get("classId") or "", {})
    fee = facts.fees.get(allocation["feeId"], {})
    period = {"ONCE": words.once, "YEAR": f"{words.year} {fee.get('academicYear', '')}"}.get(fee.get("period", ""), fee.get("period", ""))
    school_class = " ".join(filter(None, (taught.get("name"), taught.get("section"))))
    amount = figures(Decimal(allocation["amount"]), facts.school.currency, facts.school.locale)
    return [_LONG_WORD.sub("\\1\u200b", text) for text in (shown or "—", school_class or "—", fee.get("name") or "—", period or "—")] + [
        amount
    ]


def _tail(facts: Facts, words: Labels) -> list[list[str]]:
    school, payment = facts.school, facts.payment
    told = [
        [words.in_words, in_words(payment.amount, school.currency, school.locale)],
        [words.method, words.methods.get(payment.payment_method, payment.payment_method)],
    ]
    cheque = payment.cheque or {}
    optional = [
        (words.cheque, cheque.get("number")),
        (words.bank, cheque.get("bank")),
        (words.reference, payment.transaction_id),
    ]
    told += [[label, str(value)] for label, value in optional if value]
    left = [a.get("left") for a in payment.allocations]
    if left and None not in left:
        told.append([words.balance, figures(sum(map(Decimal, left), Decimal(0)), school.currency, school.locale)])
    told.append([words.received_by, facts.received_by])
    if payment.remarks:
        told.append([words.remarks, payment.remarks])
    return told


def _notes(payment: Payment, words: Labels) -> list[str]:
    match (payment.cheque or {}).get("state"):
        case "BOUNCED":
            return [words.bounced]
        case "RECEIVED" if not payment.reversed_by and payment.kind != "REVERSAL":
            return [words.subject_to_clearing]
    return []


def _isolated(made: dict[str, Any]) -> dict[str, Any]:
    """The content with every line in its own direction, for a document that runs from right to left."""
    keep = {"language", "address", "code", "title"}
    return {name: value if name in keep else _each(value) for name, value in made.items()}


def _each(value: Any) -> Any:
    match value:
        case str():
            return "\n".join(_ISOLATED.format(line) for line in value.split("\n")) if value else value
        case list():
            return [_each(v) for v in value]
        case dict():
            return {k: _each(v) for k, v in value.items()}
    return value

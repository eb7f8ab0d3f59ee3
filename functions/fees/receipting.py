"""Decisions about receipts: who may have one as a document, and what anybody who holds one may know."""

import unicodedata
from datetime import datetime

from functions.fees import schemas_receipts as schemas
from functions.fees.receipts import content, document
from functions.fees.repository import Payments
from shared.auth.caller import Caller
from shared.auth.scope import may_see_student
from shared.data import reader
from shared.entities.academics import Class
from shared.entities.fees import Payment, ReceiptCode, StudentFee
from shared.entities.people import Student
from shared.entities.tenancy import School, User
from shared.errors import Forbidden, NotFound
from shared.settings import settings

_CODE_LENGTH = 16


def get_receipt(caller: Caller, payment_id: str) -> tuple[str, bytes]:
    """The receipt's file name and document. It may be had by those who may see the fees of every student on it."""
    payment = Payments(caller.school_id).get(payment_id, consistent=True)
    for student_id, class_id in {(a["studentId"], a.get("classId") or "") for a in payment.allocations}:
        if not may_see_student(caller, student_id, class_id, what="fees"):
            raise Forbidden
    made = content.content(_facts(caller.school, payment))
    return f"{payment.receipt_number}.pdf", document.pdf(made, datetime.fromisoformat(str(payment.created_at)))


def verify_receipt(code: str) -> schemas.VerifiedReceipt:
    """What a verification code leads to; spaces, hyphens and small letters are forgiven."""
    wanted = "".join(code.split()).replace("-", "").upper()
    if len(wanted) != _CODE_LENGTH or not wanted.isascii() or not wanted.isalnum():
        raise NotFound
    found = reader.load(ReceiptCode, consistent=True, code=wanted)
    if found is None:
        raise NotFound
    school, payment = _school_and_payment(found)
    state = schemas.ReceiptState.VALID
    if payment.kind == "REVERSAL":
        state = schemas.ReceiptState.REVERSAL
    elif payment.reversed_by:
        state = schemas.ReceiptState.REVERSED
    keys = dict.fromkeys(Student.key_of(school_id=school.id, id=a["studentId"]) for a in payment.allocations)
    students = reader.get_many(keys, consistent=True)
    return schemas.VerifiedReceipt(
        school_name=school.name,
        receipt_number=payment.receipt_number,
        payment_date=payment.payment_date,
        amount=payment.amount,
        currency=school.currency,
        state=state,
        valid=state == schemas.ReceiptState.VALID,
        cheque_state=(payment.cheque or {}).get("state"),
        student_initials=[initials(content.person_name(reader.plain(students[key]))) for key in keys if key in students],
    )


def _school_and_payment(code: ReceiptCode) -> tuple[School, Payment]:
    keys = (School.key_of(school_id=code.receipt_school), Payment.key_of(school_id=code.receipt_school, id=code.payment_id))
    found = reader.get_many(keys, consistent=True)
    if len(found) != len(keys):
        raise NotFound
    return School.from_item(found[keys[0]]), Payment.from_item(found[keys[1]])


def initials(name: str) -> str:
    """The first sign of each word, with the marks that belong to it: `A. K.`."""
    return " ".join(f"{_first_sign(word)}." for word in name.split())


def _first_sign(word: str) -> str:
    end = 1
    while end < len(word) and unicodedata.category(word[end]).startswith("M"):
        end += 1
    return word[:end]


def _facts(school: School, payment: Payment) -> content.Facts:
    """All that the receipt names, in one read."""
    other = payment.reversal_of or payment.reversed_by
    parts = payment.allocations
    wanted = {
        StudentFee: [a["feeId"] for a in parts],
        Student: [a["studentId"] for a in parts],
        Class: [a["classId"] for a in parts if a.get("classId")],
        User: [payment.received_by],
        Payment: [other] if other else [],
    }
    keys = {kind: [kind.key_of(school_id=school.id, id=i) for i in ids] for kind, ids in wanted.items()}
    found = reader.get_many([key for several in keys.values() for key in several], consistent=True)
    plain = {kind: {key[1]: reader.plain(found[key]) for key in several if key in found} for kind, several in keys.items()}
    return content.Facts(
        school=school,
        payment=payment,
        fees=plain[StudentFee],
        students=plain[Student],
        classes=plain[Class],
        received_by=content.person_name(plain[User].get(payment.received_by, {})) or "—",
        counterpart=plain[Payment][other]["receiptNumber"] if other in plain[Payment] else None,
        address=f"{settings().web_url}/api/receipts/verify/{payment.code}",
    )

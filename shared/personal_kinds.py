"""Every stored kind that holds something personal, and every one that does not, with the reason why."""

from shared import personal_finders as find
from shared.entities.admissions import Admission
from shared.entities.attendance import Register
from shared.entities.audit import StudentView
from shared.entities.fees import FeeAssignment, FeeConcession, Payment, StudentFee
from shared.entities.imports import Import
from shared.entities.messages import Message
from shared.entities.notices import InboxEntry, NoticeChunk, NoticePreference, NoticeReceipt
from shared.entities.people import Student, StudentGuardian, UserChild
from shared.entities.privacy import PrivacyRequest
from shared.entities.teaching import Teacher
from shared.entities.tenancy import (
    Access,
    AccountAddress,
    LegacyHash,
    PasswordCode,
    Session,
    SignInAttempts,
    SignInChallenge,
    User,
)  # fmt: skip
from shared.names import camel
from shared.personal import ERASED_NAME, Fate, Holding, Subject, emptied, own, side, walked

_BOOKS = "The school keeps its books and receipts as tax and accounting law demand; they stay without the name"
_BOOKS_UNTIL = "until the law of the school's country lets its books go"
_REGISTER = "The school keeps its register of admissions, classes and attendance as education law demands; it stays without the name"
_REGISTER_UNTIL = "until the law of the school's country lets its registers go"
_PAYROLL = "Employment and payroll records are kept as labour and tax law demand"
_PAYROLL_UNTIL = "until the law of the school's country lets them go"
_PROOF = "Proof of what was done, kept under an id that no longer leads to a name"
_AUDIT_UNTIL = "as long as the school keeps its audit log"

_STUDENT_FIELDS = tuple(camel(n) for n in ("first_name", "date_of_birth", *find.STUDENT_GONE))
_SESSION_SECRETS = frozenset({"secretHash", "lastSecretHash", "step", "poolToken", "tokens", "csrf"})
_ADMISSION_GONE = (
    "last_name", "date_of_birth", "parent_name", "parent_phone", "parent_email", "parent_relation", "address_street", "address_city",
    "address_state", "address_zip", "previous_school", "notes", "reason",
)  # fmt: skip

OF_STUDENTS = (
    Holding(
        Student, "Profile and way through the school", Subject.STUDENT, own(Student), Fate.CLEARED, _REGISTER, _REGISTER_UNTIL,
        clear=find.anonymous_student, personal=_STUDENT_FIELDS, apart=True,
    ),
    Holding(UserChild, "Links of guardians' logins", Subject.STUDENT, find.children_of_guardians, Fate.REMOVED),
    Holding(StudentGuardian, "Guardians", Subject.STUDENT, find.guardians_of_student, Fate.REMOVED, personal=("relation", "sees", "primary")),
    Holding(
        Register, "Attendance", Subject.STUDENT, find.registers, Fate.CLEARED, _REGISTER, _REGISTER_UNTIL,
        clear=find.without_remarks, show=find.own_mark,
    ),
    Holding(
        StudentFee, "Fees", Subject.STUDENT, find.student_fees, Fate.CLEARED, _BOOKS, _BOOKS_UNTIL,
        clear=find.without_reasons, personal=("reductions",),
    ),
    Holding(
        FeeConcession, "Discounts and scholarships", Subject.STUDENT, walked(FeeConcession, "studentId"), Fate.CLEARED, _BOOKS, _BOOKS_UNTIL,
        clear=emptied(reason="…"), personal=("reason",),
    ),
    Holding(
        Payment, "Payments and receipts", Subject.STUDENT, find.payments, Fate.CLEARED, _BOOKS, _BOOKS_UNTIL,
        clear=emptied(payer=None, remarks=None), personal=("payer", "remarks"), show=find.own_part, hidden=frozenset({"code"}),
    ),
    Holding(
        Admission, "Admissions register", Subject.STUDENT, walked(Admission, "studentId"), Fate.CLEARED, _REGISTER, _REGISTER_UNTIL,
        clear=find.without_story(emptied(first_name=ERASED_NAME, **dict.fromkeys(_ADMISSION_GONE))),
        personal=("firstName", "states", *(camel(n) for n in _ADMISSION_GONE)),
    ),
    Holding(Message, "Messages to the guardians", Subject.STUDENT, walked(Message, "studentId"), Fate.REMOVED, personal=("facts",)),
    Holding(
        NoticeChunk, "Addresses in the plans of notices", Subject.STUDENT, find.notice_chunks, Fate.CLEARED, _PROOF,
        "until the plan expires", clear=find.without_contacts, show=find.own_place,
    ),
    Holding(StudentView, "Who looked at the record", Subject.STUDENT, side(StudentView, "student_id", ""), Fate.REMOVED),
    Holding(
        PrivacyRequest, "Requests by right", Subject.STUDENT, walked(PrivacyRequest, "subjectId"), Fate.KEPT, _PROOF, _AUDIT_UNTIL,
        hidden=frozenset({"progress", "actor", "leaseOwner", "leaseUntil"}),
    ),
)  # fmt: skip

OF_USERS = (
    Holding(
        User, "Profile", Subject.USER, own(User), Fate.CLEARED, _PROOF, _AUDIT_UNTIL, clear=find.anonymous_user,
        personal=("email", "firstName", "lastName", "phone", "avatar", "lastLogin"), apart=True,
    ),
    Holding(Access, "Access", Subject.USER, own(Access, "user_id"), Fate.REMOVED, hidden=frozenset({"revoked"}), apart=True),
    Holding(AccountAddress, "E-mail address for signing in", Subject.USER, find.addresses, Fate.REMOVED, apart=True),
    Holding(
        LegacyHash, "Password brought along", Subject.USER, own(LegacyHash, "user_id"), Fate.REMOVED, hidden=frozenset({"hash"}), apart=True
    ),
    Holding(
        PasswordCode, "Codes for a new password", Subject.USER, side(PasswordCode, "user_id", "CODE#"), Fate.REMOVED,
        hidden=frozenset({"codeHash"}), apart=True,
    ),
    Holding(Session, "Devices signed in", Subject.USER, side(Session, "user_id", "SESSION#"), Fate.REMOVED, hidden=_SESSION_SECRETS),
    Holding(
        SignInChallenge, "Sign-ins under way", Subject.USER, side(SignInChallenge, "user_id", "CHALLENGE#"), Fate.REMOVED,
        hidden=frozenset({"secretHash", "sealed"}),
    ),
    Holding(SignInAttempts, "Failed sign-ins", Subject.USER, find.attempts, Fate.REMOVED),
    Holding(StudentGuardian, "Guardian of", Subject.USER, find.guardians_of_children, Fate.REMOVED, personal=("relation", "sees", "primary")),
    Holding(UserChild, "Children", Subject.USER, find.children_of_user, Fate.REMOVED),
    Holding(InboxEntry, "Inbox", Subject.USER, side(InboxEntry, "user_id", "NOTICE#"), Fate.REMOVED),
    Holding(Message, "Messages", Subject.USER, walked(Message, "userId"), Fate.REMOVED, personal=("facts",)),
    Holding(NoticePreference, "What is wanted by which channel", Subject.USER, own(NoticePreference), Fate.REMOVED, personal=("topics",)),
    Holding(NoticeReceipt, "What became of notices", Subject.USER, find.notice_receipts, Fate.KEPT, _PROOF, "until the receipt expires"),
    Holding(
        Teacher, "Profile as a teacher", Subject.USER, own(Teacher), Fate.CLEARED, _PAYROLL, _PAYROLL_UNTIL,
        clear=emptied(qualification="…", specialization=None, leaves=None), personal=("qualification", "specialization", "leaves"),
    ),
    Holding(
        Import, "Imports of students", Subject.USER, find.acted(Import), Fate.CLEARED, _PROOF, "until the import expires",
        clear=find.without_origin, personal=("actor",), hidden=frozenset({"leaseOwner", "leaseUntil"}),
    ),
    Holding(
        FeeAssignment, "Assignments of fees", Subject.USER, find.acted(FeeAssignment), Fate.CLEARED, _BOOKS, _BOOKS_UNTIL,
        clear=find.without_origin, personal=("actor",),
    ),
    Holding(
        PrivacyRequest, "Requests by right", Subject.USER, walked(PrivacyRequest, "subjectId"), Fate.KEPT, _PROOF, _AUDIT_UNTIL,
        hidden=frozenset({"progress", "actor", "leaseOwner", "leaseUntil"}),
    ),
)  # fmt: skip

HOLDINGS = (*OF_STUDENTS, *OF_USERS)

_IDS = "ids alone, which lead nowhere once the record behind them is erased"
_SCHOOL = "about the school itself"
_RULES = "what the school set up"
# Kinds that are no part of the work above: name → why.
IMPERSONAL = {
    "AuditBlock": "hashes", "AuditCheck": "numbers", "AuditDay": "hashes", "Class": _RULES, "ClassSubject": _IDS, "Counter": "numbers",
    "CurrencyHold": _SCHOOL, "DayClose": f"sums of a cashier: {_IDS}", "FeeExemption": _IDS, "FeeSheet": _IDS, "FeeSheetState": "numbers",
    "FeeStructure": _RULES, "FeeTotals": "sums", "Holiday": _RULES, "Idempotency": "answers that are gone after 24 hours",
    "ImportFindings": "cells of a file, gone with the import after a month", "ImportMapping": _RULES, "JobClock": "when jobs are due", "JobRun": _IDS,
    "Journal": "erased field by field under its commitments, see shared/audit_chain.py", "LowAttendance": _IDS, "MailClaim": _IDS,
    "MonthCounts": "numbers", "MonthSheet": _IDS, "NoticeChunkState": "numbers", "NoticeDue": _IDS, "NoticeKey": "a key of the school",
    "NoticeTemplate": _RULES, "Notification": "written by the school to many; its author is an id", "Promotion": _IDS,
    "RateLog": "gone after a minute", "ReceiptCode": _IDS, "ReceiptSequence": "numbers", "School": _SCHOOL, "SchoolListing": _SCHOOL,
    "Seats": "numbers", "Snapshot": "made anew from what was erased, with the erasure", "StudentNumbers": "numbers", "Subject": _RULES,
    "TextMessage": _IDS, "Unique": "numbers of the register, and ids", "Usage": "numbers",
}  # fmt: skip

# What an erasure leaves for a while, and what nobody can find for it: told with every preview.
LEFT_FOR_A_WHILE = (
    ("Answers kept for repeated requests", "They are needed for a safe repetition", "24 hours"),
    ("Exports and files of imports in storage", "They are removed by themselves", "1 day, and 30 days"),
    ("Backups and older versions of files", "They cannot be changed, and are only read to restore what was lost", "35 days"),
    ("Looks at other people's records", _PROOF, _AUDIT_UNTIL),
)

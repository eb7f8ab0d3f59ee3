"""The lists that containers hold in memory: which fields a row shows, what search looks through."""

from typing import Any

from shared.data.list_model import ListModel, Row
from shared.entities.academics import Class, ClassSubject, Holiday, Subject
from shared.entities.admissions import Admission
from shared.entities.notices import NoticePreference, NoticeTemplate, Notification
from shared.entities.people import Student
from shared.entities.teaching import Teacher
from shared.entities.tenancy import SchoolListing, User
from shared.stays import class_on

STUDENT_ROW = (
    "id", "admissionNumber", "rollNumber", "firstName", "lastName", "dateOfBirth", "gender", "email", "phone", "classId", "section",
    "admissionDate", "exitDate", "status", "parentName", "parentPhone", "parentEmail", "parentRelation", "userId", "version",
)  # fmt: skip
USER_ROW = (
    "id", "schoolId", "email", "role", "firstName", "lastName", "phone", "avatar", "status", "mfaEnabled", "mustChangePassword",
    "invited", "lastLogin", "version", "createdAt", "updatedAt",
)  # fmt: skip
TEACHER_ROW = (
    "id", "employeeId", "department", "qualification", "experience", "specialization", "joinDate", "exitDate", "leaves", "version",
    "createdAt", "updatedAt",
)  # fmt: skip
ADMISSION_ROW = (
    "id", "status", "firstName", "lastName", "dateOfBirth", "gender", "grade", "classId", "academicYear", "parentName", "parentPhone",
    "parentEmail", "parentRelation", "previousSchool", "source", "reason", "studentId", "version", "createdAt", "updatedAt",
)  # fmt: skip
NOTICE_ROW = (
    "id", "title", "priority", "topic", "audience", "targetClassIds", "targetUserIds", "channels", "scheduledDate",
    "sentDate", "finishedAt", "status", "failure", "createdBy", "people", "version", "createdAt", "updatedAt",
)  # fmt: skip
SCHOOL_ROW = (
    "id", "name", "principalName", "email", "phone", "country", "timezone", "currency", "status", "subscriptionTier",
    "subscriptionExpiry", "version", "createdAt", "updatedAt",
)  # fmt: skip


def _all(plain: Row) -> Row:
    return plain


def picked(names: tuple[str, ...]) -> Any:
    """A row of exactly these fields, null where absent."""

    def row(plain: Row) -> Row:
        return {n: plain.get(n) for n in names}

    return row


def student_row(plain: Row) -> Row:
    """A student's row, with its class history where that says more than its class and its day of admission (see class_of)."""
    row = {n: plain.get(n) for n in STUDENT_ROW}
    stays = plain.get("stays") or []
    usual = {"classId": plain.get("classId"), "since": plain.get("admissionDate")}
    plainly = len(stays) <= 1 and all({n: v for n, v in stay.items() if n != "reason"} == usual for stay in stays)
    return row if plainly else {**row, "stays": stays}


def class_of(row: Row, day: str) -> str | None:
    """The class in which the student of a row was on a day, or None."""
    if "stays" in row:
        return class_on(row["stays"], day)
    return str(row["classId"]) if row["admissionDate"] <= day else None


def notice_row(plain: Row) -> Row:
    """A notification's row: without its text, and with its type under the wire's name."""
    return {**{n: plain.get(n) for n in NOTICE_ROW}, "type": plain.get("noticeType")}


STUDENTS = ListModel(
    Student,
    student_row,
    ("firstName", "lastName", "rollNumber", "admissionNumber", "parentName", "parentPhone", "phone"),
    snapshot=True,
    default_sort="firstName",
    hidden=frozenset({"stays"}),
)
CLASSES = ListModel(Class, _all, ("name", "section", "grade", "roomNumber", "academicYear"), default_sort="name")
SUBJECTS = ListModel(Subject, _all, ("name", "code", "description"), default_sort="name")
CLASS_SUBJECTS = ListModel(ClassSubject, _all, (), default_sort="id")
HOLIDAYS = ListModel(Holiday, _all, ("name", "description"), default_sort="startDate")
USERS = ListModel(User, picked(USER_ROW), ("firstName", "lastName", "email", "phone"), snapshot=True, default_sort="firstName")
# Profiles alone, without what they earn: names and whether a teacher is still one are the user's, see functions/teachers/directory.py.
TEACHERS = ListModel(Teacher, picked(TEACHER_ROW), ("employeeId", "department", "specialization"), default_sort="employeeId")
ADMISSIONS = ListModel(
    Admission,
    picked(ADMISSION_ROW),
    ("firstName", "lastName", "parentName", "parentPhone", "parentEmail", "grade"),
    default_sort="-createdAt",
)
NOTIFICATIONS = ListModel(Notification, notice_row, ("title",), snapshot=True, default_sort="-createdAt")
NOTICE_PREFERENCES = ListModel(NoticePreference, _all, ())
NOTICE_TEMPLATES = ListModel(NoticeTemplate, _all, (), default_sort="topic")
# The platform's list of schools; its school is the platform.
SCHOOLS = ListModel(
    SchoolListing, picked(SCHOOL_ROW), ("name", "principalName", "email", "phone", "country"), snapshot=True, default_sort="name"
)

ALL = (
    STUDENTS,
    CLASSES,
    SUBJECTS,
    CLASS_SUBJECTS,
    HOLIDAYS,
    USERS,
    TEACHERS,
    ADMISSIONS,
    NOTIFICATIONS,
    NOTICE_PREFERENCES,
    NOTICE_TEMPLATES,
    SCHOOLS,
)

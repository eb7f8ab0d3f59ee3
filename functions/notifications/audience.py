"""Who gets a notice: resolved when it is sent, each person once (rule N1), each address used once.

A person is a user; somebody without a login, known by a student's parent contact alone, is told by e-mail and text message.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from functions.notifications.persons import Book, Person
from shared import clock
from shared.auth.permissions import Role
from shared.data import reader
from shared.data.list_model import Row
from shared.entities.people import StudentGuardian
from shared.entities.tenancy import School
from shared.lists import CLASS_SUBJECTS, CLASSES, STUDENTS, USERS

ADMIN, TEACHER, PARENT, STUDENT, ALL = "SCHOOL_ADMIN", "TEACHER", "PARENT", "STUDENT", "ALL"
STAFF = "STAFF"  # everybody else with a login: part of ALL
_ONE_BY_ONE = 60  # students whose guardians are asked for one by one; above it all links of the school are read at once


@dataclass(frozen=True, slots=True)
class Wanted:
    """To whom a notice goes: roles, within classes where some are named, and users besides."""

    audience: frozenset[str]
    class_ids: frozenset[str] | None = None
    user_ids: frozenset[str] = frozenset()
    sees: str | None = None  # what a guardian's link must allow

    @property
    def roles(self) -> frozenset[str]:
        """The groups that the audience stands for."""
        if ALL not in self.audience:
            return self.audience
        return frozenset({TEACHER, PARENT, STUDENT}) | (frozenset() if self.class_ids else {ADMIN, STAFF})


@dataclass(slots=True)
class Links:
    """The guardians of students who are linked today."""

    by_student: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, school: School, student_ids: Iterable[str], sees: str | None) -> "Links":
        """The links of these students that hold today and allow what is asked for."""
        wanted, made = set(student_ids), cls()
        today = clock.today(school.timezone).isoformat()
        for link in _links(school.id, wanted):
            holds = link["since"] <= today and (link.get("until") or today) >= today
            if link["studentId"] in wanted and holds and (sees is None or link["sees"].get(sees)):
                made.by_student.setdefault(link["studentId"], []).append(link["userId"])
        return made


def _links(school_id: str, student_ids: set[str]) -> Iterator[dict[str, Any]]:
    if len(student_ids) > _ONE_BY_ONE:
        raws = reader.query(StudentGuardian.index_partition_of(school_id=school_id), index=True)
        yield from map(reader.plain, raws)
        return
    for student_id in sorted(student_ids):
        partition = StudentGuardian.partition_of(school_id=school_id, student_id=student_id)
        yield from map(reader.plain, reader.query(partition, prefix="GUARDIAN#"))


def resolve(school: School, wanted: Wanted) -> list[Person]:
    """Everybody who is meant, each once, in the order of their ids."""
    users = {i: row for i, row in USERS.all(school.id).items() if row["status"] == "ACTIVE"}
    book = Book(school.id, users)
    roles = wanted.roles
    for user_id in _by_role(school, users, roles, wanted.class_ids):
        book.add_user(user_id, users[user_id]["role"])
    if roles & {PARENT, STUDENT}:
        students = _students(school.id, wanted.class_ids)
        if STUDENT in roles:
            _add_students(book, students)
        if PARENT in roles:
            add_parents(book, students, Links.of(school, (row["id"] for row in students), wanted.sees))
    for user_id in wanted.user_ids:
        book.add_user(user_id, users[user_id]["role"] if user_id in users else "")
    return book.everybody()


def _students(school_id: str, class_ids: frozenset[str] | None) -> list[Row]:
    rows = STUDENTS.all(school_id).values()
    return [row for row in rows if row["status"] == "ACTIVE" and (class_ids is None or row["classId"] in class_ids)]


def _by_role(school: School, users: dict[str, Row], roles: frozenset[str], class_ids: frozenset[str] | None) -> Iterator[str]:
    """The users who belong to the audience by their own role."""
    teaching = None if class_ids is None or TEACHER not in roles else teachers_of(school.id, class_ids)
    for user_id, row in users.items():
        role = row["role"]
        if role == Role.SCHOOL_ADMIN:
            meant = ADMIN in roles
        elif role == Role.TEACHER:
            meant = TEACHER in roles and (teaching is None or user_id in teaching)
        else:
            meant = role == Role.ACCOUNTANT and STAFF in roles
        if meant:
            yield user_id


def teachers_of(school_id: str, class_ids: frozenset[str]) -> frozenset[str]:
    """The class teachers of the classes and those who teach a subject there."""
    led = {CLASSES.all(school_id)[i].get("classTeacherId") for i in class_ids if i in CLASSES.all(school_id)}
    taught = {row.get("teacherId") for row in CLASS_SUBJECTS.all(school_id).values() if row["classId"] in class_ids}
    return frozenset(user_id for user_id in led | taught if user_id)


def _add_students(book: Book, students: Iterable[Row]) -> None:
    for row in students:
        if row.get("userId"):
            book.add_user(row["userId"], STUDENT, row["classId"])


def add_parents(book: Book, students: list[Row], links: Links) -> None:
    """The guardians of the students; where none is linked, the parent whom the school knows by an address.

    Those with an e-mail address come first, so that somebody known by the phone alone is found to be one of them.
    """
    contacts = []
    for row in students:
        known = [user_id for user_id in links.by_student.get(row["id"], ()) if book.knows(user_id)]
        for user_id in known:
            book.add_user(user_id, PARENT, row["classId"])
        if not known:
            contacts.append(row)
    for row in sorted(contacts, key=lambda row: not row.get("parentEmail")):
        book.add_contact(row)


def people_of_classes(school: School, class_ids: frozenset[str]) -> frozenset[str]:
    """The user ids of the students of these classes and of their guardians."""
    students = _students(school.id, class_ids)
    links = Links.of(school, (row["id"] for row in students), None)
    own = {row["userId"] for row in students if row.get("userId")}
    return frozenset(own.union(*links.by_student.values()))

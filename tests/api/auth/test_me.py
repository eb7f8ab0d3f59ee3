"""Who am I: user, school, permissions, children or classes (rules A2, A3)."""

from datetime import UTC, datetime, timedelta

from shared.auth.permissions import Role
from shared.data.unit_of_work import Actor, UnitOfWork
from shared.entities.academics import Class
from shared.entities.people import Student, UserChild
from shared.errors import Conflict
from shared.ids import new_id
from tests.support.client import Client
from tests.support.user_pool import make_user, session


def make_class(school, **fields):
    made = Class(
        school_id=school.id,
        id=new_id(),
        **{"name": "Class 5", "section": "B", "grade": "5", "academic_year": "2026-2027", "capacity": 40, **fields},
    )
    unit = UnitOfWork(school.id, Actor(), "tests")
    unit.create(made)
    unit.commit()
    return made


def make_child(school, person, room, *, since="2026-04-01", until=None):
    student = Student(
        school_id=school.id,
        id=new_id(),
        roll_number="1",
        admission_number=new_id(),
        first_name="Asha",
        date_of_birth="2016-02-29",
        gender="FEMALE",
        class_id=room.id,
        section="B",
        admission_date="2026-04-01",
    )
    link = UserChild(
        school_id=school.id,
        user_id=person.id,
        student_id=student.id,
        relation="MOTHER",
        sees={"academics": True, "fees": False, "pickUp": True},
        since=since,
        until=until,
    )
    unit = UnitOfWork(school.id, Actor(), "tests")
    unit.create(student)
    unit.put(link, None, Conflict())
    unit.commit()
    return student


def me(person):
    return session(person).client.get("/api/auth/me").data


def test_a3_a_guardian_sees_every_child_with_what_the_link_allows(school):
    parent = make_user(school, Role.STUDENT_PARENT)
    room = make_class(school)
    first, second = make_child(school, parent, room), make_child(school, parent, room)
    told = me(parent)
    assert {c["id"] for c in told["children"]} == {first.id, second.id}
    assert told["children"][0]["className"] == "Class 5"
    assert told["children"][0]["sees"] == {"academics": True, "fees": False, "pickUp": True}
    assert told["classes"] == []
    assert "students:manage" not in told["permissions"]


def test_a3_a_former_or_future_child_is_not_shown(school):
    parent = make_user(school, Role.STUDENT_PARENT)
    room = make_class(school)
    yesterday, tomorrow = (datetime.now(UTC).date() + timedelta(days=2 * n) for n in (-1, 1))
    make_child(school, parent, room, since="2020-01-01", until=yesterday.isoformat())
    make_child(school, parent, room, since=tomorrow.isoformat())
    assert me(parent)["children"] == []


def test_a2_a_teacher_sees_its_own_classes_of_this_year(school):
    teacher = make_user(school, Role.TEACHER)
    own = make_class(school, class_teacher_id=teacher.id)
    make_class(school, section="C")
    make_class(school, section="D", class_teacher_id=teacher.id, academic_year="2025-2026")
    told = me(teacher)
    assert [(c["id"], c["isClassTeacher"]) for c in told["classes"]] == [(own.id, True)]
    assert told["children"] == []


def test_an_operator_who_looks_into_a_school_is_still_itself(school):
    operator = make_user(None, Role.SUPER_ADMIN)
    client = Client(session(operator).access, (("x-school-id", school.id),))
    told = client.get("/api/auth/me").data
    assert (told["user"]["id"], told["school"]) == (operator.id, None)


def test_nobody_is_nobody(pooled):
    assert Client().get("/api/auth/me").status == 401

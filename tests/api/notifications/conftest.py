"""A school with classes, students, guardians and parents known by an address alone."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from shared import clock
from shared.auth.permissions import Role
from shared.data.unit_of_work import Actor, UnitOfWork
from shared.entities.academics import Class
from shared.entities.people import Student, StudentGuardian, UserChild
from shared.entities.tenancy import School
from shared.errors import Conflict
from shared.ids import new_id
from tests.support.client import Client
from tests.support.keys import access_token
from tests.support.notices import Post, post  # noqa: F401 - a fixture
from tests.support.world import Person, make_school
from tests.support.world import make_person as make_person_now

NOON = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)  # in Kolkata, outside the quiet hours


def make_person(school: School, role: str, **fields: Any) -> Person:
    """A user whose token is good at any time that a test moves to."""
    made = make_person_now(school, role, **fields)
    return replace(made, client=Client(access_token(made.id, made.school_id, made.role, iat=0, exp=1 << 33)))


@dataclass
class Town:
    """A school and its people."""

    school: School
    admin: Person
    classes: dict[str, str] = field(default_factory=dict)

    def _unit(self) -> UnitOfWork:
        return UnitOfWork(self.school.id, Actor(), "tests")

    def class_(self, section: str, teacher: Person | None = None) -> str:
        made = Class(
            school_id=self.school.id, id=new_id(), name="Class 10", section=section, grade="10", academic_year="2026-2027", capacity=99
        )
        made.class_teacher_id = teacher.id if teacher else None
        unit = self._unit()
        unit.create(made)
        unit.commit()
        self.classes[section] = made.id
        return made.id

    def student(self, section: str, **fields: Any) -> str:
        made = Student(
            school_id=self.school.id,
            id=new_id(),
            **{
                "roll_number": new_id(),
                "admission_number": new_id(),
                "first_name": "Asha",
                "last_name": "Kulkarni",
                "date_of_birth": "2012-02-29",
                "gender": "FEMALE",
                "class_id": self.classes[section],
                "section": section,
                "admission_date": "2026-04-01",
                **fields,
            },
        )
        unit = self._unit()
        unit.create(made)
        unit.commit()
        return made.id

    def guardian(self, user: Person, *student_ids: str, sees: dict[str, bool] | None = None, until: str | None = None) -> Person:
        for student_id in student_ids:
            told: dict[str, Any] = {
                "student_id": student_id,
                "user_id": user.id,
                "relation": "MOTHER",
                "since": "2026-04-01",
                "until": until,
            }
            allowed = sees or {"academics": True, "fees": True, "pickUp": True}
            unit = self._unit()
            unit.create(StudentGuardian(school_id=self.school.id, id=new_id(), sees=allowed, **told))
            unit.put(UserChild(school_id=self.school.id, sees=allowed, **told), None, Conflict())
            unit.commit()
        return user

    def parent(self, *student_ids: str, **fields: Any) -> Person:
        return self.guardian(make_person(self.school, Role.STUDENT_PARENT, **fields), *student_ids)

    def notice(self, by: Person | None = None, **fields: Any) -> dict[str, Any]:
        body = {"title": "Closed on Friday", "content": "Because of the storm.", "audience": ["PARENT"], **fields}
        made: dict[str, Any] = (by or self.admin).client.post("/api/notifications", body).data
        return made

    def sent(self, post: Post, by: Person | None = None, *, times: int = 1, **fields: Any) -> dict[str, Any]:  # noqa: F811 - the fixture's value
        made = self.notice(by, **fields)
        reply = (by or self.admin).client.post(f"/api/notifications/{made['id']}/send")
        assert reply.status == 202, reply.body
        post.run(self.school.id, times=times)
        return self.look(made["id"])

    def look(self, notice_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.admin.client.get(f"/api/notifications/{notice_id}").data
        return found


@pytest.fixture
def town(world: Any) -> Town:
    """A school at noon."""
    clock.use(lambda: NOON)
    made = make_school(settings={"messages": {"sms": True}})
    return Town(made, make_person(made, Role.SCHOOL_ADMIN))


def at(moment: datetime) -> None:
    """Move the clock."""
    clock.use(lambda: moment)

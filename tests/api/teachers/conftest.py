"""A school with an admin and a class, and teachers made over the API."""

from typing import Any

import pytest

from shared.auth.permissions import Role
from shared.ids import new_id
from tests.support.client import Client
from tests.support.keys import access_token
from tests.support.races import overtaking
from tests.support.world import make_person, make_school

MEERA = {
    "firstName": "Meera", "lastName": "Iyer", "phone": "098765 43210", "department": "Science", "qualification": "M.Sc., B.Ed.",
    "experience": 7, "specialization": "Physics", "joinDate": "2024-06-03", "salary": 54000.5,
}  # fmt: skip


def body(**fields: Any) -> dict[str, Any]:
    """The body of a new teacher whose address is nobody's yet; None leaves a field out."""
    made = {**MEERA, "email": f"meera-{new_id()}@school.example", **fields}
    return {name: value for name, value in made.items() if value is not None}


@pytest.fixture
def school(world):
    return make_school()


@pytest.fixture
def admin(school):
    return make_person(school).client


@pytest.fixture
def hire(admin):
    """Makes a teacher, Meera unless the fields say otherwise."""

    def make(**fields: Any) -> dict[str, Any]:
        reply = admin.post("/api/teachers", body(**fields))
        assert reply.status == 201, reply.body
        return reply.data

    return make


@pytest.fixture
def overtake():
    """Lets another request be quicker than the next commit of a kind of record."""
    with overtaking() as overtake:
        yield overtake


@pytest.fixture
def signed_in(school):
    """A client signed in as a teacher who was made over the API."""
    return lambda teacher: Client(access_token(teacher["id"], school.id, str(Role.TEACHER)))


@pytest.fixture
def room(admin):
    """Makes a class, 10 A unless the fields say otherwise."""

    def make(**fields: Any) -> dict[str, Any]:
        return admin.post("/api/classes", {"name": "Class 10", "section": "A", "grade": "10", "capacity": 9, **fields}).data

    return make


@pytest.fixture
def teach(admin):
    """Lets a teacher teach a subject in a class; the subject is made where it is new."""
    subjects: dict[str, str] = {}

    def make(room: dict[str, Any], name: str, teacher: dict[str, Any], hours: int = 4) -> dict[str, Any]:
        if name not in subjects:
            subjects[name] = admin.post("/api/subjects", {"name": name, "code": name[:3].upper()}).data["id"]
        told = {"subjectId": subjects[name], "teacherId": teacher["id"], "weeklyHours": hours}
        reply = admin.post(f"/api/classes/{room['id']}/subjects", told)
        assert reply.status == 201, reply.body
        return reply.data

    return make

"""A school with two classes, an admin, a teacher of the first class, and students; the clock stands on a Tuesday at 10:00 in Kolkata."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from shared import clock
from shared.auth import tokens
from shared.auth.permissions import Role
from tests.support.world import make_person, make_school

TODAY = "2026-11-24"


def at(text: str) -> None:
    """Put the clock to an instant."""
    moment = datetime.fromisoformat(text).astimezone(UTC)
    clock.use(lambda: moment)


@pytest.fixture(autouse=True)
def _tokens_by_the_systems_time(monkeypatch):
    """Tests move the clock by days, and tokens are good for an hour."""
    monkeypatch.setattr(tokens, "clock", SimpleNamespace(epoch=lambda: int(time.time())))


@pytest.fixture
def school(world):
    at("2026-11-24T10:00:00+05:30")
    return make_school()


@pytest.fixture
def admin(school):
    return make_person(school).client


@pytest.fixture
def teacher(school):
    return make_person(school, Role.TEACHER)


@pytest.fixture
def room(admin, teacher):
    body = {"name": "Class 10", "section": "A", "grade": "10", "capacity": 60, "classTeacherId": teacher.id}
    return admin.post("/api/classes", body).data["id"]


@pytest.fixture
def other_room(admin):
    return admin.post("/api/classes", {"name": "Class 9", "section": "B", "grade": "9", "capacity": 60}).data["id"]


@pytest.fixture
def enrol(admin) -> Callable[..., str]:
    """Enrols a student in a class; its id."""

    def make(class_id: str, name: str = "Asha", **fields: Any) -> str:
        body = {"firstName": name, "dateOfBirth": "2012-02-29", "gender": "FEMALE", "admissionDate": "2026-04-01", "classId": class_id}
        reply = admin.post("/api/students", {**body, **fields})
        assert reply.status == 201, reply.body
        return reply.data["id"]

    return make


@pytest.fixture
def pupils(enrol, room) -> list[str]:
    """Three students of the first class."""
    return [enrol(room, name) for name in ("Asha", "Bilal", "Chen")]


def mark(client, class_id: str, marks: dict[str, str], day: str = TODAY, **more: Any):
    """Marks a class; the reply."""
    options = {"headers": more.pop("headers", {})}
    records = [{"studentId": student, "status": status} for student, status in marks.items()]
    return client.post("/api/attendance/mark", {"classId": class_id, "date": day, "records": records, **more}, **options)

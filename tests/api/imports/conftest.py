"""A school with classes, its admin, and storage for files and messages."""

import pytest

from tests.support.guard import Guard
from tests.support.storage import messages
from tests.support.world import make_person, make_school


@pytest.fixture
def school(world: Guard, storage: str):
    """A school, and an empty queue."""
    messages()
    return make_school()


@pytest.fixture
def admin(school):
    return make_person(school).client


@pytest.fixture
def rooms(admin):
    """Class 10 A and B, of 40 seats each."""
    made = [admin.post("/api/classes", {"name": "Class 10", "section": s, "grade": "10", "capacity": 40}).data for s in "AB"]
    return {room["section"]: room["id"] for room in made}

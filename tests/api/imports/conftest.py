"""A school with classes, its admin, and storage for files and messages."""

import pytest

from functions.imports import jobs
from tests.support.guard import Guard
from tests.support.storage import messages
from tests.support.world import make_person, make_school


@pytest.fixture
def school(world: Guard, storage: str, monkeypatch):
    """A school. Messages that are to be seen in a second are seen at once."""
    messages()
    stock = jobs.queues.send
    monkeypatch.setattr(jobs.queues, "send", lambda name, body, *, delay=0: stock(name, body, delay=0 if delay < 2 else delay))
    return make_school()


@pytest.fixture
def admin(school):
    return make_person(school).client


@pytest.fixture
def rooms(admin):
    """Class 10 A and B, of 40 seats each."""
    made = [admin.post("/api/classes", {"name": "Class 10", "section": s, "grade": "10", "capacity": 40}).data for s in "AB"]
    return {room["section"]: room["id"] for room in made}

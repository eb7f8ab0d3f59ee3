"""A school with an admin and two classes, and applicants."""

from typing import Any

import pytest

from tests.support.races import overtaking
from tests.support.world import make_person, make_school

ROHAN = {
    "firstName": "Rohan", "lastName": "Joshi", "dateOfBirth": "2012-02-29", "gender": "MALE", "grade": "10", "parentName": "Lata Joshi",
    "parentPhone": "098765 43210", "parentEmail": "Lata@Home.example", "parentRelation": "MOTHER", "addressCity": "Pune",
    "source": "Open day", "notes": "Plays the tabla.\nAsks for the bus.",
}  # fmt: skip


@pytest.fixture
def school(world):
    return make_school()


@pytest.fixture
def admin(school):
    return make_person(school).client


@pytest.fixture
def room(admin):
    """Class 10 A with two seats."""
    return admin.post("/api/classes", {"name": "Class 10", "section": "A", "grade": "10", "capacity": 2}).data


@pytest.fixture
def ask(admin):
    """Notes an applicant, Rohan unless the fields say otherwise."""

    def make(**fields: Any) -> dict[str, Any]:
        reply = admin.post("/api/admissions", {n: v for n, v in {**ROHAN, **fields}.items() if v is not None})
        assert reply.status == 201, reply.body
        return reply.data

    return make


@pytest.fixture
def offered(admin, ask):
    """An applicant who has been offered a place."""

    def make(**fields: Any) -> dict[str, Any]:
        path = f"/api/admissions/{ask(**fields)['id']}"
        admin.put(path, {"status": "APPLIED"})
        return admin.put(path, {"status": "OFFERED"}).data

    return make


@pytest.fixture
def overtake():
    """Lets another request be quicker than the next commit of a kind of record."""
    with overtaking() as overtake:
        yield overtake

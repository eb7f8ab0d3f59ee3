"""A school with two classes, its admin, and a student as the wire takes one."""

from typing import Any

import pytest

from tests.support.world import make_person, make_school

ASHA = {
    "firstName": "Asha", "lastName": "O'Brien-Núñez", "dateOfBirth": "2012-02-29", "gender": "FEMALE", "bloodGroup": "O+",
    "phone": "098765 43210", "parentName": "Lakshmi Núñez", "parentPhone": "+91 98765 43211", "parentEmail": "Lakshmi@Home.example",
    "parentRelation": "MOTHER", "addressCity": "Pune", "admissionDate": "2026-04-01",
}  # fmt: skip


@pytest.fixture
def school(world):
    return make_school()


@pytest.fixture
def admin(school):
    return make_person(school).client


@pytest.fixture
def room(admin):
    """Class 10 A with three seats."""
    return admin.post("/api/classes", {"name": "Class 10", "section": "A", "grade": "10", "capacity": 3}).data


@pytest.fixture
def other_room(admin):
    """Class 9 B with one seat."""
    return admin.post("/api/classes", {"name": "Class 9", "section": "B", "grade": "9", "capacity": 1}).data


@pytest.fixture
def enrol(admin, room):
    """Enrols a student in class 10 A, unless the fields say otherwise."""

    def make(**fields: Any) -> dict[str, Any]:
        reply = admin.post("/api/students", {**ASHA, "classId": room["id"], **fields})
        assert reply.status == 201, reply.body
        return reply.data

    return make


@pytest.fixture
def taken(school):
    """How many seats of a class are taken."""
    from shared.enrolment import seats_of

    return lambda class_id: seats_of(school.id, [class_id])[class_id].taken

"""A school with two classes, its admin and accountant, and fees as the wire takes them."""

from typing import Any

import pytest

from tests.support.world import make_person, make_school

TUITION = {"name": "Tuition fee", "amount": 1500, "frequency": "MONTHLY", "dueDay": 10}


@pytest.fixture
def school(world):
    return make_school()


@pytest.fixture
def admin(school):
    return make_person(school).client


@pytest.fixture
def accountant(school):
    return make_person(school, "ACCOUNTANT")


@pytest.fixture
def cashier(accountant):
    return accountant.client


def make_room(admin, name: str = "Class 10", section: str = "A", **fields: Any) -> dict[str, Any]:
    body = {"name": name, "section": section, "grade": "10", "capacity": 60, **fields}
    return admin.post("/api/classes", body).data


@pytest.fixture
def room(admin):
    return make_room(admin)


@pytest.fixture
def other_room(admin):
    return make_room(admin, "Class 9", "B")


@pytest.fixture
def enrol(admin, room):
    """Enrols a student in class 10 A since the year's first day, unless the fields say otherwise."""

    def make(**fields: Any) -> dict[str, Any]:
        known = {"firstName": "Asha", "lastName": "Rao", "dateOfBirth": "2012-02-29", "gender": "FEMALE", "admissionDate": "2026-04-01"}
        reply = admin.post("/api/students", {**known, "classId": room["id"], **fields})
        assert reply.status == 201, reply.body
        return reply.data

    return make


@pytest.fixture
def student(enrol):
    return enrol()


@pytest.fixture
def charge(admin):
    """Charges a student a fee of 1,000 due at the end of the year, unless the fields say otherwise."""

    def make(student: dict[str, Any], **fields: Any) -> dict[str, Any]:
        body = {"studentId": student["id"], "name": "Excursion", "totalAmount": 1000, "dueDate": "2027-03-31", **fields}
        reply = admin.post("/api/fees", body)
        assert reply.status == 201, reply.body
        return reply.data

    return make


@pytest.fixture
def fee(charge, student):
    return charge(student)


@pytest.fixture
def pay(cashier):
    """Pays in cash, unless the fields say otherwise."""

    def make(fee: dict[str, Any], amount: Any, client: Any = None, **fields: Any) -> Any:
        body = {"amount": amount, "paymentMethod": "CASH", **fields}
        return (client or cashier).post(f"/api/fees/{fee['id']}/record-payment", body)

    return make


@pytest.fixture
def structure(admin):
    """Makes a fee structure of 1,500 a month, unless the fields say otherwise."""

    def make(**fields: Any) -> dict[str, Any]:
        reply = admin.post("/api/fee-structures", {**TUITION, **fields})
        assert reply.status == 201, reply.body
        return reply.data

    return make

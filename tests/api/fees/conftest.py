"""A school with two classes, its admin and accountant, and fees as the wire takes them."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shared import clock
from shared.entities.tenancy import School
from tests.support.client import Client
from tests.support.keys import access_token
from tests.support.world import Person, make_person, make_school

ROOT = Path(__file__).resolve().parents[3]
TUITION = {"name": "Tuition fee", "amount": 1500, "frequency": "MONTHLY", "dueDay": 10}


def at(text: str) -> None:
    """Move the application's clock to an instant in UTC, from which it goes on."""
    moment, began = datetime.fromisoformat(text).replace(tzinfo=UTC), time.monotonic()
    clock.use(lambda: moment + timedelta(seconds=time.monotonic() - began))


def lasting(school: School, role: str = "SCHOOL_ADMIN") -> Person:
    """A person whose token is good at any time to which a test moves the clock."""
    made = make_person(school, role)
    token = access_token(made.id, made.school_id, role, iat=0, exp=4_000_000_000)
    return Person(made.id, made.email, made.school_id, role, Client(token))


@pytest.fixture
def noon(world):
    """A Tuesday at noon in Kolkata."""
    at("2026-11-24T06:30:00")


@pytest.fixture
def school(noon):
    return make_school()


@pytest.fixture
def admin(school):
    return lasting(school).client


@pytest.fixture
def accountant(school):
    return lasting(school, "ACCOUNTANT")


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

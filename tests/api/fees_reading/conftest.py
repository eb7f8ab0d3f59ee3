"""A school with two classes and three students, and short ways to charge, pay and take back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from functions.fees import consumers, reading_book, reading_fold
from shared import clock
from shared.auth.permissions import Role
from shared.entities.tenancy import School
from tests.support import journal
from tests.support.client import Client, Context, Reply
from tests.support.keys import access_token
from tests.support.world import Person, make_person, make_school

NOON = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)  # midday in Kolkata


def someone(school: School, role: Role = Role.SCHOOL_ADMIN) -> Person:
    """A user whose token is good at any moment to which a test moves the clock."""
    made = make_person(school, role)
    token = access_token(made.id, school.id, str(role), iat=1_700_000_000, exp=2_000_000_000)
    return replace(made, client=Client(token))


class Desk:
    """What an accountant does, over the API."""

    def __init__(self, school: School, client: Client) -> None:
        self.school = school
        self.client = client

    def charge(self, student: str, amount: float = 1000, due: str = "2026-12-10", **fields: Any) -> dict[str, Any]:
        """A new fee."""
        body = {"studentId": student, "name": "Tuition", "totalAmount": amount, "dueDate": due, **fields}
        if "discountAmount" in fields or "scholarshipAmount" in fields:
            body.setdefault("reason", "As agreed")
        reply = self.client.post("/api/fees", body)
        assert reply.status == 201, reply.body
        made: dict[str, Any] = reply.data
        return made

    def pay(self, fee: dict[str, Any], amount: float, method: str = "CASH", **fields: Any) -> dict[str, Any]:
        """A payment on a fee."""
        reply = self.client.post(f"/api/fees/{fee['id']}/record-payment", {"amount": amount, "paymentMethod": method, **fields})
        assert reply.status == 201, reply.body
        made: dict[str, Any] = reply.data
        return made

    def reverse(self, payment: dict[str, Any]) -> Reply:
        """A payment taken back."""
        return self.client.post(f"/api/payments/{payment['id']}/reverse", {"reason": "Wrong fee"})

    def rows(self, path: str = "/api/fees", **query: Any) -> list[dict[str, Any]]:
        """The first hundred rows of a list."""
        rows: list[dict[str, Any]] = self.client.get(path, pageSize=100, **query).data
        return rows


@pytest.fixture(autouse=True)
def _fresh():
    for forget in (reading_book.forget, reading_fold.forget):
        forget()
    clock.use(lambda: NOON)
    yield
    clock.use(None)


@pytest.fixture
def school(world):
    return make_school()


@pytest.fixture
def admin(school):
    return someone(school).client


@pytest.fixture
def accountant(school):
    return someone(school, Role.ACCOUNTANT)


@pytest.fixture
def desk(school, accountant):
    return Desk(school, accountant.client)


@pytest.fixture
def rooms(admin):
    """Class 10 A and class 9 B."""
    made = [("Class 10", "A", "10"), ("Class 9", "B", "9")]
    return [admin.post("/api/classes", {"name": n, "section": s, "grade": g, "capacity": 40}).data for n, s, g in made]


@pytest.fixture
def enrol(admin) -> Callable[..., dict[str, Any]]:
    """Enrols a student."""

    def make(first: str, room: dict[str, Any], **fields: Any) -> dict[str, Any]:
        body = {
            "firstName": first, "lastName": "Rao", "dateOfBirth": "2012-02-29", "gender": "FEMALE", "admissionDate": "2026-04-01",
            "classId": room["id"], "parentName": "Lakshmi Rao", "parentPhone": "+91 98765 43211", "parentRelation": "MOTHER", **fields,
        }  # fmt: skip
        reply = admin.post("/api/students", body)
        assert reply.status == 201, reply.body
        return reply.data

    return make


@pytest.fixture
def asha(enrol, rooms):
    return enrol("Asha", rooms[0])


@pytest.fixture
def binu(enrol, rooms):
    return enrol("Binu", rooms[0])


@pytest.fixture
def chen(enrol, rooms):
    return enrol("Chén", rooms[1], lastName="Wu", parentName="Li Wu")


@pytest.fixture
def play(school) -> Callable[..., None]:
    """Plays the school's journal of fees to the consumer, as the stream does."""

    def deliver(entries: list[Any] | None = None) -> None:
        found = journal.entries(school.id, "StudentFee") if entries is None else entries
        for start in range(0, len(found), 20):
            answer = consumers.fee_totals(journal.stream_event(*found[start : start + 20]), Context())
            assert answer == {"batchItemFailures": []}

    return deliver

"""Schools of any language with a student, a fee and a cashier, and the way to read a document back."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pypdf
import pytest

from shared import clock
from shared.auth.permissions import Role
from shared.entities.tenancy import School
from tests.api.fees_reading.conftest import someone
from tests.support.guard import Guard
from tests.support.world import Person, make_school

NOON = datetime(2026, 11, 4, 6, 30, tzinfo=UTC)  # midday in Kolkata


@dataclass
class Counter:
    """A school's counter: its people, and what is done there."""

    school: School
    admin: Person
    cashier: Person
    class_id: str

    def student(self, first_name: str, last_name: str | None = None, **fields: Any) -> dict[str, Any]:
        body = {"firstName": first_name, "lastName": last_name, "dateOfBirth": "2012-02-29", "gender": "FEMALE", "classId": self.class_id}
        made: dict[str, Any] = self.admin.client.post("/api/students", {**body, "admissionDate": "2026-04-01", **fields}).data
        return made

    def fee(self, student: dict[str, Any], amount: Any = 1000, **fields: Any) -> dict[str, Any]:
        body = {"studentId": student["id"], "name": "Tuition", "totalAmount": amount, "dueDate": "2027-03-31", **fields}
        made: dict[str, Any] = self.admin.client.post("/api/fees", body).data
        return made

    def pay(self, fee: dict[str, Any], amount: Any, **fields: Any) -> dict[str, Any]:
        body = {"amount": amount, "paymentMethod": "CASH", **fields}
        made: dict[str, Any] = self.cashier.client.post(f"/api/fees/{fee['id']}/record-payment", body).data
        return made

    def pdf(self, payment: dict[str, Any], by: Person | None = None) -> bytes:
        reply = (by or self.cashier).client.get(f"/api/payments/{payment['id']}/receipt")
        assert reply.status == 200, reply.body
        return reply.body

    def text(self, payment: dict[str, Any]) -> str:
        return text_of(self.pdf(payment))


def text_of(pdf: bytes) -> str:
    """The text of a document, without the signs that only tell a direction."""
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    text = "\n".join(page.extract_text() for page in pages)
    return "".join(sign for sign in text if sign not in "\u2066\u2067\u2068\u2069\u200b")


@pytest.fixture
def open_counter(world: Guard) -> Callable[..., Counter]:
    """Opens the counter of a school made for it, with an admin and an accountant."""

    def make(**fields: Any) -> Counter:
        clock.use(lambda: NOON)
        school = make_school(**fields)
        admin = someone(school)
        body = {"name": "Class 10", "section": "A", "grade": "10", "capacity": 60}
        room = admin.client.post("/api/classes", body).data
        return Counter(school, admin, someone(school, Role.ACCOUNTANT), room["id"])

    return make


@pytest.fixture
def counter(open_counter: Callable[..., Counter]) -> Counter:
    """The counter of a school in India."""
    return open_counter()

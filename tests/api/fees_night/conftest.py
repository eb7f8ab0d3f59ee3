"""A school with students and fees that are due around 24 November, and its night."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from functions.fees.night import fees_night
from shared import clock
from shared.data import reader
from shared.data.unit_of_work import Actor, UnitOfWork
from shared.entities.fees import StudentFee
from shared.entities.messages import Message
from shared.entities.tenancy import School
from shared.jobs import asked, perform
from tests.api.fees_reading.conftest import someone
from tests.support.guard import Guard
from tests.support.world import Person, make_school

TODAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)  # midday in Kolkata


def later(days: int) -> date:
    """The date so many days from today, with the clock put to its midday."""
    clock.use(lambda: NOON + timedelta(days=days))
    return TODAY + timedelta(days=days)


@dataclass
class Nights:
    """A school, and what its nights did."""

    school: School
    admin: Person
    class_id: str
    runs: int = 0

    def student(self, first_name: str = "Asha", **fields: Any) -> str:
        body = {"firstName": first_name, "lastName": "Rao", "dateOfBirth": "2012-02-29", "gender": "FEMALE", "classId": self.class_id}
        made: str = self.admin.client.post("/api/students", {**body, "admissionDate": "2026-04-01", **fields}).data["id"]
        return made

    def fee(self, student_id: str, due: str, amount: Any = 1000, **fields: Any) -> str:
        body = {"studentId": student_id, "name": "Excursion", "totalAmount": amount, "dueDate": due, **fields}
        made: str = self.admin.client.post("/api/fees", body).data["id"]
        return made

    def pay(self, fee_id: str, amount: Any, **fields: Any) -> dict[str, Any]:
        body = {"amount": amount, "paymentMethod": "CASH", **fields}
        made: dict[str, Any] = self.admin.client.post(f"/api/fees/{fee_id}/record-payment", body).data
        return made

    def set(self, **settings: Any) -> None:
        """Change the school's fee settings."""
        self.school = reader.load(School, consistent=True, school_id=self.school.id) or self.school
        self.school.settings = {"fees": settings}
        unit = UnitOfWork(self.school.id, Actor(), "tests")
        unit.update(self.school)
        unit.commit()

    def run(self, day: date = TODAY) -> dict[str, Any]:
        """A night of its own, as the queue asks for it."""
        self.runs += 1
        run = perform("fees", fees_night, asked("fees-night", self.school.id, day.isoformat(), again=str(self.runs)))
        assert run is not None
        assert run.state == "DONE"
        result: dict[str, Any] = run.result
        return result

    def stored(self, fee_id: str) -> StudentFee:
        found = reader.load(StudentFee, consistent=True, school_id=self.school.id, id=fee_id)
        assert found
        return found

    def shown(self, fee_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.admin.client.get(f"/api/fees/{fee_id}").data
        return found

    def messages(self) -> list[Message]:
        return [Message.from_item(raw) for raw in reader.query(Message.partition_of(school_id=self.school.id), consistent=True)]


@pytest.fixture
def open_school(world: Guard) -> Callable[..., Nights]:
    """Makes a school whose guardians are not reminded and whose late fees are not fined, unless it is set so."""

    def make(**fields: Any) -> Nights:
        clock.use(lambda: NOON)
        school = make_school(**fields)
        admin = someone(school)
        room = admin.client.post("/api/classes", {"name": "Class 10", "section": "A", "grade": "10", "capacity": 60}).data
        made = Nights(school, admin, room["id"])
        made.set(reminderDaysBefore=[], reminderDaysAfter=[])
        return made

    return make


@pytest.fixture
def nights(open_school: Callable[..., Nights]) -> Nights:
    """Such a school in India."""
    return open_school()

"""The demo school at work: the registers of the last days, what its students owe, and who has paid."""

import random
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from infra.local.demo.api import Api
from infra.local.options import StartError

_ZONE = ZoneInfo("Asia/Kolkata")
_WEEKEND = 5  # Saturday
_DAYS = 5  # whose registers are marked, besides today's
_NOT_MARKED_TODAY = 4  # classes, so that the dashboard has something to tell
_PAYERS = 60
_PATIENCE_S = 60.0
_WEIGHTS = {"PRESENT": 92, "ABSENT": 4, "LATE": 2, "HALF_DAY": 1, "EXCUSED": 1}
_FEES = (
    {"name": "Tuition fee", "amount": 4500, "frequency": "MONTHLY", "dueDay": 10},
    {"name": "Books and laboratory", "amount": 6000, "frequency": "ANNUALLY", "dueDay": 15, "instalments": 2},
)


class SchoolDay:
    """Loads what a school makes day by day. What is there already stays."""

    def __init__(self, api: Api, side_by_side: Callable[..., None]) -> None:
        self._api = api
        self._side_by_side = side_by_side
        self._chance = random.Random(2026)  # noqa: S311 - the same demo each time, no secret
        self._today = datetime.now(_ZONE).date()
        self._students: list[dict[str, Any]] = []

    def steps(self) -> Iterator[tuple[str, Callable[[], None]]]:
        """What is said before each step, and the step."""
        yield f"Registers of the last {_DAYS} school days", self._registers
        yield "Fees, and who has paid", self._fees

    def _registers(self) -> None:
        self._students = list(self._api.all("/students", sort="admissionNumber"))
        rooms = [c["id"] for c in self._api.all("/classes", sort="name") if any(s["classId"] == c["id"] for s in self._students)]
        days = self._school_days()
        wanted = [(day, room) for day in days for room in (rooms[_NOT_MARKED_TODAY:] if day == self._today else rooms)]
        bodies = [self._register(day, room) for day, room in wanted]
        self._side_by_side(lambda body: self._api.post("/attendance/mark", body), bodies)

    def _school_days(self) -> list[date]:
        """Today, where there is school, and the days of school before it, within those that may be marked without a reason."""
        year = self._api.get("/schools/current")["academicYear"]
        free = [(h["startDate"], h["endDate"]) for h in self._api.all("/holidays")]

        def school(day: date) -> bool:
            iso = day.isoformat()
            return day.weekday() < _WEEKEND and year["start"] <= iso <= year["end"] and not any(a <= iso <= b for a, b in free)

        last = [self._today - timedelta(days=n) for n in range(2 * _DAYS)]
        return [day for day in last if school(day)][: _DAYS + 1]

    def _register(self, day: date, room: str) -> dict[str, Any]:
        members = [s for s in self._students if s["classId"] == room and s["admissionDate"] <= day.isoformat()]
        statuses = self._chance.choices(list(_WEIGHTS), list(_WEIGHTS.values()), k=len(members))
        records = [{"studentId": s["id"], "status": status} for s, status in zip(members, statuses, strict=True)]
        return {"classId": room, "date": day.isoformat(), "records": records}

    def _fees(self) -> None:
        known = {s["name"]: s for s in self._api.all("/fee-structures")}
        for fee in _FEES:
            made = known.get(str(fee["name"])) or self._api.post("/fee-structures", fee, key=f"demo-{fee['name']}")
            self._assigned(self._api.post(f"/fee-structures/{made['id']}/assign", {}, key=f"demo-assign-{fee['name']}"))
        # One payment follows another, as at a counter: each takes the next receipt number.
        for number, student in enumerate(self._students[:_PAYERS]):
            self._pay(number, student)

    def _assigned(self, run: dict[str, Any]) -> None:
        until = time.monotonic() + _PATIENCE_S
        while run["state"] == "RUNNING" and run["id"]:
            if time.monotonic() > until:
                raise StartError("the demo school cannot be loaded: its fees are not assigned")
            time.sleep(0.2)
            run = self._api.get(f"/fee-assignments/{run['id']}")

    def _pay(self, number: int, student: dict[str, Any]) -> None:
        """What a family has paid: all that is due, or a part of it, by one method or another."""
        fees = [f for f in self._api.all(f"/fees/student/{student['id']}") if f["dueDate"] <= self._today.isoformat()]
        if not fees or number % 10 == 9:
            return  # some never pay
        owed = sum(f["openAmount"] for f in fees)
        amount = owed if number % 4 else owed // 2
        method = ("CASH", "ONLINE", "CARD", "BANK_TRANSFER")[number % 4]
        if amount > 0:
            body = {"studentIds": [student["id"]], "amount": amount, "paymentMethod": method, "payer": student["parentName"]}
            self._api.post("/payments", {k: v for k, v in body.items() if v}, key=f"demo-payment-{student['id']}")

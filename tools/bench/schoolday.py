"""What the school day costs: registers, fees, payments, dashboards, on a school with a year of data."""

import contextlib
import gc
import io
import time
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from statistics import quantiles

from functions.dashboards import cache
from functions.fees import reading_book
from shared import clock, list_refresh
from shared.auth.permissions import Role
from shared.data import reader
from shared.entities.academics import Class
from shared.entities.fees import StudentFee, fees_prefix
from shared.entities.people import Student
from shared.entities.tenancy import School
from shared.lists import ALL, STUDENTS
from tests.support.client import Client, Reply
from tests.support.world import make_person
from tools.bench.figures import Figure, Table
from tools.bench.operations import Budget, once, rows
from tools.bench.recorder import Recorder

HOW = (
    "Counted as above, on a school of {students:,} students with a year of data ({made}), loaded by `tools/bench/year.py`. Times are of this process and the engine together, "
    "on this machine; p95 of {repeats} calls."
)
_REPEATS = 30
_TERM = timedelta(days=120)


def measure(
    recorder: Recorder, admin: Client, school: School, classes: list[Class], students: list[Student], made: dict[str, int]
) -> Table:
    """The operations of the school day, beside their budgets."""
    today = clock.today(school.timezone)
    list_refresh.refresh(STUDENTS, school.id, least=0)
    gc.collect()
    gc.freeze()  # a container that answers does not hold the loader's objects, which the collector would go through again and again
    found = [*_attendance(recorder, admin, classes[3], students, today), *_report(recorder, admin, today)]
    found += _fees(recorder, school, students)
    found += _dashboards(recorder, admin)
    told = ", ".join(f"{count:,} {name}" for name, count in made.items())
    return Table("What the school day costs", HOW.format(students=len(students), made=told, repeats=_REPEATS), found)


def p95(call: Callable[[], Reply], repeats: int = _REPEATS) -> float:
    """Milliseconds within which nineteen of twenty calls are answered."""
    taken = []
    with contextlib.redirect_stdout(io.StringIO()):
        for _ in range(repeats):
            started = time.perf_counter()
            reply = call()
            taken.append((time.perf_counter() - started) * 1000)
            if reply.status >= 400:
                raise RuntimeError(f"{reply.status} {reply.body[:300]!r}")
    return quantiles(taken, n=20)[-1]


def _forget() -> None:
    """As a container that was never used."""
    for model in ALL:
        model.forget()
    cache.forget()
    reading_book.forget()


def _attendance(recorder: Recorder, admin: Client, room: Class, students: list[Student], today: date) -> list[Figure]:
    members = [s for s in students if s.class_id == room.id]
    day = today
    while day.weekday() > 4:  # the school's days are Monday to Friday
        day -= timedelta(days=1)
    records = [{"studentId": s.id, "status": "PRESENT" if n % 9 else "ABSENT"} for n, s in enumerate(members)]
    body = {"classId": room.id, "date": day.isoformat(), "records": records}
    admin.get("/api/attendance/class/" + room.id + "/date/" + day.isoformat())
    marked = once(recorder, lambda: admin.post("/api/attendance/mark", body, headers={"Idempotency-Key": "a-bench-of-registers"}))
    year = once(recorder, partial(admin.get, f"/api/attendance/student/{members[0].id}", pageSize=100))
    summary = once(recorder, partial(admin.get, f"/api/attendance/student/{members[0].id}/summary"))
    return [
        *rows(
            f"mark a class of {len(members)} (its caller checked, one trip and read unit more)",
            marked,
            Budget(3, 3, 12),
        ),
        *rows("a student's days, a page of 100 with who marked each (the look is written down)", year, Budget(2, 8)),
        *rows("a student's year of attendance, summed up", summary, Budget(2, 8)),
    ]


def _report(recorder: Recorder, admin: Client, today: date) -> list[Figure]:
    asked = {"dateFrom": (today - _TERM).isoformat(), "dateTo": today.isoformat(), "pageSize": 100}
    report = partial(admin.get, "/api/attendance/report", **asked)
    report()
    used = once(recorder, report)
    return [
        *rows("attendance report of the school by class, one term", used, Budget(2, 60)),
        Figure("attendance report of the school by class, one term: p95", p95(report), "ms", 500),
    ]


def _fees(recorder: Recorder, school: School, students: list[Student]) -> list[Figure]:
    accountant = make_person(school, Role.ACCOUNTANT).client
    accountant.get("/api/fees/summary")
    open_fees = [
        fee
        for student in students[:200]
        for raw in reader.query(StudentFee.partition_of(school_id=school.id), prefix=fees_prefix(student.id))
        if (fee := reader.plain(raw))["paidAmount"] == "0.00"
    ]
    fees = iter(open_fees)

    def pay() -> Reply:
        fee = next(fees)
        key = {"Idempotency-Key": f"bench-{fee['id']}"}
        return accountant.post(f"/api/fees/{fee['id']}/record-payment", {"amount": 100, "paymentMethod": "CASH"}, headers=key)

    pay()
    paid = once(recorder, pay)
    found = rows("record a payment (its caller checked, one trip and read unit more)", paid, Budget(3, 5, 16))
    for name, path in (("fee summary", "/api/fees/summary"), ("overdue list, a page", "/api/fees/overdue"), ("fees, a page", "/api/fees")):
        call = partial(accountant.get, path)
        call()
        found += rows(f"{name}, warm container", once(recorder, call), Budget(2, 20))
        found.append(Figure(f"{name}: p95", p95(call), "ms", 3_000, 500))
    report = partial(accountant.get, "/api/fees/report", pageSize=100)
    report()
    found.append(Figure("fee report of the year: p95", p95(report), "ms", 3_000, 500))
    reading_book.forget()
    cold = once(recorder, partial(accountant.get, "/api/fees/summary"))
    return [*found, *rows("fee summary, cold container", cold, Budget())]


def _dashboards(recorder: Recorder, admin: Client) -> list[Figure]:
    show = partial(admin.get, "/api/dashboard/school-admin")
    show()
    cache.forget()
    reckoned = once(recorder, show)

    def again() -> Reply:
        cache.forget()
        return show()

    found = rows("admin dashboard, reckoned anew in a warm container", reckoned, Budget(None, 40))
    found.append(Figure("admin dashboard, reckoned anew: p95", p95(again), "ms", 100))
    found.append(Figure("admin dashboard, within its minute: p95", p95(show), "ms", 100))
    _forget()
    return [*found, *rows("admin dashboard, cold container", once(recorder, show), Budget())]

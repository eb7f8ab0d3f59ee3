"""Capacity units and round trips of each operation, against the table of budgets."""

from collections.abc import Callable
from dataclasses import dataclass

from shared import list_refresh, lists
from tests.support.client import Client, Reply
from tools.bench.figures import Figure, Table
from tools.bench.recorder import Consumption, Recorder

HOW = (
    "Counted by DynamoDB (`ReturnConsumedCapacity`) on DynamoDB Local, transactions reckoned from item sizes by the published rule, in a school of {students:,} students. What every request pays besides: its caller is checked (0.5–1 read unit, one round trip; a read "
    "remembers it for 15 seconds), and its rate limit counted (1 write unit)."
)
_CHECKED = 1  # the caller's access and school, asked for in one BatchGetItem by every write


@dataclass(frozen=True, slots=True)
class Budget:
    """What an operation may cost."""

    trips: float | None = None
    reads: float | None = None
    writes: float | None = None


def once(recorder: Recorder, call: Callable[[], Reply]) -> Consumption:
    """What one call consumes."""
    with recorder.record() as found:
        reply = call()
    if reply.status >= 400:
        raise RuntimeError(f"{reply.status} {reply.body[:300]!r}")
    return found


def rows(name: str, used: Consumption, budget: Budget) -> list[Figure]:
    """The rows of an operation: round trips, read units, write units, as far as it has any."""
    made = [Figure(f"{name}: round trips", used.round_trips, "", budget.trips, note=" → ".join(used.requests))]
    if used.read_units or budget.reads:
        made.append(Figure(f"{name}: read units", used.read_units, "", budget.reads, budget.reads / 2 if budget.reads else None))
    if used.write_units or budget.writes:
        made.append(Figure(f"{name}: write units", used.write_units, "", budget.writes, budget.writes / 2 if budget.writes else None))
    return made


def measure(recorder: Recorder, client: Client, school_id: str, class_id: str, student_id: str, students: int) -> Table:
    """The operations that exist."""
    found: list[Figure] = []
    page = "/api/students"
    list_refresh.refresh(lists.STUDENTS, school_id, least=0)
    for model in lists.ALL:
        model.forget()
    client.get("/api/subjects")
    found += rows("any page of the students, cold container", once(recorder, lambda: client.get(page, pageSize=100)), Budget(4, 350))
    warm = once(recorder, lambda: client.get(page, pageSize=100, page=57, sort="-lastName", search="sharma"))
    found += rows("any page of the students, warm container", warm, Budget(2, 3))
    new = {
        "firstName": "Meera", "lastName": "Iyer", "dateOfBirth": "2012-05-17", "gender": "FEMALE", "classId": class_id,
        "admissionDate": "2026-06-01", "parentName": "R. Iyer", "parentPhone": "98765 43210", "parentRelation": "FATHER",
    }  # fmt: skip
    found += rows("create a student (its caller checked)", once(recorder, lambda: client.post(page, new)), Budget())
    after = once(recorder, lambda: client.get(page, pageSize=100, page=3, sort="admissionDate"))
    found += rows("the page after one student was created", after, Budget(2, 3))
    found += rows("one student", once(recorder, lambda: client.get(f"{page}/{student_id}")), Budget(1, 1))
    found += rows("one class", once(recorder, lambda: client.get(f"/api/classes/{class_id}")), Budget(1, 1))
    change = once(recorder, lambda: client.put(f"{page}/{student_id}", {"phone": "98765 43211"}))
    found += rows("change a student (its caller checked)", change, Budget())
    return Table("What each operation costs", HOW.format(students=students), found)

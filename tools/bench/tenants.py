"""The same requests with one school and with a thousand schools in the table."""

import contextlib
import io
import time
from itertools import cycle, islice

from tests.support.client import Client
from tests.support.world import make_school
from tools.bench.figures import Figure, Table
from tools.bench.school import make_classes, make_students

HOW = "Wall time of the same 300 reads of one school, before and after 999 other schools with 20 students each joined the table; the better of three rounds each, as a ratio."
_CALLS = 300


def _wall(client: Client, student_id: str) -> float:
    paths = (f"/api/students/{student_id}", "/api/classes", "/api/students?page=3")
    best = float("inf")
    for _ in range(3):
        with contextlib.redirect_stdout(io.StringIO()):
            started = time.perf_counter()
            for path in islice(cycle(paths), _CALLS):
                bare, _, query = path.partition("?")
                client.request("GET", bare, query=dict(q.split("=") for q in query.split("&") if q))
            best = min(best, time.perf_counter() - started)
    return best


def measure(client: Client, student_id: str, schools: int = 999) -> Table:
    """Time, fill, time again."""
    alone = _wall(client, student_id)
    for _ in range(schools):
        school = make_school()
        make_students(school, make_classes(school, 1), 20)
    among = _wall(client, student_id)
    ratio = among / alone
    return Table(
        "A thousand schools",
        HOW,
        [Figure("time among 1,000 schools ÷ time alone", ratio, "×", 1.1, 1.0, note=f"{alone / _CALLS * 1000:.1f} ms a request alone")],
    )

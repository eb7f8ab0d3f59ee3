"""CPU time of this process, the engine's aside: middleware, list pages, exports."""

import contextlib
import io
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from tests.support.client import Client
from tools.bench.figures import Figure, Table

HOW = (
    "Process CPU time of the handlers' process on this machine (the engine is another process); the least of several rounds. Absolute times are noisy: a reference in the same run, parsing and "
    "dumping 1 MB of JSON with the standard library, took {reference:.0f} ms."
)


def cpu(call: Callable[[], object], repeats: int, rounds: int = 3) -> float:
    """Seconds of CPU a call takes: the least of the rounds' means."""
    best = float("inf")
    for _ in range(rounds):
        with contextlib.redirect_stdout(io.StringIO()):
            started = time.process_time()
            for _ in range(repeats):
                call()
            best = min(best, (time.process_time() - started) / repeats)
    return best


def reference() -> float:
    """Milliseconds of CPU for 1 MB of JSON through the standard library and back."""
    import json

    text = json.dumps([{"id": i, "name": f"name {i}", "values": [i, i + 1]} for i in range(20_000)])
    return cpu(lambda: json.dumps(json.loads(text)), 3) * 1000


def measure(client: Client, students: int) -> Table:
    """The figures that exist."""
    refused = cpu(lambda: client.get("/api/subjects", colour="red"), 200) * 1e6
    number = iter(range(1, 1_000_000))
    pages: dict[str, dict[str, Any]] = {
        "by first name, page 57": {"page": 57, "sort": "firstName"},
        "by -admissionDate, page 3": {"page": 3, "sort": "-admissionDate"},
        "filtered by gender and grade": {"gender": "FEMALE", "grade": "3", "sort": "rollNumber"},
    }
    figures = [Figure("resolver, token, permission, validation, log line, metrics: a request", refused, "µs", 600, 350)]
    for name, asked in pages.items():
        listed = partial(client.get, "/api/students", pageSize=100, **asked)
        figures.append(Figure(f"a page of 100 of {students:,}, {name}", cpu(listed, 20) * 1000, "ms", 4, 2))
    searched = cpu(lambda: client.get("/api/students", pageSize=100, search=f"r-{next(number):04d}"), 20) * 1000
    figures.append(Figure(f"a page of 100 of {students:,}, another search each time", searched, "ms", 4, 2))
    export = cpu(lambda: client.get("/api/students/export"), 1) * 1000
    figures.append(Figure(f"export of {students:,} full students as CSV", export, "ms", 900, 400))
    return Table("CPU", HOW.format(reference=reference()), figures)

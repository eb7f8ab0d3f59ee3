"""Files of students for tests."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tests.support.client import Client, Reply

CSV = {"Content-Type": "text/csv"}
HEADERS = ("Admission number", "First name", "Last name", "Date of birth", "Gender", "Class", "Section")


def csv(rows: Iterable[Sequence[str]], headers: Sequence[str] = HEADERS) -> bytes:
    """A plain CSV file of the rows."""
    return "\r\n".join(",".join(row) for row in (headers, *rows)).encode()


def students(count: int, *, section: str = "A", first: int = 1) -> list[list[str]]:
    """Good rows, numbered from `first`."""
    return [[f"A-{n:05d}", f"Name{n}", f"Surname{n}", "2012-03-04", "FEMALE", "Class 10", section] for n in range(first, first + count)]


def send(client: Client, content: bytes, headers: Mapping[str, str] | None = None, **query: Any) -> Reply:
    """POST a file to the bulk import."""
    return client.request("POST", "/api/students/bulk-import", raw=content, headers={**CSV, **(headers or {})}, query=query)

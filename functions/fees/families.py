"""Which students are of one family, and who of them came first: for the sibling discount."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

PRESENT = frozenset({"ACTIVE", "SUSPENDED"})


def child_ranks(students: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Student → its place (from 1) among the children of its family who are at the school, by admission, then by id.

    Students whose parent has the same telephone number or e-mail address, also by way of a third, are of one family.
    """
    rows = [row for row in students if row["status"] in PRESENT]
    root = {row["id"]: row["id"] for row in rows}

    def of(student: str) -> str:
        while root[student] != student:
            root[student] = root[root[student]]
            student = root[student]
        return student

    seen: dict[str, str] = {}
    for row in rows:
        for contact in filter(None, (row.get("parentPhone"), (row.get("parentEmail") or "").casefold())):
            other = seen.setdefault(contact, row["id"])
            root[of(row["id"])] = of(other)
    families = defaultdict(list)
    for row in rows:
        families[of(row["id"])].append((row["admissionDate"], row["id"]))
    return {student: place for children in families.values() for place, (_, student) in enumerate(sorted(children), start=1)}

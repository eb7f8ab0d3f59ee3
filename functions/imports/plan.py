"""What an import will write, decided before anything is written: one entry for each row that changes something.

The plan is kept as lines of JSON beside the import, so that whoever goes on after a crash writes the very same students.
"""

import gzip
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import orjson


@dataclass(frozen=True, slots=True)
class Planned:
    """One student to create, with all its fields, or to update, with those that change. Fields have Python's names."""

    row: int
    kind: Literal["create", "update"]
    id: str
    class_id: str
    fields: dict[str, Any]
    version: int = 0

    def line(self) -> bytes:
        """Its line of JSON."""
        return orjson.dumps([self.row, self.kind, self.id, self.class_id, self.fields, self.version])

    @classmethod
    def of(cls, line: bytes) -> "Planned":
        """From its line of JSON."""
        return cls(*orjson.loads(line))


def pack(plan: Iterable[Planned]) -> bytes:
    """The plan as a compressed file."""
    return gzip.compress(b"\n".join(entry.line() for entry in plan), 5, mtime=0)


def unpack(content: bytes) -> list[Planned]:
    """The plan from its compressed file."""
    return [Planned.of(line) for line in gzip.decompress(content).split(b"\n") if line]

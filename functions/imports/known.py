"""The school's students as an import matches them, and the seats that are free."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from shared.data import reader
from shared.enrolment import SEATED
from shared.enrolment import unique_number as unique
from shared.entities.academics import Seats
from shared.entities.people import Student
from shared.lists import STUDENTS
from shared.text import fold

type Plain = dict[str, Any]


class Known:
    """Who is in the school at the moment of the check."""

    def __init__(self, school_id: str) -> None:
        self.school_id = school_id
        self._rows = STUDENTS.all(school_id)
        self.by_admission = {unique(r["admissionNumber"]): i for i, r in self._rows.items()}
        self.by_roll = {unique(r["rollNumber"]): i for i, r in self._rows.items()}

    def admission_number(self, student_id: str) -> str:
        """The admission number of a student."""
        number: str = self._rows[student_id]["admissionNumber"]
        return number

    @property
    def present(self) -> int:
        """How many students are at the school."""
        return sum(row["status"] in SEATED for row in self._rows.values())

    @cached_property
    def by_identity(self) -> dict[tuple[str, str, str], str]:
        """Who is who without a number: names and date of birth."""
        return {identity(r["firstName"], r["lastName"], r["dateOfBirth"]): i for i, r in self._rows.items()}

    @cached_property
    def _seats(self) -> dict[str, list[int]]:
        """Class → [capacity, taken], counted down as rows are planned."""
        found = reader.query(Seats.partition_of(school_id=self.school_id), consistent=True)
        return {r["classId"]["S"]: [int(r["capacity"]["N"]), int(r["taken"]["N"])] for r in found}

    def take_seat(self, class_id: str) -> str | None:
        """Take a seat for a row; else why there is none."""
        capacity, taken = self._seats.get(class_id, [0, 0])
        if taken >= capacity:
            return f"The class is full: it has {capacity} seats"
        self._seats[class_id][1] += 1
        return None

    def load(self, ids: Iterable[str]) -> dict[str, Plain]:
        """Whole students by id, as they stand now."""
        keys = [Student.key_of(school_id=self.school_id, id=i) for i in ids]
        return {key[1]: reader.plain(raw) for key, raw in reader.get_many(keys, consistent=True).items()}


def identity(first: str, last: str | None, born: str) -> tuple[str, str, str]:
    """What makes two rows without numbers the same student."""
    return fold(first), fold(last or ""), born

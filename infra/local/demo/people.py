"""The invented people of the demo school, and their file as a school would import it. `people.csv` is made by tools/build_demo.py."""

import csv
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from shared.csv_files import write_rows

GRADES, SECTIONS, SEATS = 10, ("A", "B"), 40
_SEED = 7
_FIRST_AGE = 6  # years at the start of grade 1
_STREETS = ("Station Road", "Lake View Lane", "Banyan Avenue", "Temple Street", "Hill Road", "Market Street")
_CITIES = (("Pune", "Maharashtra", "4110"), ("Nashik", "Maharashtra", "4220"), ("Mumbai", "Maharashtra", "4000"))
_BLOOD = ("A+", "A-", "B+", "B-", "AB+", "AB-", "O+", "O-", "")
HEADERS = (
    "Admission number", "Roll number", "First name", "Last name", "Date of birth", "Gender", "Blood group", "Class", "Section",
    "Admission date", "Street", "City", "State", "ZIP", "Parent name", "Parent phone", "Parent email", "Parent relation",
    "Emergency contact", "Emergency phone", "Emergency relation",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the file."""

    kind: str
    gender: str
    first_name: str
    last_name: str
    parent_name: str
    parent_relation: str


def read_people() -> list[Person]:
    """Everybody, staff first."""
    with Path(__file__).with_name("people.csv").open(encoding="utf-8", newline="") as source:
        rows = list(csv.reader(source))[1:]
    return [Person(*row[:6]) for row in rows]


def year_of(today: date) -> tuple[str, date, date]:
    """The academic year, April to March, of a day: its name, first and last day."""
    first = today.year if today.month >= 4 else today.year - 1
    return f"{first}-{first + 1}", date(first, 4, 1), date(first + 1, 3, 31)


def students_csv(students: Sequence[Person], today: date) -> bytes:
    """The file to import: the students spread evenly over the classes, with ages that fit, always the same in one academic year."""
    rnd, (_, start, _) = random.Random(_SEED), year_of(today)  # noqa: S311 - invented people, the same each time
    rows = [_row(number, student, start, rnd) for number, student in enumerate(students)]
    return b"".join(write_rows(HEADERS, rows))


def _row(number: int, student: Person, start: date, rnd: random.Random) -> list[str]:
    room = number % (GRADES * len(SECTIONS))
    grade, section = room // len(SECTIONS) + 1, SECTIONS[room % len(SECTIONS)]
    born = date(start.year - _FIRST_AGE - grade + 1, 3, 31) - timedelta(days=rnd.randrange(365))
    admitted = date(start.year - rnd.randrange(grade), 4, 1)
    city, state, code = rnd.choice(_CITIES)
    phone = f"+9198{rnd.randrange(10**8):08d}"
    return [
        f"BIS-{number + 1:05d}",
        f"{grade:02d}{section}{number // (GRADES * len(SECTIONS)) + 1:02d}",
        student.first_name,
        student.last_name,
        born.isoformat(),
        student.gender,
        rnd.choice(_BLOOD),
        f"Class {grade}",
        section,
        admitted.isoformat(),
        f"{rnd.randrange(1, 200)} {rnd.choice(_STREETS)}",
        city,
        state,
        f"{code}{rnd.randrange(1, 60):02d}",
        student.parent_name,
        phone,
        f"family{number + 1:03d}@families.example",
        student.parent_relation,
        student.parent_name,
        phone,
        student.parent_relation.lower(),
    ]

"""Schools of any size for the bench, written fast: records and journal are true, uniqueness items are left out."""

import random
from itertools import batched

from shared.data.connection import client, connection
from shared.data.item import Item
from shared.data.unit_of_work import Actor, UnitOfWork
from shared.entities.academics import Class, Seats
from shared.entities.people import Student
from shared.entities.tenancy import School
from shared.errors import Conflict
from shared.ids import new_id
from shared.settings import settings
from tests.support.world import make_school

GIVEN = (
    "Aarav",
    "Zoë",
    "Ananya",
    "José",
    "Иван",
    "王芳",
    "Fatima",
    "Lakshmi",
    "Noah",
    "Amélie",
    "Óscar",
    "Priya",
    "Chinedu",
    "Yuki",
    "Mateo",
)
FAMILY = (
    "Sharma",
    "García",
    "Müller",
    "O'Brien",
    "Петров",
    "李",
    "Khan",
    "Nair",
    "Smith",
    "Dubois",
    "Svensson",
    "Okafor",
    "Tanaka",
    "Silva",
)


def write(items: list[Item]) -> None:
    """Put items in batches, as they are."""
    connection()
    for chunk in batched(items, 25, strict=False):
        request = {settings().table: [{"PutRequest": {"Item": i.place().serialize()}} for i in chunk]}
        while request:
            request = client("dynamodb").batch_write_item(RequestItems=request).get("UnprocessedItems")


def make_classes(school: School, count: int, capacity: int = 45, taken: int = 40) -> list[Class]:
    """Classes with their seats, journalled."""
    made = [
        Class(
            school_id=school.id,
            id=new_id(),
            name=f"Class {1 + i // 20}",
            section=f"{chr(65 + i % 20)}",
            grade=str(1 + i // 20),
            academic_year="2026-2027",
            capacity=capacity,
        )
        for i in range(count)
    ]
    for chunk in batched(made, 40, strict=False):
        unit = UnitOfWork(school.id, Actor(), "bench")
        for one in chunk:
            unit.create(one)
            unit.put(Seats(school_id=school.id, class_id=one.id, capacity=capacity, taken=taken, used=True), None, Conflict())
        unit.commit()
    return made


def make_students(school: School, classes: list[Class], count: int) -> list[Student]:
    """Students with every field filled."""
    chance = random.Random(7)
    made = []
    for number in range(count):
        room, first, last = classes[number % len(classes)], chance.choice(GIVEN), chance.choice(FAMILY)
        made.append(
            Student(
                school_id=school.id,
                id=new_id(),
                version=1,
                created_at="2026-04-01T04:00:00.000Z",
                updated_at="2026-04-01T04:00:00.000Z",
                roll_number=f"R-{number:05d}",
                admission_number=f"2026-{number:05d}",
                first_name=first,
                last_name=last,
                date_of_birth=f"20{chance.randint(10, 19)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}",
                gender=chance.choice(("MALE", "FEMALE", "OTHER")),
                blood_group=chance.choice(("A+", "B+", "O-", "AB+")),
                email=f"s{number}@school.example",
                phone=f"+9198{number:08d}",
                address_street=f"{chance.randint(1, 200)} Long Street",
                address_city="Pune",
                address_state="Maharashtra",
                address_zip="411001",
                class_id=room.id,
                section=room.section,
                admission_date="2026-04-01",
                status="ACTIVE",
                parent_name=f"{chance.choice(GIVEN)} {last}",
                parent_phone=f"+9197{number:08d}",
                parent_email=f"p{number}@home.example",
                parent_relation=chance.choice(("FATHER", "MOTHER", "GUARDIAN")),
                emergency_contact_name=f"{chance.choice(GIVEN)} {last}",
                emergency_contact_phone=f"+9196{number:08d}",
                emergency_contact_relation="Uncle",
                stays=[{"classId": room.id, "since": "2026-04-01", "reason": "ADMITTED"}],
            )
        )
    write(list(made))
    return made


def large_school(students: int = 10_000) -> tuple[School, list[Class], list[Student]]:
    """A school of that many students in classes of forty."""
    school = make_school()
    classes = make_classes(school, max(1, students // 40))
    return school, classes, make_students(school, classes, students)

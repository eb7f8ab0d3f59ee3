"""A student who comes to the school, one at a time: by the students' own route, or from the admissions register."""

from dataclasses import dataclass
from typing import Any

from shared import enrolment
from shared.data import reader
from shared.data.unit_of_work import UnitOfWork
from shared.entities.academics import Class, Seats
from shared.entities.people import Student
from shared.entities.tenancy import School
from shared.ids import new_id

NO_CLASS = "No class in use of this school has this id"


@dataclass(frozen=True, slots=True)
class Room:
    """A class with its seats, as both stand now."""

    of: Class
    seats: dict[str, Seats]


def find_room(school_id: str, class_id: str) -> Room | None:
    """A class in use and its seats in one round trip; None where the school has none of this id in use."""
    keys = (Class.key_of(school_id=school_id, id=class_id), Seats.key_of(school_id=school_id, class_id=class_id))
    found = reader.get_many(keys, consistent=True)
    if keys[0] not in found:
        return None
    room = Class.from_item(found[keys[0]])
    if room.status != "ACTIVE":
        return None
    return Room(room, {class_id: Seats.from_item(found[keys[1]])} if keys[1] in found else {})


def add_student(
    unit: UnitOfWork, school: School, room: Room, fields: dict[str, Any], kept: dict[str, Any], *, over_capacity: bool = False
) -> Student:
    """A new student of the class with the unit's commit: seat, count against the subscription, and the numbers that are absent.

    `kept` lives as long as the request: deciding it again draws no other numbers.
    """
    made = Student(school_id=school.id, id=new_id(), class_id=room.of.id, section=room.of.section, status="ACTIVE", **fields)
    enrolment.count_students(unit, school, 1)
    enrolment.move_seats(unit, {room.of.id: 1}, over_capacity=over_capacity, known=room.seats)
    numbers = enrolment.assign_numbers(school, [made], kept.get("numbers"))
    kept["numbers"] = numbers
    enrolment.enrol(unit, made, numbers)
    return made

"""Schools and people for tests, written straight to the table."""

from dataclasses import dataclass
from typing import Any

from shared.auth.permissions import Role
from shared.data.item import PLATFORM_SCHOOL
from shared.data.unit_of_work import Actor, UnitOfWork
from shared.entities.tenancy import Access, AccountAddress, School, SchoolListing, User
from shared.errors import Conflict
from shared.ids import new_id
from tests.support.client import Client
from tests.support.keys import access_token


@dataclass(frozen=True, slots=True)
class Person:
    """A user and a client that is signed in as them."""

    id: str
    email: str
    school_id: str
    role: str
    client: Client


def make_school(**fields: Any) -> School:
    """An active school in Kolkata's time zone, unless the fields say otherwise."""
    school_id = new_id()
    made = School(
        school_id=school_id,
        id=school_id,
        **{
            "name": "Test School",
            "address": "1 Test Street",
            "phone": "+912222222222",
            "email": "office@school.example",
            "principal_name": "P. Rincipal",
            "timezone": "Asia/Kolkata",
            "currency": "INR",
            "country": "IN",
            "locale": "en-IN",
            "subscription_tier": "PREMIUM",
            "academic_year": {"name": "2026-2027", "start": "2026-04-01", "end": "2027-03-31"},
            "settings": {},
            **fields,
        },
    )
    unit = UnitOfWork(school_id, Actor(), "tests")
    unit.create(made)
    unit.put(SchoolListing.of(made), None, Conflict())
    unit.commit()
    return made


def make_person(school: School | None, role: str = Role.SCHOOL_ADMIN, **fields: Any) -> Person:
    """A user of the school (of the platform where there is none) with a good access token; not known to any user pool."""
    school_id = school.id if school else PLATFORM_SCHOOL
    user_id = new_id()
    email = fields.pop("email", f"{user_id}@school.example")
    user = User(school_id=school_id, id=user_id, email=email, role=str(role), **{"first_name": "Test", "last_name": "Person", **fields})
    unit = UnitOfWork(school_id, Actor(), "tests")
    unit.create(user)
    unit.put(Access(school_id=school_id, user_id=user_id, role=str(role)), None, Conflict())
    unit.put(AccountAddress(email=email.lower(), user_id=user_id, account_school=school_id), None, Conflict())
    unit.commit()
    return Person(user_id, email, school_id, str(role), Client(access_token(user_id, school_id, str(role))))

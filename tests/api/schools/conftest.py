"""The platform's operator, and the body of a new school."""

import pytest

from shared.auth.permissions import Role
from shared.ids import new_id
from tests.support.world import make_person


@pytest.fixture
def operator(world):
    return make_person(None, Role.SUPER_ADMIN)


def new_school(**fields):
    """The body of a new school; the name and the admin's address are nobody's yet."""
    mark = new_id()
    return {
        "name": f"Green Valley {mark}",
        "address": "1 School Lane\nPune 411001",
        "phone": "020 2553 1234",
        "email": "office@green-valley.example",
        "establishedYear": 1962,
        "principalName": "Meera Iyer",
        "timezone": "Asia/Kolkata",
        "currency": "INR",
        "country": "IN",
        "locale": "en-IN",
        "academicYear": {"name": "2026-2027", "start": "2026-04-01", "end": "2027-03-31"},
        "admin": {"firstName": "Meera", "lastName": "Iyer", "email": f"meera-{mark}@green-valley.example"},
        **fields,
    }

"""A school with an admin, and the platform's operator."""

import pytest

from shared.auth.permissions import Role
from tests.support.world import make_person, make_school


@pytest.fixture
def school(world):
    return make_school()


@pytest.fixture
def admin(school):
    return make_person(school)


@pytest.fixture
def operator(world):
    return make_person(None, Role.SUPER_ADMIN)


def new_user(name="asha", role="TEACHER", **fields):
    """The body of a new user; the address is nobody's yet."""
    from shared.ids import new_id

    return {"email": f"{name}-{new_id()}@school.example", "role": role, "firstName": "Asha", "lastName": "Rao", **fields}

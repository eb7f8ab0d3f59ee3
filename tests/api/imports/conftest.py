"""A school with classes, its admin, and storage for files and messages."""

from collections.abc import Iterator

import pytest

from tests.support import storage as stores
from tests.support.guard import Guard
from tests.support.world import make_person, make_school


@pytest.fixture(scope="session")
def storage(table: Guard, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with stores.storage(tmp_path_factory.mktemp("ministack"), "imports") as url:
        yield url


@pytest.fixture
def school(world: Guard, storage: str):
    stores.messages("imports")
    return make_school()


@pytest.fixture
def admin(school):
    return make_person(school).client


@pytest.fixture
def rooms(admin):
    """Class 10 A and B, of 40 seats each."""
    made = [admin.post("/api/classes", {"name": "Class 10", "section": s, "grade": "10", "capacity": 40}).data for s in "AB"]
    return {room["section"]: room["id"] for room in made}

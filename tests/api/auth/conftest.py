"""Sign-in runs against a real user pool: MiniStack, with this project's triggers."""

import pytest

from functions.auth import service
from tests.support.world import make_school


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    """A refused sign-in waits until the time tells nothing; only the test of that wants it."""
    monkeypatch.setattr(service, "_REFUSED_AFTER", 0.0)


@pytest.fixture
def school(pooled):
    return make_school()

"""A school with an admin and a class, storage for its archive, and the chain's consumer as the stream feeds it."""

import secrets
from datetime import UTC, datetime, timedelta

import pytest

from functions.logs import consumers, linking
from shared import clock, views
from shared.ids import floor_id
from tests.support.journal import entries, stream_event
from tests.support.world import make_person, make_school


@pytest.fixture
def school(world, storage):
    linking.forget()
    views.forget()
    return make_school()


@pytest.fixture
def admin(school):
    return make_person(school).client


@pytest.fixture
def deliver(school):
    """Feeds the school's whole journal, or some entries, to the chain."""

    def run(*some):
        return consumers.chain(stream_event(*(some or entries(school.id))), None)

    return run


@pytest.fixture
def made_on(monkeypatch):
    """Makes entries at another time: ids carry the machine's time, which the application's clock does not move."""

    def at(moment: datetime):
        counter = iter(range(1, 1 << 30))

        def new_id() -> str:
            base = floor_id(int(moment.timestamp() * 1000))
            return base[:-12] + f"{next(counter):06x}{secrets.token_hex(3)}"

        monkeypatch.setattr("shared.data.unit_of_work.new_id", new_id)
        clock.use(lambda: moment)

    def back():
        monkeypatch.undo()
        clock.use(None)

    at.back = back
    return at


@pytest.fixture
def days_ago():
    """Noon (UTC) some days ago."""
    return lambda days: datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=days)

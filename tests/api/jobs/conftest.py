"""Three declared jobs, a school, and the messages that ask for runs."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from shared import clock, job_list
from shared.data import in_place
from shared.entities.jobs import JobClock
from shared.gateways import queues
from shared.names import PLATFORM_SCHOOL
from tests.support.guard import Guard

JOBS = [
    ["fees-night", "Flag overdue fees", "fees", "02:00", 0, 0],
    ["absence-messages", "Tell guardians", "attendance", "16:00", 0, 0],
    ["orphaned-files", "Remove files that no record refers to", "jobs", "03:30", 1, 1],
]


class Asked:
    """The messages that were put into queues of jobs; a queue can be made to refuse."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, dict[str, Any]]] = []
        self.refusing: dict[str, Exception] = {}

    def send_many(self, name: str, messages: Any) -> int:
        taken = list(messages)
        if taken and name in self.refusing:
            raise self.refusing[name]
        self.messages += [(name, message) for message in taken]
        return len(taken)

    def of(self, school_id: str) -> list[tuple[str, str]]:
        """Job and date of every run that was asked for the school."""
        return [(message["job"], message["day"]) for _, message in self.messages if message["school"] == school_id]

    def take(self) -> list[dict[str, Any]]:
        """The messages so far, which are forgotten."""
        taken = [message for _, message in self.messages]
        self.messages.clear()
        return taken


@pytest.fixture
def asked(world: Guard, monkeypatch: pytest.MonkeyPatch) -> Asked:
    made = Asked()
    monkeypatch.setenv(job_list.VARIABLE, orjson.dumps(JOBS).decode())
    monkeypatch.setattr(queues, "send_many", made.send_many)
    in_place.remove(JobClock.key_of(school_id=PLATFORM_SCHOOL))
    return made


def at(text: str) -> datetime:
    """Move the application's clock to an instant (UTC)."""
    moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
    clock.use(lambda: moment)
    return moment

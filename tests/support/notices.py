"""Plays notices through as AWS would: the journal to the consumers, the queues to the workers, providers that can fail or die.

Every event and every queue message arrives as often as `times` says. Providers, queues and schedules are fakes below the client.
"""

import json
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.notifications import consumers, delivery, pace, sweep, worker
from shared import clock
from shared.gateways import mail, queues, scheduler, sms
from tests.support import client as calls
from tests.support import journal


class Killed(BaseException):
    """Stands for SIGKILL: no handler of exceptions sees it."""


def refused(code: str, operation: str = "SendEmail") -> ClientError:
    """What a provider answers that does not take a message."""
    return ClientError({"Error": {"Code": code, "Message": code}}, operation)


class Context:
    """A Lambda context with time enough."""

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 120_000


@dataclass
class Post:
    """Everything between the requests and the people."""

    mails: list[dict[str, Any]] = field(default_factory=list)
    texts: list[dict[str, Any]] = field(default_factory=list)
    waiting: list[tuple[datetime, str, dict[str, Any]]] = field(default_factory=list)
    schedules: dict[str, tuple[datetime, dict[str, Any]]] = field(default_factory=dict)
    before: Callable[[str, str], None] = lambda channel, address: None  # called before a provider takes a message
    after: Callable[[str, str], None] = lambda channel, address: None  # called when it has taken it, before it answers
    failures: list[BaseException] = field(default_factory=list)
    current: dict[str, Any] = field(default_factory=dict)  # the queue message that is worked off
    _played: set[str] = field(default_factory=set)

    def send_email(self, **request: Any) -> dict[str, str]:
        """SES."""
        to = request["Destination"]["ToAddresses"][0]
        self.before("EMAIL", to)
        self.mails.append({"to": to, **request})
        self.after("EMAIL", to)
        return {"MessageId": f"mail-{len(self.mails)}"}

    def publish(self, **request: Any) -> dict[str, str]:
        """SNS."""
        self.before("SMS", request["PhoneNumber"])
        self.texts.append({"to": request["PhoneNumber"], **request})
        self.after("SMS", request["PhoneNumber"])
        return {"MessageId": f"text-{len(self.texts)}"}

    def send_message(self, *, QueueUrl: str, MessageBody: str, DelaySeconds: int) -> None:  # noqa: N803 - SQS's names
        """SQS."""
        self.waiting.append((clock.now() + timedelta(seconds=DelaySeconds), QueueUrl, json.loads(MessageBody)))

    def put(self, name: str, at: datetime, message: dict[str, Any]) -> None:
        """EventBridge Scheduler."""
        self.schedules[name] = (at, message)

    def remove(self, name: str) -> bool:
        """EventBridge Scheduler."""
        return self.schedules.pop(name, None) is not None

    def stream(self, school_id: str, *, times: int = 1, backwards: bool = False) -> None:
        """Play the school's new journal entries to the consumers, each `times`."""
        entries = [e for e in journal.entries(school_id) if e.id not in self._played]
        self._played |= {e.id for e in entries}
        for consumer, kind in ((consumers.notices, "Notification"), (consumers.owed, "Message")):
            found = [e for e in entries if e.kind == kind]
            for _ in range(times if found else 0):
                assert consumer(journal.stream_event(*(reversed(found) if backwards else found)), Context()) == {"batchItemFailures": []}

    def work(self, school_id: str, *, times: int = 1, rounds: int = 400) -> None:
        """Work off what can be seen in the queues, each message `times`; what fails comes again at once, up to the rounds."""
        for _ in range(rounds):
            now = clock.now()
            seen = [w for w in self.waiting if w[0] <= now]
            if not seen:
                return
            self.waiting = [w for w in self.waiting if w[0] > now]
            for message in seen:
                for _again in range(times):
                    self._handle(school_id, message)
        raise AssertionError("the queues are never empty")

    def _handle(self, school_id: str, message: tuple[datetime, str, dict[str, Any]]) -> None:
        self.current = message[2]
        handler = worker.notices if message[1].endswith("notices") else worker.deliveries
        event = {"Records": [{"messageId": "1", "body": json.dumps(message[2])}]}
        with calls.GUARD.only(school_id) if calls.GUARD else nullcontext():
            try:
                failed = handler(event, Context())["batchItemFailures"]
            except Killed as error:
                self.failures.append(error)
                failed = [event]
        if failed:  # it is hidden for a while, and comes again
            self.waiting.append((clock.now() + timedelta(seconds=360), message[1], message[2]))

    def run(self, school_id: str, *, times: int = 1) -> None:
        """Journal and queues until nothing is left to do now."""
        for _ in range(6):
            self.stream(school_id, times=times)
            self.work(school_id, times=times)

    def fire(self, school_id: str, *, times: int = 1) -> int:
        """Fire the schedules that are due, each `times`, and work them off; how many there were."""
        due = [name for name, (at, _) in self.schedules.items() if at <= clock.now()]
        for name in due:
            _, message = self.schedules.pop(name)
            self.waiting += [(clock.now(), "notices", message)] * times
        self.run(school_id)
        return len(due)

    def sweep(self, school_id: str) -> None:
        """Run the sweep and work off what it finds."""
        sweep.lambda_handler({"schedule": "notices-sweep"}, Context())
        self.run(school_id)

    def ses_event(self, mail_sent: dict[str, Any], kind: str, **detail: Any) -> dict[str, Any]:
        """SES's event about a mail, as it lies in the queue."""
        tags = {tag["Name"]: [tag["Value"]] for tag in mail_sent["EmailTags"]}
        told = {"eventType": kind, "mail": {"timestamp": clock.stamp(), "messageId": "m", "tags": tags}, kind.lower(): detail}
        return {"messageId": "1", "body": json.dumps({"Type": "Notification", "Message": json.dumps(told)})}

    def tell(self, *records: dict[str, Any]) -> None:
        """Bring events of SES to their worker."""
        event = {"Records": [{**r, "eventSource": "aws:sqs", "messageId": str(n)} for n, r in enumerate(records)]}
        assert delivery.lambda_handler(event, Context()) == {"batchItemFailures": []}


@pytest.fixture
def post(world: Any, monkeypatch: pytest.MonkeyPatch) -> Post:
    """The way of notices, with fakes at its ends; nothing is paced."""
    made = Post()
    for gateway in (mail, sms, queues):
        monkeypatch.setattr(gateway, "client", lambda _service: made)
    monkeypatch.setattr(queues, "queue_url", lambda name: name)
    monkeypatch.setattr(scheduler, "put", made.put)
    monkeypatch.setattr(scheduler, "remove", made.remove)
    monkeypatch.setattr(pace, "wait", lambda _channel: None)
    return made

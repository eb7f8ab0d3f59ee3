# ruff: noqa: F811 - a fixture is imported by its name, and asked for by the same
"""A notice to a whole school: the request answers at once, each person gets it once, within its budget of write units."""

import os
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from shared.data import derived
from shared.data.item import Item
from shared.data.unit_of_work import Actor, UnitOfWork
from shared.entities.people import Student, StudentGuardian
from shared.entities.tenancy import User
from shared.ids import new_id
from shared.topics import Channel
from tests.api.notifications.conftest import Town, town  # noqa: F401 - a fixture
from tests.support.notices import Post, post  # noqa: F401 - a fixture
from tools.bench.recorder import Recorder

PEOPLE = int(os.environ.get("HOMEROOM_NOTICE_PEOPLE", "10000"))
WRITE_UNITS_A_PERSON = 4.0


def families(town: Town) -> Iterator[Item]:
    """As many families as people are wanted: six in ten have a login and two children, the others are known by an address."""
    class_id, school_id = town.classes["A"], town.school.id
    for n in range(PEOPLE):
        user_id, login = new_id(), n % 10 < 6
        if login:
            yield User(
                school_id=school_id, id=user_id, email=f"p{n}@home.example", role="STUDENT_PARENT", first_name=f"Parent {n}", version=1
            )
        for _ in range(2 if login else 1):
            student = Student(
                school_id=school_id,
                id=new_id(),
                roll_number=f"R{n}",
                admission_number=f"A{n}",
                first_name=f"Child {n}",
                date_of_birth="2012-02-29",
                gender="FEMALE",
                class_id=class_id,
                section="A",
                admission_date="2026-04-01",
                version=1,
                parent_email=None if login else f"p{n}@home.example",
            )
            yield student
            if login:
                told: dict[str, Any] = {
                    "student_id": student.id,
                    "user_id": user_id,
                    "relation": "MOTHER",
                    "since": "2026-04-01",
                    "version": 1,
                }
                yield StudentGuardian(school_id=school_id, id=new_id(), sees={"academics": True, "fees": True, "pickUp": True}, **told)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_n1_ten_thousand_people_get_it_once_though_each_message_comes_three_times_and_the_request_answers_at_once(
    town: Town, post: Post, capsys: Any
) -> None:
    town.class_("A")
    derived.put_many(families(town))
    unit = UnitOfWork(town.school.id, Actor(), "tests")
    unit.note_batch("IMPORT", "Student", ["loaded"])
    unit.commit()
    made = town.notice(channels=["IN_APP", "EMAIL"])
    recorder = Recorder()
    with recorder.record() as asked:
        reply = town.admin.client.post(f"/api/notifications/{made['id']}/send")
    assert reply.status == 202
    assert asked.round_trips <= 8, asked.requests
    assert (post.mails, post.waiting) == ([], [])
    began = time.monotonic()
    with recorder.record() as sending:
        post.run(town.school.id, times=3)
    took = time.monotonic() - began
    assert Counter(mail["to"] for mail in post.mails) == Counter(f"p{n}@home.example" for n in range(PEOPLE))
    with recorder.record() as events:
        post.tell(*(post.ses_event(mail, "Delivery") for mail in post.mails))
    with recorder.record() as looking:
        told = town.look(made["id"])
    logins = sum(n % 10 < 6 for n in range(PEOPLE))
    assert (told["status"], told["people"]) == ("SENT", PEOPLE)
    assert told["counts"]["channels"][Channel.EMAIL] == {"sent": PEOPLE, "delivered": PEOPLE, "failed": 0, "read": 0}
    assert told["counts"]["channels"][Channel.IN_APP]["delivered"] == logins
    last = town.admin.client.get(f"/api/notifications/{made['id']}/receipts", page=PEOPLE // 100, pageSize=100)
    assert (len(last.data), last.json["pagination"]["totalRecords"]) == (100, PEOPLE)
    a_person = (sending.write_units + events.write_units) / PEOPLE
    with capsys.disabled():
        print(
            f"\n{PEOPLE} people: {a_person:.2f} write units and {sending.read_units / PEOPLE:.2f} read units a person, "
            f"{sending.round_trips / PEOPLE:.2f} round trips a person, {took:.0f} s; counting {looking.read_units:.0f} read units"
        )
    assert a_person <= WRITE_UNITS_A_PERSON

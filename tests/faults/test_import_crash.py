# ruff: noqa: F811 - a fixture is imported by its name, and asked for by the same
"""An import survives what stops it: a timeout at row 6,000, a kill at any moment, a message delivered twice, a conflict that arose."""

import random
from collections import Counter

import pytest

from functions.imports import jobs, running
from functions.imports.plan import unpack
from functions.imports.repository import Imports, LostLease
from functions.imports.worker import lambda_handler
from functions.imports.writing import Writer
from shared.data import reader
from shared.entities.academics import Seats
from shared.entities.ground import Journal
from shared.entities.imports import Import
from shared.entities.people import Student
from shared.errors import Unavailable
from shared.gateways import files
from tests.api.imports.conftest import admin, rooms, school  # noqa: F401 - fixtures
from tests.support.background import Context, event, work
from tests.support.csv_bodies import csv, send, students
from tests.support.storage import messages


class Killed(BaseException):
    """Stands for SIGKILL: no handler of exceptions sees it."""


def stored(school):
    return [reader.plain(r) for r in reader.query(Student.partition_of(school_id=school.id), consistent=True)]


def journalled(school):
    entries = reader.query(Journal.partition_of(school_id=school.id, kind="Student"), consistent=True)
    return Counter(i["S"] for e in entries for i in e["entityIds"]["L"])


@pytest.fixture
def background(admin, rooms, monkeypatch):
    """Every import of more than a batch goes on in the background; a dead worker's lease ends at once."""
    from functions.imports import repository, service

    monkeypatch.setattr(service, "INLINE_ROWS", 0)
    monkeypatch.setattr(repository, "LEASE_MS", -1)
    admin.put(f"/api/classes/{rooms['A']}", {"capacity": 1000})


def wake(school, import_id, context=None):
    return lambda_handler(event({"schoolId": school.id, "importId": import_id}), context or Context())


def until_it_is_done(school, import_id):
    """Wake workers until one is not killed; how many were."""
    for kills in range(200):
        try:
            wake(school, import_id)
        except Killed:
            continue
        return kills
    raise AssertionError("no worker survived")


def whole(school, admin, import_id, count):
    """Nothing is lost and nothing is there twice: students, seats, journal, and what the import tells."""
    found = stored(school)
    assert sorted(s["admissionNumber"] for s in found) == [row[0] for row in students(count)]
    assert set(journalled(school).values()) == {1}
    assert len(journalled(school)) == count
    (class_id,) = {s["classId"] for s in found}
    assert reader.load(Seats, consistent=True, school_id=school.id, class_id=class_id).taken == count
    job = admin.get(f"/api/imports/{import_id}").data
    assert (job["state"], job["created"], job["position"]) == ("DONE", count, count)


def test_a_worker_whose_time_is_up_at_row_600_of_1000_hands_over_and_the_next_goes_on_behind_its_checkpoint(school, admin, background):
    import_id = send(admin, csv(students(1000))).data["importId"]
    messages()
    turns = iter([300_000] * 20)  # of some 33 batches
    assert wake(school, import_id, Context(lambda: next(turns, 0))) == {"batchItemFailures": []}
    part = len(stored(school))
    assert 500 < part < 700
    assert admin.get(f"/api/imports/{import_id}").data["position"] == part
    assert work() == 1
    whole(school, admin, import_id, 1000)


@pytest.mark.parametrize("where", ["before", "after"])
def test_a_worker_killed_around_any_transaction_loses_and_doubles_nothing(school, admin, background, monkeypatch, where):
    import_id = send(admin, csv(students(200))).data["importId"]
    messages()
    original, rnd = jobs.UnitOfWork.commit, random.Random(where)

    def commit(self):
        if where == "before" and rnd.random() < 0.3:
            raise Killed
        original(self)
        if where == "after" and rnd.random() < 0.3:
            raise Killed

    monkeypatch.setattr(jobs.UnitOfWork, "commit", commit)
    assert until_it_is_done(school, import_id) > 0
    monkeypatch.setattr(jobs.UnitOfWork, "commit", original)
    wake(school, import_id)
    whole(school, admin, import_id, 200)


def test_a_request_that_is_killed_halfway_is_finished_by_the_worker_that_was_called_before_it_began(school, admin, rooms, monkeypatch):
    from functions.imports import repository

    admin.put(f"/api/classes/{rooms['A']}", {"capacity": 1000})
    monkeypatch.setattr(repository, "LEASE_MS", -1)
    called, left, original = [], [4], jobs.UnitOfWork.commit
    monkeypatch.setattr(jobs.queues, "send", lambda name, body, *, delay=0: called.append((body, delay)))

    def commit(self):
        left[0] -= 1
        if left[0] < 0:
            raise Killed
        original(self)

    monkeypatch.setattr(jobs.UnitOfWork, "commit", commit)
    with pytest.raises(Killed):
        send(admin, csv(students(200)))
    monkeypatch.setattr(jobs.UnitOfWork, "commit", original)
    assert 0 < len(stored(school)) < 200
    ((body, delay),) = called
    assert delay > 0
    assert lambda_handler(event(body), Context()) == {"batchItemFailures": []}
    whole(school, admin, body["importId"], 200)


def test_a_table_that_takes_nothing_for_a_while_leaves_the_rest_to_the_background(school, admin, rooms, monkeypatch):
    admin.put(f"/api/classes/{rooms['A']}", {"capacity": 1000})
    turns, original = iter([False] * 3 + [True]), jobs.UnitOfWork.commit

    def commit(self):
        if next(turns, False):
            raise Unavailable
        original(self)

    monkeypatch.setattr(jobs.UnitOfWork, "commit", commit)
    reply = send(admin, csv(students(200)))
    assert reply.status == 202
    assert work() == 1
    whole(school, admin, reply.data["importId"], 200)


def test_a_message_that_comes_twice_works_once(school, admin, background):
    import_id = send(admin, csv(students(100))).data["importId"]
    for _ in range(3):
        wake(school, import_id)
    whole(school, admin, import_id, 100)


def test_a_worker_that_lost_its_lease_writes_no_more(school, admin, background):
    import_id = send(admin, csv(students(100))).data["importId"]
    imports = Imports(school.id)
    plan = unpack(files.get(imports.file(import_id, "plan")))
    first, second = (reader.load(Import, consistent=True, school_id=school.id, id=import_id) for _ in range(2))
    assert imports.claim(first, "the first")
    assert imports.claim(second, "the second")  # the first one's lease has ended
    with pytest.raises(LostLease):
        Writer(school, first, "the first", plan).run(lambda: False)
    assert stored(school) == []
    assert Writer(school, second, "the second", plan).run(lambda: False)
    whole(school, admin, import_id, 100)


def test_while_one_worker_has_an_import_another_comes_back_later(school, admin, rooms, monkeypatch):
    from functions.imports import service

    monkeypatch.setattr(service, "INLINE_ROWS", 0)
    admin.put(f"/api/classes/{rooms['A']}", {"capacity": 1000})
    import_id = send(admin, csv(students(100))).data["importId"]
    messages()
    imports = Imports(school.id)
    job = reader.load(Import, consistent=True, school_id=school.id, id=import_id)
    assert imports.claim(job, "the first")
    sent = []
    monkeypatch.setattr(running, "wake", lambda school_id, import_id, delay=0: sent.append(delay))
    wake(school, import_id)
    assert stored(school) == []
    assert 50 < sent[0] <= 63


def test_a_conflict_that_arises_after_the_check_stops_the_import_says_where_and_can_be_undone(school, admin, background):
    import_id = send(admin, csv(students(100))).data["importId"]
    messages()
    taken = students(71)[70]
    assert send(admin, csv([taken])).data["created"] == 1
    wake(school, import_id)
    job = admin.get(f"/api/imports/{import_id}").data
    assert job["state"] == "STOPPED"
    assert job["stoppedBy"].startswith("row 72 (admissionNumber)")
    assert 0 < job["created"] < 100
    assert admin.post(f"/api/imports/{import_id}/undo").data["state"] == "UNDONE"
    assert [s["admissionNumber"] for s in stored(school)] == [taken[0]]


def test_an_undo_that_is_killed_goes_on(school, admin, background, monkeypatch):
    import_id = send(admin, csv(students(100))).data["importId"]
    work()
    rnd, original = random.Random(5), jobs.UnitOfWork.commit

    def commit(self):
        original(self)
        if rnd.random() < 0.3:
            raise Killed

    monkeypatch.setattr(jobs.UnitOfWork, "commit", commit)
    with pytest.raises(Killed):
        for _ in range(20):
            admin.post(f"/api/imports/{import_id}/undo")
    until_it_is_done(school, import_id)
    monkeypatch.setattr(jobs.UnitOfWork, "commit", original)
    wake(school, import_id)
    job = admin.get(f"/api/imports/{import_id}").data
    assert (job["state"], job["removed"], stored(school)) == ("UNDONE", 100, [])

"""Files that no record refers to, in MiniStack's S3, and the queue that runs are asked for by."""

import os
from datetime import timedelta

import orjson
import pytest

from functions.jobs import orphans, worker
from shared import clock, jobs
from shared.data import reader
from shared.data.connection import client
from shared.data.unit_of_work import Actor, UnitOfWork
from shared.entities.imports import Import
from shared.entities.jobs import JobRun
from shared.entities.tenancy import School
from shared.gateways import files, queues
from shared.ids import new_id
from tests.support.world import make_school

DAY = "2026-11-24"


@pytest.fixture
def school(storage: str, world: object) -> School:
    return make_school()


def later(days: float) -> None:
    clock.use(lambda: clock._system() + timedelta(days=days))


def stored(school: School, *path: str) -> str:
    key = files.key_of(school.id, *path)
    files.put(key, b"content")
    return key


def new_import(school: School) -> str:
    made = Import(school_id=school.id, id=new_id(), state="DONE", options={}, actor={})
    unit = UnitOfWork(school.id, Actor(), "tests")
    unit.create(made)
    unit.commit()
    return made.id


def there(school: School) -> set[str]:
    return {key for key, _ in files.listed(files.key_of(school.id, ""))}


def test_what_no_record_refers_to_is_removed_and_the_rest_stays(school: School) -> None:
    used = stored(school, "imports", new_import(school), "plan")
    archive = stored(school, "audit", "2026", "2026-11-01.jsonl.gz")
    unknown = stored(school, "portraits", "a.jpg")
    lost = {stored(school, "imports", new_id(), "source"), stored(school, "imports", "no-id", "x"), stored(school, "exports", "e.csv")}
    other = stored(make_school(), "exports", "e.csv")
    later(4)
    told = orphans.remove_orphans(school, clock.today("UTC"))
    assert there(school) == {used, archive, unknown}
    assert (told["listed"], told["orphans"], told["removed"], set(told["first"])) == (6, 3, 3, lost)
    assert told["unknownPlaces"] == {"portraits": 1}
    assert files.size(other)


def test_what_is_young_may_belong_to_something_that_is_being_made(school: School) -> None:
    stored(school, "imports", new_id(), "plan")
    assert orphans.remove_orphans(school, clock.today("UTC"))["orphans"] == 0


def test_a_dry_run_by_hand_only_tells(school: School) -> None:
    lost = stored(school, "imports", new_id(), "plan")
    later(2)
    message = jobs.asked("orphaned-files", school.id, DAY, again="1", dry_run=True)
    event = {"Records": [{"messageId": "1", "body": orjson.dumps(message).decode(), "eventSource": "aws:sqs"}]}
    assert worker.lambda_handler(event, None) == {"batchItemFailures": []}
    run = reader.load(JobRun, school_id=school.id, id=jobs.run_id(message))
    assert run is not None
    assert (run.state, run.result["removed"], run.result["first"]) == ("DONE", 0, [lost])
    assert there(school) == {lost}


def test_more_than_one_call_takes_are_all_sent(storage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    url = client("sqs").create_queue(QueueName=f"many-{os.getpid()}")["QueueUrl"]
    monkeypatch.setenv("QUEUE_URL_MANY_JOBS", url)
    assert queues.send_many("many-jobs", ({"n": n} for n in range(23))) == 23
    counted = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    assert counted["Attributes"]["ApproximateNumberOfMessages"] == "23"

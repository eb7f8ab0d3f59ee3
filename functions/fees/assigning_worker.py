"""Works off assignments that go on in the background; each batch moves the checkpoint, so a worker can be killed at any moment."""

from collections.abc import Callable
from typing import Any

import orjson

from functions.fees.assigning import QUEUE
from functions.fees.assigning_plan import classes_of
from functions.fees.assigning_run import LEASE_SECONDS, LostLease, Run, claimed, students_of, terms_of
from functions.fees.repository import Assignments, Structures
from shared.data import reader
from shared.entities.fees import FeeAssignment
from shared.entities.tenancy import School
from shared.errors import NotFound
from shared.gateways import queues
from shared.lists import CLASSES
from shared.observability import logger

_RESERVE_MS = 20_000  # before its deadline a worker hands over


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Work off each message; those that fail come again."""
    failed = []
    for record in event["Records"]:
        message = orjson.loads(record["body"])
        try:
            work(message["schoolId"], message["assignmentId"], lambda: context.get_remaining_time_in_millis() < _RESERVE_MS)
        except Exception:  # noqa: BLE001 - one poisoned run must not hold up the others
            logger().exception("an assignment was not worked off", extra={"school": message["schoolId"], "run": message["assignmentId"]})
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def work(school_id: str, assignment_id: str, late: Callable[[], bool]) -> None:
    """Bring one run forward as far as time allows; another message goes on with what is left."""
    record = claimed(school_id, assignment_id)
    if record is None:
        _look_again(school_id, assignment_id)
        return
    school = reader.load(School, consistent=True, school_id=school_id)
    structure = Structures(school_id).find(record.fee_structure_id, consistent=True)
    if school is None or structure is None:
        raise NotFound
    class_ids = classes_of(structure, CLASSES.all(school_id), record.class_ids)
    (terms,) = terms_of(school, [(structure, class_ids)])
    run = Run(school, record, terms)
    try:
        finished = run.go_on(students_of(school_id, class_ids), late)
    except LostLease:
        return
    if not finished:
        _wake(record)


def _wake(record: FeeAssignment, delay: int = 0) -> None:
    queues.send(QUEUE, {"schoolId": record.school_id, "assignmentId": record.id}, delay=delay)


def _look_again(school_id: str, assignment_id: str) -> None:
    """Come back when the lease that stands in the way has ended, should its owner have died."""
    record = Assignments(school_id).find(assignment_id, consistent=True)
    if record is not None and record.state == "RUNNING":
        _wake(record, delay=LEASE_SECONDS)

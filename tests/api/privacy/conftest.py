"""A school with a student about whom much is stored, an admin, and the worker's queue."""

import os
from contextlib import nullcontext

import orjson
import pytest

from functions.logs import consumers, linking
from functions.privacy import worker
from shared import views
from shared.data import connection
from tests.support import client as calls
from tests.support.journal import entries, stream_event
from tests.support.world import make_person, make_school


class Context:
    """A Lambda context whose remaining time a test decides."""

    def __init__(self, remaining=lambda: 600_000):
        self.get_remaining_time_in_millis = remaining


@pytest.fixture
def queue(storage):
    """The privacy queue; its messages are taken out by the test."""
    url = connection.client("sqs").create_queue(QueueName="privacy")["QueueUrl"]
    os.environ["QUEUE_URL_PRIVACY"] = url
    connection.client("sqs").purge_queue(QueueUrl=url)

    def take():
        found = []
        while got := connection.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in got:
                connection.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                found.append(orjson.loads(message["Body"]))
        return found

    return take


@pytest.fixture
def work(queue):
    """Works off what lies in the queue, as Lambda would."""

    def run(context=None):
        done = 0
        while found := queue():
            done += len(found)
            for number, body in enumerate(found):
                with calls.GUARD.only(body["schoolId"]) if calls.GUARD else nullcontext():
                    answer = worker.lambda_handler(
                        {"Records": [{"messageId": str(number), "body": orjson.dumps(body).decode()}]}, context or Context()
                    )
                assert answer == {"batchItemFailures": []}, body
        return done

    return run


@pytest.fixture
def school(world, queue):
    linking.forget()
    views.forget()
    return make_school()


@pytest.fixture
def admin(school):
    return make_person(school, first_name="Prema", last_name="Head").client


@pytest.fixture
def room(admin):
    return admin.post("/api/classes", {"name": "Class 10", "section": "A", "grade": "10", "capacity": 9}).data


ASHA = {
    "firstName": "Ashalata", "lastName": "Kulkarni-Núñez", "dateOfBirth": "2012-02-29", "gender": "FEMALE", "bloodGroup": "O+",
    "email": "ashalata@home.example", "phone": "+919876543210", "parentName": "Lakshmi Kulkarni", "parentPhone": "+919876543211",
    "parentEmail": "lakshmi@home.example", "parentRelation": "MOTHER", "addressStreet": "12 Tilak Road", "addressCity": "Pune",
    "admissionDate": "2026-04-01", "emergencyContactName": "Ramesh Kulkarni", "emergencyContactPhone": "+919876543212",
}  # fmt: skip
PERSONAL = (
    "Ashalata", "Kulkarni", "2012-02-29", "ashalata@home.example", "9876543210", "9876543211", "lakshmi@home.example", "Tilak Road",
    "9876543212", "Lakshmi", "Ramesh",
)  # fmt: skip


@pytest.fixture
def student(admin, room):
    made = admin.post("/api/students", {**ASHA, "classId": room["id"]}).data
    changed = admin.put(f"/api/students/{made['id']}", {"addressStreet": "14 Tilak Road"})
    assert changed.status == 200
    return changed.data


@pytest.fixture
def deliver(school):
    """Feeds the school's whole journal to the chain."""
    return lambda: consumers.chain(stream_event(*entries(school.id)), None)

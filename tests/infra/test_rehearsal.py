"""The sample modules, really deployed into MiniStack with IAM enforced."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from infra.outputs import Outputs, OutputsError
from infra.rehearsal import deployment, engine
from infra.rehearsal.client import Client
from tests.infra import sample

pytestmark = pytest.mark.slow
WORKER_SECONDS = 120  # a cold function, and MiniStack's pollers, on a busy machine


@dataclass(frozen=True)
class Deployed:
    target: engine.Target
    outputs: Outputs

    def client(self, service: str) -> Any:
        session = botocore.session.Session()
        session.set_credentials("test", "test")
        region = self.target.client_environment["AWS_REGION"]
        return session.create_client(service, region_name=region, endpoint_url=self.target.url, verify=str(self.target.certificate))

    def get(self, path: str) -> Any:
        visitor = Client.at(self.target, self.outputs.of("ApiId"))
        try:
            return visitor.call("GET", path, wanted=200)
        finally:
            visitor.close()


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    folder = tmp_path_factory.mktemp("rehearsal")
    with engine.running(folder) as target:
        deployment.bootstrap(target, folder)
        yield Deployed(target, deployment.deploy(target, folder, ["--app", "python -m tests.infra.sample.app"]))


def taken_by(deployed: Deployed, worker: str, seconds: float = WORKER_SECONDS) -> dict[str, int]:
    """Which workers of that name took records, and how many at last; waits for the first."""
    condition = {
        "KeyConditionExpression": "pk = :pk AND begins_with(sk, :sk)",
        "ExpressionAttributeValues": {":pk": {"S": "SCHOOL#1"}, ":sk": {"S": "TAKEN#"}},
    }
    until = time.monotonic() + seconds
    found: dict[str, int] = {}
    while not found and time.monotonic() < until:
        items = deployed.client("dynamodb").query(TableName=deployed.outputs.of("TableName"), **condition)["Items"]
        found = {i["sk"]["S"]: int(i["records"]["N"]) for i in items if worker in i["sk"]["S"] and i["records"]["N"] != "0"}
        time.sleep(0.3)
    return found


def test_every_route_is_answered_by_its_owner(deployed: Deployed) -> None:
    for route in sample.DECLARED:
        assert deployed.get(route.path.replace("<thing_id>", "0190f7a0"))["module"] == route.owner


def test_an_unknown_path_is_answered_by_the_module_that_takes_all(deployed: Deployed) -> None:
    assert deployed.get("/nowhere/at/all")["module"] == "sample"


def test_a_function_reaches_what_it_is_granted_and_nothing_more(deployed: Deployed) -> None:
    plain, all_granted = deployed.get("/api/things"), deployed.get("/api/samples")
    assert plain["found"] == all_granted["found"] == "SAMPLE"
    assert (all_granted["own file"], all_granted["pool"]) == ("allowed", "UserNotFoundException")
    assert "Denied" in plain["own file"]
    assert "NotAuthorized" in plain["pool"] or "Denied" in plain["pool"]
    assert all_granted["schedule once"] == all_granted["batch"] == plain["batch"] == "allowed"
    assert "Denied" not in all_granted["mail"]
    assert "Denied" in plain["mail"]
    assert "Denied" in plain["schedule once"]
    for told in (plain, all_granted):
        assert "Denied" in told["other file"]
        assert "Denied" in told["schedule always"]
        assert "Denied" in told["scan"]


def test_journal_consumers_are_fed(deployed: Deployed) -> None:
    deployed.get("/api/things")
    assert taken_by(deployed, "SampleRollUp")
    assert taken_by(deployed, "SampleArchive")


def test_the_worker_that_sweeps_lists_and_removes_under_schools_and_does_nothing_else_there(deployed: Deployed) -> None:
    sqs = deployed.client("sqs")
    (url,) = [u for u in sqs.list_queues()["QueueUrls"] if "PlainPlainJobsQueue" in u and "DeadLetters" not in u]
    sqs.send_message(QueueUrl=url, MessageBody="sweep")
    key = {"pk": {"S": "SCHOOL#1"}, "sk": {"S": "SWEPT#sweep"}}
    until = time.monotonic() + WORKER_SECONDS
    told: dict[str, str] = {}
    while not told and time.monotonic() < until:
        found = deployed.client("dynamodb").get_item(TableName=deployed.outputs.of("TableName"), Key=key).get("Item", {})
        told = {name: value["S"] for name, value in found.items()}
        time.sleep(0.3)
    assert (told.get("list schools"), told.get("remove")) == ("allowed", "allowed")
    for what in ("list elsewhere", "list all", "write"):
        assert "Denied" in told[what], what


def test_a_mail_event_of_the_topic_reaches_the_queue_that_is_fed_by_it(deployed: Deployed) -> None:
    sns = deployed.client("sns")
    (topic,) = [t["TopicArn"] for t in sns.list_topics()["Topics"] if "MailEvents" in t["TopicArn"]]
    sns.publish(TopicArn=topic, Message='{"eventType":"Delivery"}')
    assert taken_by(deployed, "SampleTold")


def test_a_one_time_schedule_puts_its_message_into_the_scheduled_queue(deployed: Deployed) -> None:
    deployed.get("/api/samples")
    assert taken_by(deployed, "SampleSendOut")


def test_a_missing_output_is_named(deployed: Deployed) -> None:
    assert deployed.outputs.function_environment["STAGE"] == "dev"
    with pytest.raises(OutputsError, match="Nothing"):
        deployed.outputs.of("Nothing")


def test_a_deployment_that_fails_says_what_it_said_last(deployed: Deployed, tmp_path: Path) -> None:
    with pytest.raises(deployment.RehearsalError, match="stage='moon' is none of dev, staging, prod"):
        deployment.deploy(deployed.target, tmp_path, ["-c", "stage=moon"])

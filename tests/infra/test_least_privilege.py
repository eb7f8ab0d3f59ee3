"""What the synthesised roles allow: each statement, of every function, in both sets of modules."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from infra.grants import POOL_ACTIONS, TABLE_ACTIONS
from infra.packaging import ROOT
from tests.infra.conftest import Synthesised

# AWS knows no resource for these: tracing, and listing a table's streams.
WITHOUT_RESOURCE = {"xray:PutTelemetryRecords", "xray:PutTraceSegments", "dynamodb:ListStreams"}

SETTING_PASSWORDS = {"auth", "users"}  # sign-in and its codes; an administrator's first password for a user, and one's own change of it


def statements(made: Synthesised) -> Iterator[dict[str, Any]]:
    for policy in made.resources("AWS::IAM::Policy").values():
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
            actions = statement["Action"]
            yield {**statement, "Action": [actions] if isinstance(actions, str) else actions}


def allowed(made: Synthesised, handler: str) -> set[str]:
    """Every action that the role of the function with this handler allows."""
    (function,) = [f["Properties"] for f in made.functions().values() if f["Properties"]["Handler"] == handler]
    role = function["Role"]["Fn::GetAtt"][0]
    documents = [p["Properties"] for p in made.resources("AWS::IAM::Policy").values() if {"Ref": role} in p["Properties"]["Roles"]]
    listed = [s["Action"] for d in documents for s in d["PolicyDocument"]["Statement"]]
    return {a for actions in listed for a in ([actions] if isinstance(actions, str) else actions)}


@pytest.mark.parametrize("modules", ["dev", "real"])
def test_no_action_is_a_wildcard(modules: str, request: pytest.FixtureRequest) -> None:
    made: Synthesised = request.getfixturevalue(modules)
    assert [a for s in statements(made) for a in s["Action"] if "*" in a] == []


@pytest.mark.parametrize("modules", ["dev", "real"])
def test_no_resource_is_everything_where_aws_knows_one(modules: str, request: pytest.FixtureRequest) -> None:
    made: Synthesised = request.getfixturevalue(modules)
    wide = [s["Action"] for s in statements(made) if s.get("Resource") == "*" or "*" in (s.get("Resource") or [])]
    assert [actions for actions in wide if not set(actions) <= WITHOUT_RESOURCE] == []


@pytest.mark.parametrize("modules", ["dev", "real"])
def test_nobody_scans_or_speaks_partiql_or_administers(modules: str, request: pytest.FixtureRequest) -> None:
    made: Synthesised = request.getfixturevalue(modules)
    actions = {a for s in statements(made) for a in s["Action"]}
    assert not {a for a in actions if a.startswith(("dynamodb:Scan", "dynamodb:PartiQL", "iam:", "sts:", "kms:")) and a != "iam:PassRole"}
    managed = [arn for r in made.resources("AWS::IAM::Role").values() for arn in r["Properties"].get("ManagedPolicyArns", [])]
    assert all("AWSLambdaBasicExecutionRole" in str(arn) for arn in managed)


def test_a_module_with_the_table_alone_reaches_nothing_else(dev: Synthesised) -> None:
    own = allowed(dev, "functions.plain.handler.lambda_handler") - WITHOUT_RESOURCE
    assert own == {*TABLE_ACTIONS, "sqs:SendMessage"}
    assert queues_of(dev, "functions.plain.handler.lambda_handler") == {"PlainPlainJobsQueue"}


def test_a_module_with_every_grant_reaches_each_thing(dev: Synthesised) -> None:
    own = allowed(dev, "functions.sample.handler.lambda_handler")
    assert {"cognito-idp:AdminCreateUser", "s3:PutObject", "ses:SendEmail", "sns:Publish", "sqs:SendMessage"} <= own


def test_the_pool_is_granted_exactly_what_its_gateway_calls() -> None:
    gateway = (ROOT / "shared" / "gateways" / "pool.py").read_text(encoding="utf-8")
    called = {
        "".join(part.capitalize() for part in name.split("_")).replace("Mfa", "MFA") for name in re.findall(r"\badmin_[a-z_]+\w", gateway)
    }
    assert {a.removeprefix("cognito-idp:") for a in POOL_ACTIONS} == called


def test_files_are_reached_under_the_schools_prefix_alone(dev: Synthesised) -> None:
    resources = [s["Resource"] for s in statements(dev) if "s3:PutObject" in s["Action"]]
    assert resources
    assert all(r["Fn::Join"][1][-1] == "/schools/*" for r in resources)


@pytest.mark.parametrize("modules", ["dev", "real"])
def test_one_role_alone_is_passed_on_and_to_the_scheduler_alone(modules: str, request: pytest.FixtureRequest) -> None:
    made: Synthesised = request.getfixturevalue(modules)
    for statement in (s for s in statements(made) if "iam:PassRole" in s["Action"]):
        assert statement["Action"] == ["iam:PassRole"]
        assert statement["Condition"] == {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}}
        assert "OneTimeRole" in str(statement["Resource"])


def test_one_time_schedules_are_made_in_their_own_group_alone(dev: Synthesised) -> None:
    made = [s["Resource"] for s in statements(dev) if "scheduler:CreateSchedule" in s["Action"]]
    assert made
    assert all(r["Fn::Join"][1][-1] == ":schedule/homeroom-dev-once/*" for r in made)


def test_one_time_schedules_deliver_into_scheduled_queues_alone(dev: Synthesised) -> None:
    (role,) = [name for name in dev.resources("AWS::IAM::Role", "work") if name.startswith("OneTimeRole")]
    (policy,) = [p["Properties"] for p in dev.resources("AWS::IAM::Policy").values() if {"Ref": role} in p["Properties"]["Roles"]]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Action"] == "sqs:SendMessage"
    assert sorted(r["Fn::GetAtt"][0][:14] for r in statement["Resource"]) == ["OneTimeDeadLet", "SampleSendOutQ"]


@pytest.mark.parametrize("group", ["homeroom-dev", "homeroom-dev-once"])
def test_a_schedules_role_is_taken_by_schedules_of_its_group_alone(dev: Synthesised, group: str) -> None:
    trusted = [
        s["Condition"]["StringEquals"]
        for r in dev.resources("AWS::IAM::Role", "work").values()
        for s in r["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        if s["Principal"].get("Service") == "scheduler.amazonaws.com"
    ]
    assert [t for t in trusted if t["aws:SourceArn"]["Fn::Join"][1][-1] == f":schedule-group/{group}"]
    assert all(t["aws:SourceAccount"] == {"Ref": "AWS::AccountId"} for t in trusted)


def queues_of(made: Synthesised, handler: str) -> set[str]:
    """The queues that the role of the function with this handler sends to."""
    found = [f["Properties"]["Role"]["Fn::GetAtt"][0] for f in made.functions().values() if f["Properties"]["Handler"] == handler]
    policies = [
        p["Properties"]
        for p in made.resources("AWS::IAM::Policy").values()
        if any({"Ref": role} in p["Properties"]["Roles"] for role in found)
    ]
    granted = str([s["Resource"] for p in policies for s in p["PolicyDocument"]["Statement"] if s["Action"] == "sqs:SendMessage"])
    return {name[:-8] for name in made.resources("AWS::SQS::Queue") if name in granted}  # without its hash


def test_runs_are_asked_for_by_their_module_alone(dev: Synthesised) -> None:
    assert {"SampleSampleJobsQueue", "PlainPlainJobsQueue"} <= queues_of(dev, "functions.sample.handler.lambda_handler")
    assert queues_of(dev, "functions.plain.handler.lambda_handler") == {"PlainPlainJobsQueue"}


def test_of_the_real_modules_only_jobs_asks_others_for_runs(real: Synthesised) -> None:
    for function in real.functions().values():
        properties = function["Properties"]
        module = properties["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]
        sends = {q for q in queues_of(real, properties["Handler"]) if q.endswith("JobsQueue")}
        assert module == "jobs" or sends <= {f"{module.capitalize()}{module.capitalize()}JobsQueue"}, properties["Handler"]


def test_only_the_worker_that_sweeps_lists_the_bucket_and_under_schools_alone(dev: Synthesised) -> None:
    lists = [s for s in statements(dev) if "s3:ListBucket" in s["Action"]]
    assert lists
    assert all(s["Condition"] == {"StringLike": {"s3:prefix": ["schools/*"]}} for s in lists)
    sweeping = [n for n, p in dev.resources("AWS::IAM::Policy").items() if n.startswith("Plain") and "s3:" in str(p["Properties"])]
    assert [name[: len("PlainPlainJobs")] for name in sweeping] == ["PlainPlainJobs"]


def test_mail_is_sent_from_its_domain_by_its_configuration_set(dev: Synthesised) -> None:
    for statement in (s for s in statements(dev) if "ses:SendEmail" in s["Action"]):
        ends = {r["Fn::Join"][1][-1].split(":")[-1] for r in statement["Resource"]}
        assert ends == {"identity/homeroom.example", "configuration-set/homeroom-dev"}


def test_a_text_message_goes_to_a_telephone_never_to_a_topic(dev: Synthesised) -> None:
    sms = [s for s in statements(dev) if "sns:Publish" in s["Action"] and "NotResource" in s]
    assert sms
    assert {s["NotResource"] for s in sms} == {"arn:aws:sns:*:*:*"}


def test_only_modules_that_set_passwords_touch_the_pool(real: Synthesised) -> None:
    for function in real.functions().values():
        properties = function["Properties"]
        role = properties["Role"]["Fn::GetAtt"][0]
        found = [p["Properties"] for p in real.resources("AWS::IAM::Policy").values() if {"Ref": role} in p["Properties"]["Roles"]]
        reaches = any("cognito-idp:" in str(p["PolicyDocument"]) for p in found)
        assert not reaches or properties["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"] in SETTING_PASSWORDS

"""Rules for everything that is synthesised."""

import json

import pytest

from infra.config import ConfigError
from tests.infra import sample
from tests.infra.conftest import Synthesise, Synthesised

MOST_RESOURCES = 400
UNTAGGABLE = ("AWS::ApiGatewayV2::Integration", "AWS::ApiGatewayV2::Route", "AWS::Cognito::UserPoolClient", "AWS::IAM::Policy")
UNTAGGABLE += ("AWS::Lambda::LayerVersion", "AWS::Lambda::Permission", "AWS::S3::BucketPolicy", "AWS::SNS::TopicPolicy")
UNTAGGABLE += ("AWS::SQS::QueuePolicy", "AWS::Scheduler::Schedule", "AWS::CDK::Metadata", "AWS::SNS::Subscription")
UNTAGGABLE += ("AWS::SES::ConfigurationSetEventDestination", "AWS::Logs::SubscriptionFilter")
LONGEST_ENVIRONMENT = 4096  # bytes, names and values
LONGEST_TOKEN = 120  # an ARN or a queue's URL, for what is known at deployment only


def test_no_stack_comes_near_the_limit_of_resources(real: Synthesised) -> None:
    counts = {name: len(template["Resources"]) for name, template in real.templates.items()}
    assert max(counts.values()) < MOST_RESOURCES, counts


@pytest.mark.parametrize("modules", ["dev", "real"])
def test_no_environment_is_longer_than_lambda_takes(modules: str, request: pytest.FixtureRequest) -> None:
    made: Synthesised = request.getfixturevalue(modules)
    lengths = {
        f["Properties"]["Handler"]: sum(
            len(name) + (len(value.encode()) if isinstance(value, str) else LONGEST_TOKEN)
            for name, value in f["Properties"]["Environment"]["Variables"].items()
        )
        for f in made.functions().values()
    }
    assert {handler: length for handler, length in lengths.items() if length > LONGEST_ENVIRONMENT} == {}


@pytest.mark.parametrize("modules", ["dev", "real"])
def test_every_resource_is_tagged(modules: str, request: pytest.FixtureRequest) -> None:
    made: Synthesised = request.getfixturevalue(modules)
    bare = [
        f"{r['Type']} {name}"
        for template in made.templates.values()
        for name, r in template["Resources"].items()
        if r["Type"] not in UNTAGGABLE and "homeroom" not in json.dumps([v for k, v in r["Properties"].items() if "Tags" in k])
    ]
    assert bare == []


@pytest.mark.parametrize("modules", ["dev", "real"])
def test_no_account_number_stands_in_a_template(modules: str, request: pytest.FixtureRequest) -> None:
    made: Synthesised = request.getfixturevalue(modules)
    text = json.dumps([t["Resources"] for t in made.templates.values()])
    assert "000000000000" not in text
    assert "arn:aws:iam::1" not in text


@pytest.mark.parametrize("stage", ["dev", "staging", "prod"])
def test_every_stage_synthesises(synthesise: Synthesise, stage: str) -> None:
    made = synthesise(sample.MODULES, sample.patterns(), stage=stage)
    assert {f["Properties"]["Environment"]["Variables"]["STAGE"] for f in made.functions().values()} == {stage}


@pytest.mark.parametrize(
    ("changes", "named"),
    [({"stage": "moon"}, "stage"), ({"arch": "mips"}, "arch"), ({"logDays": "8"}, "logDays")],
)
def test_a_wrong_context_value_stops_the_synthesis_and_is_named(synthesise: Synthesise, changes: dict[str, str], named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        synthesise(sample.MODULES, sample.patterns(), **changes)

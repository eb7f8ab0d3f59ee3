"""The stack that must outlive every deployment."""

import pytest

from infra.routes import generate
from shared.data import schema
from tests.infra import sample
from tests.infra.conftest import Synthesise, Synthesised


def test_the_table_is_the_declared_one(dev: Synthesised) -> None:
    table = dev.properties("AWS::DynamoDB::Table")
    wanted = schema.create_table_request("any")
    assert table["KeySchema"] == wanted["KeySchema"]
    assert table["BillingMode"] == wanted["BillingMode"]
    assert sorted(a["AttributeName"] for a in table["AttributeDefinitions"]) == sorted(
        a["AttributeName"] for a in wanted["AttributeDefinitions"]
    )
    assert table["GlobalSecondaryIndexes"] == wanted["GlobalSecondaryIndexes"]
    assert table["StreamSpecification"]["StreamViewType"] == schema.STREAM_VIEW
    assert table["TimeToLiveSpecification"] == {"AttributeName": schema.TTL_ATTRIBUTE, "Enabled": True}


def test_the_table_can_be_restored_to_any_second_of_35_days(dev: Synthesised) -> None:
    recovery = dev.properties("AWS::DynamoDB::Table")["PointInTimeRecoverySpecification"]
    assert recovery == {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 35}


@pytest.mark.parametrize("kind", ["AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::Cognito::UserPool"])
def test_prod_keeps_what_dev_lets_go(dev: Synthesised, prod: Synthesised, kind: str) -> None:
    (kept,) = prod.resources(kind).values()
    (let_go,) = dev.resources(kind).values()
    assert (kept["DeletionPolicy"], let_go["DeletionPolicy"]) == ("Retain", "Delete")


def test_prod_refuses_to_delete_table_and_pool(dev: Synthesised, prod: Synthesised) -> None:
    assert prod.properties("AWS::DynamoDB::Table")["DeletionProtectionEnabled"] is True
    assert prod.properties("AWS::Cognito::UserPool")["DeletionProtection"] == "ACTIVE"
    assert dev.properties("AWS::DynamoDB::Table").get("DeletionProtectionEnabled") is not True
    assert dev.properties("AWS::Cognito::UserPool").get("DeletionProtection") != "ACTIVE"


def test_files_are_private_and_travel_encrypted_only(dev: Synthesised) -> None:
    bucket = dev.properties("AWS::S3::Bucket")
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    denied = [s for s in dev.properties("AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"] if s["Effect"] == "Deny"]
    assert {"Bool": {"aws:SecureTransport": "false"}} in [s["Condition"] for s in denied]


def test_browsers_of_the_web_app_alone_may_upload(prod: Synthesised) -> None:
    (rule,) = prod.properties("AWS::S3::Bucket")["CorsConfiguration"]["CorsRules"]
    assert rule["AllowedOrigins"] == ["https://app.homeroom.example"]
    assert set(rule["AllowedMethods"]) == {"GET", "POST", "PUT"}


def test_passwords_follow_the_rule(dev: Synthesised) -> None:
    policy = dev.properties("AWS::Cognito::UserPool")["Policies"]["PasswordPolicy"]
    assert policy["MinimumLength"] == 8
    assert (policy["RequireUppercase"], policy["RequireLowercase"], policy["RequireNumbers"]) == (True, True, True)
    assert policy["RequireSymbols"] is False


def test_nobody_signs_up_by_themselves(dev: Synthesised) -> None:
    assert dev.properties("AWS::Cognito::UserPool")["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True


def test_what_decides_rights_is_changeable_but_not_by_the_client(dev: Synthesised) -> None:
    attributes = {a["Name"]: a for a in dev.properties("AWS::Cognito::UserPool")["Schema"]}
    assert all(attributes[name]["Mutable"] for name in ("school", "role", "sv"))
    client = dev.properties("AWS::Cognito::UserPoolClient")
    assert client["WriteAttributes"] == ["locale"]
    assert {"custom:school", "custom:role", "custom:sv"} <= set(client["ReadAttributes"])


def test_tokens_live_as_long_as_the_rule_says(dev: Synthesised) -> None:
    client = dev.properties("AWS::Cognito::UserPoolClient")
    assert (client["AccessTokenValidity"], client["RefreshTokenValidity"]) == (60, 7 * 24 * 60)
    assert client["EnableTokenRevocation"] is True
    assert client["PreventUserExistenceErrors"] == "ENABLED"
    assert "GenerateSecret" not in client or client["GenerateSecret"] is False


def test_the_declared_triggers_are_called(dev: Synthesised) -> None:
    pool = dev.properties("AWS::Cognito::UserPool")
    assert pool["UserPoolTier"] == "ESSENTIALS"
    config = pool["LambdaConfig"]
    assert config["PreTokenGenerationConfig"]["LambdaVersion"] == "V2_0"
    called = {config["PreTokenGenerationConfig"]["LambdaArn"]["Fn::GetAtt"][0], config["UserMigration"]["Fn::GetAtt"][0]}
    assert called == set(dev.resources("AWS::Lambda::Function", "data"))
    assert len(called) == 2


def test_triggers_know_no_pool_and_reach_none(dev: Synthesised) -> None:
    for function in dev.resources("AWS::Lambda::Function", "data").values():
        assert "USER_POOL_ID" not in function["Properties"]["Environment"]["Variables"]
    policies = dev.resources("AWS::IAM::Policy", "data").values()
    actions = [a for p in policies for s in p["Properties"]["PolicyDocument"]["Statement"] for a in s["Action"]]
    assert not [a for a in actions if a.startswith("cognito-idp:")]


def test_a_pool_without_triggers_has_none(synthesise: Synthesise) -> None:
    plain = synthesise((sample.PLAIN,), generate(d for d in sample.DECLARED if d.owner == "plain"))
    assert "LambdaConfig" not in plain.properties("AWS::Cognito::UserPool")

"""What is added to MiniStack: the pool's triggers, passwords that outlive a kill, tenant policies, the outbox."""

import json
import stat
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import boto3
import jwt
import pytest
from botocore.exceptions import ClientError

from infra.local import engines
from infra.local.engines import Engine
from infra.local.options import REGION
from infra.local.provision import Provisioner
from shared.manifest import Module, PoolTrigger
from tests.infra.local.conftest import MODULES

pytestmark = pytest.mark.slow
AUTH = Module("auth", "Accounts", pool_triggers=(PoolTrigger("pre-token-generation", "x"), PoolTrigger("user-migration", "x")))
NOWHERE = "http://127.0.0.1:9"


class Aws:
    """A MiniStack that can be killed and started again on its state."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self._open = ExitStack()
        self.engine: Engine

    def start(self) -> None:
        self.engine = self._open.enter_context(engines.ministack(self.state, python_path=(MODULES,)))
        self.provisioner = Provisioner(engines.environment(NOWHERE, self.engine.url))
        self.idp = self.provisioner.client("cognito-idp")
        self.pool, self.client = self.provisioner.pool((AUTH,))

    def kill(self) -> None:
        self.engine.child.process.kill()
        self.engine.child.process.wait()
        self._open.close()

    def close(self) -> None:
        self._open.close()

    def sign_in(self, user: str, password: str) -> dict[str, Any]:
        told = self.idp.admin_initiate_auth(
            UserPoolId=self.pool,
            ClientId=self.client,
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": user, "PASSWORD": password},
            ClientMetadata={"school": "s1"},
        )
        return told["AuthenticationResult"]

    def add(self, user: str, password: str) -> None:
        attributes = [{"Name": f"custom:{name}", "Value": value} for name, value in (("school", "s1"), ("role", "TEACHER"), ("sv", "7"))]
        self.idp.admin_create_user(UserPoolId=self.pool, Username=user, UserAttributes=attributes, MessageAction="SUPPRESS")
        self.idp.admin_set_user_password(UserPoolId=self.pool, Username=user, Password=password, Permanent=True)


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    aws = Aws(tmp_path_factory.mktemp("aws"))
    aws.start()
    yield aws
    aws.close()


def refused(aws: Aws, user: str, password: str) -> str:
    with pytest.raises(ClientError) as error:
        aws.sign_in(user, password)
    return error.value.response["Error"]["Code"]


def test_the_access_token_carries_the_claims_that_the_trigger_adds(aws: Aws) -> None:
    aws.add("teacher", "Secret-1-word")
    token = aws.sign_in("teacher", "Secret-1-word")["AccessToken"]
    keys = jwt.PyJWKClient(f"{aws.engine.url}/{aws.pool}/.well-known/jwks.json")
    issuer = f"https://cognito-idp.{REGION}.amazonaws.com/{aws.pool}"
    claims = jwt.decode(token, keys.get_signing_key_from_jwt(token).key, algorithms=["RS256"], issuer=issuer)
    assert (claims["school"], claims["role"], claims["sv"], claims["user"]) == ("s1", "TEACHER", "7", "teacher")
    assert claims["client_id"] == aws.client


def test_an_unknown_user_is_brought_over_by_the_migration_trigger(aws: Aws) -> None:
    assert refused(aws, "migrant", "wrong") == "NotAuthorizedException"
    claims = jwt.decode(aws.sign_in("migrant", "old-bcrypt-secret")["AccessToken"], options={"verify_signature": False})
    assert claims["school"] == "s1"
    assert aws.sign_in("migrant", "old-bcrypt-secret")["AccessToken"]
    assert refused(aws, "migrant", "wrong") == "NotAuthorizedException"
    assert refused(aws, "broken", "old-bcrypt-secret") == "NotAuthorizedException"


def test_nobody_is_signed_in_whom_the_trigger_refuses(aws: Aws) -> None:
    aws.add("barred", "Secret-1-word")
    assert refused(aws, "barred", "Secret-1-word") == "UserLambdaValidationException"


def test_a_revoked_refresh_token_stays_revoked_over_a_kill(aws: Aws) -> None:
    aws.add("leaver", "Secret-1-word")
    token = aws.sign_in("leaver", "Secret-1-word")["RefreshToken"]
    kept = aws.sign_in("leaver", "Secret-1-word")["RefreshToken"]
    assert aws.idp.get_tokens_from_refresh_token(RefreshToken=token, ClientId=aws.client)["AuthenticationResult"]["AccessToken"]
    aws.idp.revoke_token(Token=token, ClientId=aws.client)
    aws.kill()
    aws.start()
    with pytest.raises(ClientError, match="NotAuthorizedException"):
        aws.idp.get_tokens_from_refresh_token(RefreshToken=token, ClientId=aws.client)
    assert aws.idp.get_tokens_from_refresh_token(RefreshToken=kept, ClientId=aws.client)["AuthenticationResult"]["AccessToken"]


def test_users_and_passwords_outlive_a_kill_right_after_the_answer(aws: Aws) -> None:
    for number in range(30):
        aws.add(f"user{number}", f"Secret-{number}-word")
    aws.idp.admin_delete_user(UserPoolId=aws.pool, Username="user3")
    aws.idp.admin_disable_user(UserPoolId=aws.pool, Username="user4")
    aws.idp.admin_set_user_password(UserPoolId=aws.pool, Username="user5", Password="Changed-5-word", Permanent=True)
    queue = aws.provisioner.client("sqs").create_queue(QueueName="kept")["QueueUrl"]
    aws.provisioner.client("sqs").send_message(QueueUrl=queue, MessageBody="owed")
    pool = aws.pool
    aws.kill()
    aws.start()
    assert aws.pool == pool
    assert aws.sign_in("user29", "Secret-29-word")
    assert aws.sign_in("user5", "Changed-5-word")
    assert refused(aws, "user5", "Secret-5-word") == "NotAuthorizedException"
    assert refused(aws, "user3", "Secret-3-word") == "NotAuthorizedException"
    assert refused(aws, "user4", "Secret-4-word") == "NotAuthorizedException"
    sqs = aws.provisioner.client("sqs")
    assert sqs.receive_message(QueueUrl=sqs.get_queue_url(QueueName="kept")["QueueUrl"])["Messages"][0]["Body"] == "owed"


def test_a_user_changed_after_the_last_save_is_played_over_it(aws: Aws) -> None:
    aws.add("late", "Secret-1-word")
    aws.idp.admin_delete_user(UserPoolId=aws.pool, Username="late")
    aws.add("late", "Secret-2-word")
    aws.kill()
    with (aws.state / "users.jsonl").open("a") as journal:
        journal.write('{"pool": "torn by the ki')
    aws.start()
    assert refused(aws, "late", "Secret-1-word") == "NotAuthorizedException"
    assert aws.sign_in("late", "Secret-2-word")


def test_the_state_is_its_owners_alone(aws: Aws) -> None:
    assert stat.S_IMODE(aws.state.stat().st_mode) == 0o700
    for file in aws.state.glob("*.json*"):
        assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0, file


def test_mail_is_in_the_outbox_before_it_is_answered(aws: Aws) -> None:
    aws.provisioner.mail()
    ses = aws.provisioner.client("sesv2")
    content = {"Simple": {"Subject": {"Data": "S"}, "Body": {"Text": {"Data": "T"}}}}
    ses.send_email(FromEmailAddress="no-reply@homeroom.example", Destination={"ToAddresses": ["a@b.example"]}, Content=content)
    aws.kill()
    kept = [json.loads(line) for line in (aws.state / "outbox.jsonl").read_text().splitlines()]
    assert (kept[-1]["to"], kept[-1]["subject"], kept[-1]["text"]) == (["a@b.example"], "S", "T")
    aws.start()


def test_a_tenant_policy_locks_a_school_in(aws: Aws) -> None:
    dynamodb = aws.provisioner.client("dynamodb")
    dynamodb.create_table(
        TableName="locked",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
    )
    iam, sts = aws.provisioner.client("iam"), aws.provisioner.client("sts")
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": ["sts:AssumeRole", "sts:TagSession"]}],
    }
    own = {
        "ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["SCHOOL#${aws:PrincipalTag/school}", "SCHOOL#${aws:PrincipalTag/school}#*"]}
    }
    rights = {"Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Scan"], "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [{**rights, "Condition": {**own, "Null": {"dynamodb:LeadingKeys": "false"}}}]}
    arn = iam.create_role(RoleName="tenant", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    iam.put_role_policy(RoleName="tenant", PolicyName="own", PolicyDocument=json.dumps(policy))
    told = sts.assume_role(RoleArn=arn, RoleSessionName="tenant", Tags=[{"Key": "school", "Value": "a"}])["Credentials"]
    tenant = boto3.client(
        "dynamodb",
        region_name=REGION,
        endpoint_url=aws.engine.url,
        aws_access_key_id=told["AccessKeyId"],
        aws_secret_access_key=told["SecretAccessKey"],
        aws_session_token=told["SessionToken"],
    )
    for key in ("SCHOOL#a", "SCHOOL#a#STUDENTS"):
        tenant.put_item(TableName="locked", Item={"pk": {"S": key}})
    for key in ("SCHOOL#b", "SCHOOL#ab", "PLATFORM"):
        with pytest.raises(ClientError, match="AccessDenied"):
            tenant.get_item(TableName="locked", Key={"pk": {"S": key}})
    with pytest.raises(ClientError, match="AccessDenied"):
        tenant.scan(TableName="locked")

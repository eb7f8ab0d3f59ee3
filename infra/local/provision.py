"""Makes in the engines what a deploy makes in AWS: table, bucket, user pool, queues. Running it again changes nothing."""

import contextlib
from dataclasses import dataclass
from typing import Any

import botocore.session
from botocore.exceptions import ClientError

from infra.local.options import ACCOUNT, BUCKET, MAIL_FROM, POOL, REGION, TABLE, Options
from shared import job_list
from shared.data.schema import TTL_ATTRIBUTE, create_table_request
from shared.manifest import Module, check

ATTRIBUTES = ("school", "role", "sv")
_INVITATION_DAYS = 7
_KEPT_S = 14 * 24 * 3600
_GRACE_S = 30
CONFIGURATION_SET = "homeroom-local"
_SCHEDULE_GROUP = "homeroom-local-once"
_SCHEDULE_ROLE = f"arn:aws:iam::{ACCOUNT}:role/homeroom-local-once"
_TRIGGERS = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:"


@dataclass(frozen=True, slots=True)
class Ground:
    """What was made, as the functions are told it by their environment."""

    pool_id: str
    client_id: str
    queues: dict[str, str]  # name → URL
    more: dict[str, str]  # jobs and one-time schedules

    def environment(self, options: Options, base_url: str, ministack_url: str) -> dict[str, str]:
        """Every variable of shared/settings.py."""
        queues = {f"QUEUE_URL_{name.upper().replace('-', '_')}": url for name, url in self.queues.items()}
        return {
            "STAGE": "local",
            "TABLE_NAME": TABLE,
            "FILES_BUCKET": BUCKET,
            "USER_POOL_ID": self.pool_id,
            "USER_POOL_CLIENT_ID": self.client_id,
            "TOKEN_ISSUER": f"https://cognito-idp.{REGION}.amazonaws.com/{self.pool_id}",
            "JWKS_URL": f"{ministack_url}/{self.pool_id}/.well-known/jwks.json",
            "WEB_ORIGINS": ",".join(options.web_origins),
            "WEB_URL": options.web_origins[0] if options.web_origins else base_url,
            "MAIL_FROM": MAIL_FROM,
            "MAIL_CONFIGURATION_SET": CONFIGURATION_SET,
            "RATE_LIMITS": options.rate_limits,
            "MFA_REQUIRED_ROLES": options.mfa_required_roles,
            "TRUSTED_PROXY_HEADER": "",
            **queues,
            **self.more,
        }


class Provisioner:
    """Speaks to the engines by an environment's endpoints."""

    def __init__(self, env: dict[str, str]) -> None:
        self._env = env
        self._clients: dict[tuple[str, str], Any] = {}
        self._session = botocore.session.Session()
        self._session.set_credentials(env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"])

    def client(self, service: str, endpoint: str = "AWS_ENDPOINT_URL") -> Any:
        """The client of a service in the engines; making one takes longer than most of its calls."""
        if (service, endpoint) not in self._clients:
            made = self._session.create_client(service, region_name=REGION, endpoint_url=self._env[endpoint])
            self._clients[service, endpoint] = made
        return self._clients[service, endpoint]

    def ground(self, modules: tuple[Module, ...], options: Options) -> Ground:
        """Make what is missing."""
        check(modules)
        self.table()
        self.bucket(options.web_origins)
        self.mail()
        pool_id, client_id = self.pool(modules)
        for consumer in (consumer for module in modules for consumer in module.consumers):
            self._dead_letters(consumer.name)
        return Ground(pool_id, client_id, self.queues(modules), self.jobs_and_schedules(modules))

    def table(self) -> None:
        """The single table, with its TTL and stream."""
        dynamodb = self.client("dynamodb", "AWS_ENDPOINT_URL_DYNAMODB")
        try:
            dynamodb.describe_table(TableName=TABLE)
        except dynamodb.exceptions.ResourceNotFoundException:
            dynamodb.create_table(**create_table_request(TABLE))
            dynamodb.get_waiter("table_exists").wait(TableName=TABLE, WaiterConfig={"Delay": 1, "MaxAttempts": 20})
        told = dynamodb.describe_time_to_live(TableName=TABLE)["TimeToLiveDescription"]
        if told["TimeToLiveStatus"] not in {"ENABLED", "ENABLING"}:
            dynamodb.update_time_to_live(TableName=TABLE, TimeToLiveSpecification={"Enabled": True, "AttributeName": TTL_ATTRIBUTE})

    def bucket(self, web_origins: tuple[str, ...]) -> None:
        """The bucket of files, which browsers may upload to."""
        s3 = self.client("s3")
        try:
            s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        except ClientError as error:
            if error.response["Error"]["Code"] != "BucketAlreadyOwnedByYou":
                raise
        rule = {
            "AllowedOrigins": list(web_origins) or ["http://localhost:*", "http://127.0.0.1:*"],
            "AllowedMethods": ["GET", "PUT", "POST"],
            "AllowedHeaders": ["*"],
        }
        s3.put_bucket_cors(Bucket=BUCKET, CORSConfiguration={"CORSRules": [rule]})

    def mail(self) -> None:
        """The identities that mail may be sent from."""
        ses = self.client("sesv2")
        for identity in (MAIL_FROM.partition("@")[2], MAIL_FROM):
            try:
                ses.create_email_identity(EmailIdentity=identity)
            except ses.exceptions.AlreadyExistsException:
                continue
        with contextlib.suppress(ses.exceptions.AlreadyExistsException):
            ses.create_configuration_set(ConfigurationSetName=CONFIGURATION_SET)

    def queues(self, modules: tuple[Module, ...]) -> dict[str, str]:
        """The modules' queues: name → URL."""
        return dict(self._queue(queue.name, queue.timeout, queue.max_receives) for module in modules for queue in module.queues)

    def jobs_and_schedules(self, modules: tuple[Module, ...]) -> dict[str, str]:
        """The group of one-time schedules, and what functions are told of it and of the daily jobs."""
        scheduler = self.client("scheduler")
        with contextlib.suppress(scheduler.exceptions.ConflictException):
            scheduler.create_schedule_group(Name=_SCHEDULE_GROUP)
        self._dead_letters("schedules")
        told = {
            job_list.VARIABLE: job_list.told(modules),
            "SCHEDULER_GROUP": _SCHEDULE_GROUP,
            "SCHEDULER_ROLE_ARN": _SCHEDULE_ROLE,
            "SCHEDULER_DEAD_LETTERS_ARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:schedules-dead",
        }
        scheduled = next((queue.name for module in modules for queue in module.queues if queue.scheduled), None)
        return told | ({"SCHEDULER_QUEUE_ARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{scheduled}"} if scheduled else {})

    def pool(self, modules: tuple[Module, ...]) -> tuple[str, str]:
        """The user pool and its client."""
        idp = self.client("cognito-idp")
        triggers = {trigger.event for module in modules for trigger in module.pool_triggers}
        config: dict[str, Any] = {}
        if "pre-token-generation" in triggers:
            config["PreTokenGenerationConfig"] = {"LambdaArn": f"{_TRIGGERS}pre-token-generation", "LambdaVersion": "V2_0"}
        if "user-migration" in triggers:
            config["UserMigration"] = f"{_TRIGGERS}user-migration"
        known = [p["Id"] for p in idp.list_user_pools(MaxResults=60)["UserPools"] if p["Name"] == POOL]
        pool_id = known[0] if known else self._make_pool(idp)
        if idp.describe_user_pool(UserPoolId=pool_id)["UserPool"].get("LambdaConfig", {}) != config:
            idp.update_user_pool(UserPoolId=pool_id, LambdaConfig=config, AutoVerifiedAttributes=["email"], MfaConfiguration="OPTIONAL")
        clients = idp.list_user_pool_clients(UserPoolId=pool_id, MaxResults=60)["UserPoolClients"]
        return pool_id, clients[0]["ClientId"] if clients else self._make_client(idp, pool_id)

    @staticmethod
    def _make_pool(idp: Any) -> str:
        attribute = {"AttributeDataType": "String", "Mutable": True, "StringAttributeConstraints": {"MaxLength": "64"}}
        policy = {"MinimumLength": 8, "RequireUppercase": True, "RequireLowercase": True, "RequireNumbers": True, "RequireSymbols": False}
        made = idp.create_user_pool(
            PoolName=POOL,
            UserPoolTier="ESSENTIALS",
            AdminCreateUserConfig={"AllowAdminCreateUserOnly": True},
            AutoVerifiedAttributes=["email"],
            Policies={"PasswordPolicy": {**policy, "TemporaryPasswordValidityDays": _INVITATION_DAYS}},
            Schema=[{"Name": name, **attribute} for name in ATTRIBUTES],
            UsernameConfiguration={"CaseSensitive": True},
        )
        pool_id: str = made["UserPool"]["Id"]
        idp.set_user_pool_mfa_config(UserPoolId=pool_id, SoftwareTokenMfaConfiguration={"Enabled": True}, MfaConfiguration="OPTIONAL")
        return pool_id

    @staticmethod
    def _make_client(idp: Any, pool_id: str) -> str:
        custom = [f"custom:{name}" for name in ATTRIBUTES]
        made = idp.create_user_pool_client(
            UserPoolId=pool_id,
            ClientName=POOL,
            ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
            AccessTokenValidity=1,
            IdTokenValidity=1,
            RefreshTokenValidity=7,
            TokenValidityUnits={"AccessToken": "hours", "IdToken": "hours", "RefreshToken": "days"},
            EnableTokenRevocation=True,
            PreventUserExistenceErrors="ENABLED",
            ReadAttributes=["email", "email_verified", *custom],
            WriteAttributes=["locale"],
        )
        client_id: str = made["UserPoolClient"]["ClientId"]
        return client_id

    def _dead_letters(self, name: str) -> str:
        url: str = self.client("sqs").create_queue(QueueName=f"{name}-dead", Attributes={"MessageRetentionPeriod": str(_KEPT_S)})[
            "QueueUrl"
        ]
        return url

    def _queue(self, name: str, worker_timeout: int, max_receives: int) -> tuple[str, str]:
        """A queue whose messages stay hidden a little longer than its worker may take, and its dead letters."""
        sqs = self.client("sqs")
        dead = self._dead_letters(name)
        arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        attributes = {
            "VisibilityTimeout": str(worker_timeout + _GRACE_S),
            "MessageRetentionPeriod": str(_KEPT_S),
            "RedrivePolicy": f'{{"deadLetterTargetArn":"{arn}","maxReceiveCount":"{max_receives}"}}',
        }
        try:
            url: str = sqs.get_queue_url(QueueName=name)["QueueUrl"]
            sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)
        except ClientError as error:
            if "NonExistentQueue" not in error.response["Error"]["Code"]:
                raise
            url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        return name, url

"""What must outlive every deployment: the table, the files, the accounts."""

from collections.abc import Sequence

from aws_cdk import Aws, CfnOutput, Duration, Fn, RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.config import Config
from infra.constructs.module_function import Ground, ModuleFunction, Worker
from infra.constructs.user_pool import Accounts
from infra.grants import Reach
from infra.packaging import Packages
from shared.data import schema
from shared.gateways import files
from shared.manifest import Module

RECOVERY_DAYS = 35
NONCURRENT_DAYS = 30
KEPT_DAYS = {files.Keep.DAY: 1, files.Keep.MONTH: 30}  # what is made for a while: exports, the files of imports
_STRING = dynamodb.AttributeType.STRING


class DataStack(Stack):
    """Table, bucket and user pool, with the pool's triggers."""

    def __init__(self, scope: Construct, config: Config, modules: Sequence[Module], packages: Packages) -> None:
        super().__init__(scope, f"{config.prefix}-data", description="Homeroom: table, files, accounts")
        self._config = config
        self._removal = RemovalPolicy.RETAIN if config.keep_data else RemovalPolicy.DESTROY
        self.table = self._table()
        self.bucket = self._bucket()
        self.accounts = Accounts(self, config)
        self._triggers(modules, packages)
        for name, value in self._facts().items():
            CfnOutput(self, name, value=value)

    def _table(self) -> dynamodb.Table:
        table = dynamodb.Table(
            self,
            "Table",
            partition_key=dynamodb.Attribute(name=schema.PARTITION_KEY, type=_STRING),
            sort_key=dynamodb.Attribute(name=schema.SORT_KEY, type=_STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            stream=dynamodb.StreamViewType[schema.STREAM_VIEW],
            time_to_live_attribute=schema.TTL_ATTRIBUTE,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True, recovery_period_in_days=RECOVERY_DAYS
            ),
            deletion_protection=self._config.keep_data,
            removal_policy=self._removal,
        )
        table.add_global_secondary_index(
            index_name=schema.INDEX,
            partition_key=dynamodb.Attribute(name=schema.INDEX_PARTITION_KEY, type=_STRING),
            sort_key=dynamodb.Attribute(name=schema.INDEX_SORT_KEY, type=_STRING),
            projection_type=dynamodb.ProjectionType.ALL,
        )
        return table

    def _bucket(self) -> s3.Bucket:
        return s3.Bucket(
            self,
            "Files",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            versioned=True,
            removal_policy=self._removal,
            lifecycle_rules=[
                s3.LifecycleRule(
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                    noncurrent_version_expiration=Duration.days(NONCURRENT_DAYS),
                ),
                *(
                    s3.LifecycleRule(
                        expiration=Duration.days(days),
                        noncurrent_version_expiration=Duration.days(1),
                        tag_filters={files.KEEP_TAG: str(keep)},
                    )
                    for keep, days in KEPT_DAYS.items()
                ),
            ],
            cors=[
                s3.CorsRule(
                    allowed_methods=[s3.HttpMethods.GET, s3.HttpMethods.PUT, s3.HttpMethods.POST],
                    allowed_origins=list(self._config.web_origins),
                    allowed_headers=["*"],
                    exposed_headers=["ETag"],
                    max_age=600,
                )
            ],
        )

    def _triggers(self, modules: Sequence[Module], packages: Packages) -> None:
        ground = Ground(self, self._config, packages, self.reach(pool=False), self.function_environment(pool=False))
        for module in modules:
            for trigger in module.pool_triggers:
                worker = Worker(trigger.event, trigger.handler, trigger.memory, trigger.timeout)
                self.accounts.call(trigger, ModuleFunction(ground, module, worker).function)

    def reach(self, *, pool: bool = True) -> Reach:
        """The resources that functions are granted; the pool's own triggers cannot name the pool."""
        domain = self._config.mail_from.rpartition("@")[2]
        return Reach(self.table, self.bucket, self.accounts.pool if pool else None, domain, self._config.configuration_set)

    def function_environment(self, *, pool: bool = True) -> dict[str, str]:
        """What every function is told, as `shared/settings.py` reads it."""
        config = self._config
        told = {
            "TABLE_NAME": self.table.table_name,
            "FILES_BUCKET": self.bucket.bucket_name,
            "STAGE": config.stage,
            "WEB_ORIGINS": ",".join(config.web_origins),
            "WEB_URL": config.web_url,
            "MAIL_FROM": config.mail_from,
            "MAIL_CONFIGURATION_SET": config.configuration_set,
            "RATE_LIMITS": config.rate_limits,
            "MFA_REQUIRED_ROLES": config.mfa_required_roles,
        }
        return {**told, **(self._pool_facts() if pool else {})}

    def _pool_facts(self) -> dict[str, str]:
        pool_id = self.accounts.pool.user_pool_id
        issuer = Fn.join("", ["https://cognito-idp.", Aws.REGION, ".amazonaws.com/", pool_id])
        keys = Fn.join("", [self._config.jwks_base, "/", pool_id]) if self._config.jwks_base else issuer
        return {
            "USER_POOL_ID": pool_id,
            "USER_POOL_CLIENT_ID": self.accounts.client.user_pool_client_id,
            "TOKEN_ISSUER": issuer,
            "JWKS_URL": Fn.join("", [keys, "/.well-known/jwks.json"]),
        }

    def _facts(self) -> dict[str, str]:
        """What operators and the rehearsal need to know: the environment of a function, as outputs."""
        return {"".join(w.capitalize() for w in k.split("_")): v for k, v in self.function_environment().items() if v}

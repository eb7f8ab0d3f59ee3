"""What each grant of a manifest allows: the one place where a function's rights are written down.

Nothing here is wider than one resource, except where AWS knows no resource for the action (SMS to a phone number).
The tenant role (`dynamodb:LeadingKeys` on the caller's school) takes the place of `_table` for `Grant.TABLE`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from aws_cdk import Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from shared.data.schema import INDEX
from shared.manifest import Grant

TABLE_ACTIONS = (
    "dynamodb:BatchGetItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
)
POOL_ACTIONS = (
    "cognito-idp:AdminCreateUser",
    "cognito-idp:AdminDeleteUser",
    "cognito-idp:AdminInitiateAuth",
    "cognito-idp:AdminRespondToAuthChallenge",
    "cognito-idp:AdminSetUserMFAPreference",
    "cognito-idp:AdminSetUserPassword",
)
FILE_ACTIONS = (
    "s3:AbortMultipartUpload",
    "s3:DeleteObject",
    "s3:GetObject",
    "s3:ListMultipartUploadParts",
    "s3:PutObject",
    "s3:PutObjectTagging",
)
SCHEDULE_ACTIONS = ("scheduler:CreateSchedule", "scheduler:DeleteSchedule", "scheduler:UpdateSchedule")
FILES_PREFIX = "schools/"


@dataclass(frozen=True, slots=True)
class Once:
    """Where one-time schedules are made, and the role that they deliver by."""

    schedules_arn: str  # every schedule of the group
    role_arn: str


@dataclass(frozen=True, slots=True)
class Reach:
    """The resources that grants are about; a trigger of the pool itself has no pool, and schedules nothing."""

    table: dynamodb.ITable
    bucket: s3.IBucket
    pool: cognito.IUserPool | None
    mail_domain: str
    configuration_set: str
    once: Once | None = None


def _table(reach: Reach) -> list[iam.PolicyStatement]:
    resources = [reach.table.table_arn, f"{reach.table.table_arn}/index/{INDEX}"]
    return [iam.PolicyStatement(sid="Table", actions=list(TABLE_ACTIONS), resources=resources)]


def _pool(reach: Reach) -> list[iam.PolicyStatement]:
    if reach.pool is None:
        return []
    return [iam.PolicyStatement(sid="Pool", actions=list(POOL_ACTIONS), resources=[reach.pool.user_pool_arn])]


def _files(reach: Reach) -> list[iam.PolicyStatement]:
    arn = reach.bucket.arn_for_objects(f"{FILES_PREFIX}*")
    return [iam.PolicyStatement(sid="Files", actions=list(FILE_ACTIONS), resources=[arn])]


def _mail(reach: Reach) -> list[iam.PolicyStatement]:
    stack = Stack.of(reach.table)
    named = {"identity": reach.mail_domain, "configuration-set": reach.configuration_set}
    arns = [stack.format_arn(service="ses", resource=kind, resource_name=name) for kind, name in named.items()]
    return [iam.PolicyStatement(sid="Mail", actions=["ses:SendEmail"], resources=arns)]


def _sms(_: Reach) -> list[iam.PolicyStatement]:
    # A message to a phone number has no resource of its own; topics and endpoints stay out of reach.
    return [iam.PolicyStatement(sid="Sms", actions=["sns:Publish"], not_resources=["arn:aws:sns:*:*:*"])]


def _scheduler(reach: Reach) -> list[iam.PolicyStatement]:
    if reach.once is None:
        return []
    to_scheduler = {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}}
    return [
        iam.PolicyStatement(sid="Schedules", actions=list(SCHEDULE_ACTIONS), resources=[reach.once.schedules_arn]),
        iam.PolicyStatement(sid="Deliver", actions=["iam:PassRole"], resources=[reach.once.role_arn], conditions=to_scheduler),
    ]


def _files_sweep(reach: Reach) -> list[iam.PolicyStatement]:
    inside = {"StringLike": {"s3:prefix": [f"{FILES_PREFIX}*"]}}
    return [
        iam.PolicyStatement(sid="List", actions=["s3:ListBucket"], resources=[reach.bucket.bucket_arn], conditions=inside),
        iam.PolicyStatement(sid="Sweep", actions=["s3:DeleteObject"], resources=[reach.bucket.arn_for_objects(f"{FILES_PREFIX}*")]),
    ]


def _by_wiring(_: Reach) -> list[iam.PolicyStatement]:
    return []  # the stack that makes the queues says which


_STATEMENTS: dict[Grant, Callable[[Reach], list[iam.PolicyStatement]]] = {
    Grant.TABLE: _table,
    Grant.PLATFORM: _table,
    Grant.POOL: _pool,
    Grant.FILES: _files,
    Grant.MAIL: _mail,
    Grant.SMS: _sms,
    Grant.SCHEDULER: _scheduler,
    Grant.FILES_SWEEP: _files_sweep,
    Grant.JOB_QUEUES: _by_wiring,
}


def statements(grants: Iterable[Grant], reach: Reach) -> list[iam.PolicyStatement]:
    """The policy statements of a function with these grants, each once."""
    makers = dict.fromkeys(_STATEMENTS[grant] for grant in grants)
    return [statement for maker in makers for statement in maker(reach)]

"""Schedules: recurring ones that start a function, and one-time ones that put a message into a module's queue."""

import json
from collections.abc import Iterable

from aws_cdk import Aws, Fn
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.config import Config
from infra.constructs.queues import dead_letters
from infra.grants import Once
from shared.manifest import Schedule

RETRIES = 3
OLDEST_SECONDS = 3600


def _arn(kind: str, name: str) -> str:
    return Fn.join("", ["arn:aws:scheduler:", Aws.REGION, ":", Aws.ACCOUNT_ID, f":{kind}/{name}"])


def _role(scope: Construct, group: str) -> iam.Role:
    """A role that schedules of one group alone deliver by; the source that EventBridge names is the group, not the schedule."""
    ours = {"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID, "aws:SourceArn": _arn("schedule-group", group)}}
    return iam.Role(scope, "Role", assumed_by=iam.ServicePrincipal("scheduler.amazonaws.com", conditions=ours))


class Schedules(Construct):
    """The recurring schedules of every module: one group, one role that may start exactly the scheduled functions."""

    def __init__(self, scope: Construct, config: Config) -> None:
        super().__init__(scope, "Schedules")
        self.group = scheduler.CfnScheduleGroup(self, "Group", name=config.prefix.lower())
        self.dead = dead_letters(self, "DeadLetters")
        self.role = _role(self, config.prefix.lower())
        self.dead.grant_send_messages(self.role)

    def start(self, declared: Schedule, function: lambda_.Function) -> None:
        """Start a function by a schedule, with `{"schedule": name}` as its event."""
        self.role.add_to_policy(iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[function.function_arn]))
        scheduler.CfnSchedule(
            self,
            declared.name,
            description=f"Homeroom: {declared.name}",
            group_name=self.group.ref,
            schedule_expression=declared.expression,
            schedule_expression_timezone="UTC",
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=function.function_arn,
                role_arn=self.role.role_arn,
                input=json.dumps({"schedule": declared.name}),
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_retry_attempts=RETRIES, maximum_event_age_in_seconds=OLDEST_SECONDS
                ),
                dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(arn=self.dead.queue_arn),
            ),
        )


class OneTimeSchedules(Construct):
    """What `shared/gateways/scheduler.py` makes at run time: a group of its own, and a role that may send to the scheduled queues.

    The group is not the recurring ones', so that no function can change those.
    """

    def __init__(self, scope: Construct, config: Config, queues: Iterable[sqs.Queue]) -> None:
        super().__init__(scope, "OneTime")
        self.name = f"{config.prefix.lower()}-once"
        scheduler.CfnScheduleGroup(self, "Group", name=self.name)
        self.dead = dead_letters(self, "DeadLetters")
        self.role = _role(self, self.name)
        arns = [self.dead.queue_arn, *(queue.queue_arn for queue in queues)]
        self.role.add_to_policy(iam.PolicyStatement(actions=["sqs:SendMessage"], resources=arns))

    @property
    def reach(self) -> Once:
        """What a function with `Grant.SCHEDULER` may touch."""
        return Once(_arn("schedule", f"{self.name}/*"), self.role.role_arn)

    def environment(self, queue: sqs.Queue) -> dict[str, str]:
        """What a function is told that schedules messages into the queue."""
        return {
            "SCHEDULER_GROUP": self.name,
            "SCHEDULER_ROLE_ARN": self.role.role_arn,
            "SCHEDULER_QUEUE_ARN": queue.queue_arn,
            "SCHEDULER_DEAD_LETTERS_ARN": self.dead.queue_arn,
        }

"""Recurring schedules: one group, one role that may start exactly the scheduled functions."""

import json

from aws_cdk import Aws, Fn
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from infra.config import Config
from infra.constructs.queues import dead_letters
from shared.manifest import Schedule

RETRIES = 3
OLDEST_SECONDS = 3600


class Schedules(Construct):
    """The schedules of every module."""

    def __init__(self, scope: Construct, config: Config) -> None:
        super().__init__(scope, "Schedules")
        self.group = scheduler.CfnScheduleGroup(self, "Group", name=config.prefix.lower())
        self.dead = dead_letters(self, "DeadLetters")
        source = Fn.join("", ["arn:aws:scheduler:", Aws.REGION, ":", Aws.ACCOUNT_ID, f":schedule/{config.prefix.lower()}/*"])
        account_only = {"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}, "ArnLike": {"aws:SourceArn": source}}
        self.role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("scheduler.amazonaws.com", conditions=account_only))
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

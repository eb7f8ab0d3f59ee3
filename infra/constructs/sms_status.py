"""What becomes of each text message: SNS writes it into two log groups of fixed names, which functions subscribe to.

Their names hold account and region but no stage, and SNS is told once an account to write them (`python -m tools.sms_status`):
so one stage of an account has them (`smsStatus` in cdk.json).
"""

from aws_cdk import Aws, CfnOutput, Fn, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_logs_destinations as destinations
from constructs import Construct

from infra.config import Config
from infra.constructs.log_group import RETENTION

GROUP = "DirectPublishToPhoneNumber"
FAILURES = "/Failure"


class SmsStatus(Construct):
    """The log groups, and the role by which SNS writes them."""

    def __init__(self, scope: Construct, config: Config) -> None:
        super().__init__(scope, "SmsStatus")
        names = {"Delivered": GROUP, "Failed": f"{GROUP}{FAILURES}"}
        self.groups = {
            name: logs.LogGroup(
                self,
                name,
                log_group_name=Fn.join("", ["sns/", Aws.REGION, "/", Aws.ACCOUNT_ID, f"/{path}"]),
                retention=RETENTION[config.log_days],
                removal_policy=RemovalPolicy.DESTROY,  # what they tell is in the table too
            )
            for name, path in names.items()
        }
        ours = {"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
        self.role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("sns.amazonaws.com", conditions=ours))
        arns = [group.log_group_arn for group in self.groups.values()]
        self.role.add_to_policy(iam.PolicyStatement(actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=arns))
        CfnOutput(self, "RoleArn", value=self.role.role_arn).override_logical_id("SmsStatusRole")

    def feed(self, function: lambda_.Function) -> None:
        """Hand every line of both groups to a function."""
        for name, group in self.groups.items():
            group.add_subscription_filter(
                f"To{function.node.scope.node.id if function.node.scope else name}",
                destination=destinations.LambdaDestination(function),
                filter_pattern=logs.FilterPattern.all_events(),
            )

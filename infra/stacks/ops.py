"""What wakes somebody: alarms and the topic that they tell."""

from collections.abc import Sequence

from aws_cdk import Aws, CfnOutput, Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.config import Config

SERVER_ERRORS = 5  # in five minutes


class OpsStack(Stack):
    """An alarm for every dead-letter queue, and one for answers that are the system's fault."""

    def __init__(self, scope: Construct, config: Config, *, api_id: str, dead_letters: Sequence[sqs.Queue]) -> None:
        super().__init__(scope, f"{config.prefix}-ops", description="Homeroom: alarms")
        self.topic = sns.Topic(self, "Alarms", display_name=f"Homeroom {config.stage} alarms", enforce_ssl=True)
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsMayTell",
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
            )
        )
        for queue in dead_letters:
            self._alarm(
                f"{queue.node.scope.node.id if queue.node.scope else ''}DeadLetters",
                queue.metric_approximate_number_of_messages_visible(period=Duration.minutes(1), statistic="Maximum"),
                threshold=1,
                what="a message could not be worked off and waits in its dead-letter queue",
            )
        errors = cloudwatch.Metric(
            namespace="AWS/ApiGateway", metric_name="5xx", dimensions_map={"ApiId": api_id}, period=Duration.minutes(5), statistic="Sum"
        )
        self._alarm("ServerErrors", errors, threshold=SERVER_ERRORS, what="requests are answered with server errors")

        CfnOutput(self, "AlarmsTopic", value=self.topic.topic_arn)

    def _alarm(self, name: str, metric: cloudwatch.IMetric, *, threshold: int, what: str) -> None:
        alarm = cloudwatch.Alarm(
            self,
            name,
            metric=metric,
            threshold=threshold,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description=f"Homeroom: {what}.",
        )
        alarm.add_alarm_action(actions.SnsAction(self.topic))

"""Log groups that forget after the stage's time."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.config import Config, ConfigError

RETENTION = {
    1: logs.RetentionDays.ONE_DAY,
    3: logs.RetentionDays.THREE_DAYS,
    7: logs.RetentionDays.ONE_WEEK,
    14: logs.RetentionDays.TWO_WEEKS,
    30: logs.RetentionDays.ONE_MONTH,
    90: logs.RetentionDays.THREE_MONTHS,
    365: logs.RetentionDays.ONE_YEAR,
}


def log_group(scope: Construct, name: str, config: Config) -> logs.LogGroup:
    """A log group that keeps entries as long as the stage says."""
    if config.log_days not in RETENTION:
        raise ConfigError(f"context: logDays={config.log_days} is none of {', '.join(map(str, RETENTION))}")
    removal = RemovalPolicy.RETAIN if config.keep_data else RemovalPolicy.DESTROY
    return logs.LogGroup(scope, name, retention=RETENTION[config.log_days], removal_policy=removal)

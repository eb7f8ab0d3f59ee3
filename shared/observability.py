"""One JSON log line and one EMF metric line a request, without personal data."""

from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import AmazonCloudWatchEMFProvider

from shared.settings import settings


@cache
def logger(service: str = "homeroom") -> Logger:
    """The process's logger: JSON lines, every value escaped."""
    return Logger(service=service, level="INFO", log_uncaught_exceptions=False)


def log_request(module: str, line: dict[str, Any], milliseconds: float) -> None:
    """Write the request's line and its metrics (EMF): count, latency, faults, by module and route."""
    logger().info("request", extra={"module_name": module, **line, "ms": round(milliseconds, 1)})
    metrics = AmazonCloudWatchEMFProvider(namespace="Homeroom", service=module)
    metrics.add_dimension("stage", settings().stage)
    metrics.add_metric("Latency", MetricUnit.Milliseconds, milliseconds)
    metrics.add_metric("Faults", MetricUnit.Count, 1 if line["status"] >= 500 else 0)  # HTTP's server errors
    metrics.flush_metrics()

"""Publish figures as CloudWatch metrics. What they mean is not known here."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.conf import settings

from mediashare.aws.client import calling, client

AT_ONCE = 1000  # CloudWatch takes no more in one request.


class Figure(NamedTuple):
    """One value of a metric, in seconds or a count."""

    name: str
    value: float
    dimensions: dict[str, str]
    is_time: bool


def publish(figures: Iterable[Figure], *, at: datetime) -> None:
    """Store each as of one moment. Raises Unavailable, Refused or Rejected."""
    data = [
        {
            "MetricName": figure.name,
            "Timestamp": at,
            "Value": figure.value,
            "Unit": "Seconds" if figure.is_time else "Count",
            "Dimensions": [{"Name": name, "Value": is_} for name, is_ in figure.dimensions.items()],
        }
        for figure in figures
    ]
    cloudwatch = client("cloudwatch", endpoint_url=settings.CLOUDWATCH_ENDPOINT_URL)
    for start in range(0, len(data), AT_ONCE):
        with calling("publish metrics"):
            cloudwatch.put_metric_data(
                Namespace=settings.CLOUDWATCH_NAMESPACE, MetricData=data[start : start + AT_ONCE]
            )

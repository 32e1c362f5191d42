"""Figures in CloudWatch, as a stand-in keeps them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from mediashare.aws import cloudwatch
from mediashare.aws.client import Unavailable, client
from mediashare.aws.cloudwatch import Figure
from processing import metrics, publishing, tasks
from tests.contracts import ministack
from tests.people import blob_of, job_of, person

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("sqs")]


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    with ministack.running(tmp_path_factory.mktemp("cloudwatch")) as found:
        yield found


@pytest.fixture
def kept(address, settings) -> Any:
    settings.CLOUDWATCH_ENDPOINT_URL = f"http://{address}"
    settings.CLOUDWATCH_NAMESPACE = "mediashare"
    settings.S3_ACCESS_KEY_ID, settings.S3_SECRET_ACCESS_KEY = ministack.KEY, ministack.SECRET
    return client("cloudwatch", endpoint_url=settings.CLOUDWATCH_ENDPOINT_URL)


def maximum(kept: Any, name: str, now: datetime) -> tuple[float, str]:
    """Of a metric of lane `interactive`, with its unit."""
    (point,) = kept.get_metric_statistics(
        Namespace=settings.CLOUDWATCH_NAMESPACE,
        MetricName=name,
        Dimensions=[{"Name": "Lane", "Value": "interactive"}],
        StartTime=now - timedelta(minutes=5),
        EndTime=now + timedelta(minutes=5),
        Period=3600,
        Statistics=["Maximum"],
    )["Datapoints"]
    return point["Maximum"], point["Unit"]


def test_a_lanes_figures_can_be_asked_for(kept):
    now = timezone.now()
    job_of(blob_of(person("alice"), "beach.jpg"))

    tasks.publish_figures()

    assert maximum(kept, "JobsWaiting", now) == (1.0, "Count")


def test_a_backlog_without_workers_raises_every_alarm_of_time(kept):
    now = timezone.now()
    job_of(blob_of(person("alice"), "beach.jpg"), due_at=now)

    assert publishing.to_cloudwatch(now=now) == len(metrics.gauges(now))

    assert maximum(kept, "ClearSeconds", now) == (publishing.ENDLESS_SECONDS, "Seconds")


def test_more_than_fit_into_one_request_are_published(kept, settings):
    settings.CLOUDWATCH_NAMESPACE = "many"
    many = [Figure(f"Number{number}", number, {}, is_time=True) for number in range(1001)]

    cloudwatch.publish(many, at=timezone.now())

    pages = kept.get_paginator("list_metrics").paginate(Namespace="many")
    assert len({found["MetricName"] for page in pages for found in page["Metrics"]}) == 1001


def test_a_service_that_is_away_is_said_to_be(settings):
    settings.CLOUDWATCH_ENDPOINT_URL = "http://127.0.0.1:9"
    settings.CLOUDWATCH_NAMESPACE = "mediashare"

    with pytest.raises(Unavailable):
        cloudwatch.publish([Figure("Number", 1, {}, is_time=False)], at=timezone.now())

"""Figures in CloudWatch and groups of workers in Auto Scaling, as a stand-in keeps them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from mediashare.aws import autoscaling, cloudwatch
from mediashare.aws.client import NotFound, Rejected, Unavailable, client
from mediashare.aws.cloudwatch import Figure
from processing import metrics, publishing, steering
from processing.models import Job
from processing.recipes import scaling
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

    call_command("steer", once=True)

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


@pytest.fixture
def ec2(kept, address, settings) -> Any:
    """A group of Spot workers for lane media, of none to five, and one to fall back on."""
    settings.AUTOSCALING_ENDPOINT_URL = f"http://{address}"
    settings.WORKER_GROUPS, settings.RESERVE_GROUPS = {"media": "spot"}, {"media": "reserve"}
    made = client("autoscaling", endpoint_url=settings.AUTOSCALING_ENDPOINT_URL)
    for name, most in (("spot", 5), ("reserve", 2)):
        made.create_auto_scaling_group(
            AutoScalingGroupName=name, MinSize=0, MaxSize=most, AvailabilityZones=["us-east-1a"]
        )
    yield made
    for name in ("spot", "reserve"):
        made.delete_auto_scaling_group(AutoScalingGroupName=name, ForceDelete=True)


def asked_for(name: str) -> int:
    return autoscaling.groups([name])[name].asked


def media_waits(jobs: int) -> None:
    alice = person("alice")
    for number in range(jobs):
        job_of(blob_of(alice, f"{number}.mp4"), lane=Job.Lane.MEDIA, kind=Job.Kind.PREVIEWS)


def test_a_job_that_waits_has_a_worker_asked_for(ec2):
    media_waits(1)

    call_command("steer", once=True)
    call_command("steer", once=True)

    assert (asked_for("spot"), asked_for("reserve")) == (1, 0)


def test_a_group_is_asked_for_no_more_than_it_may_have(ec2, settings):
    # Each is assumed to take ten seconds, so they would be worth three workers for a minute.
    media_waits(25)
    Job.objects.update(due_at=timezone.now() - timedelta(hours=1))
    settings.WORKER_GROUPS = {"media": "reserve"}
    settings.RESERVE_GROUPS = {}

    wanted = steering.steer(steering.helms(), now=timezone.now())

    assert wanted == {"media": scaling.Desired(2)}
    assert asked_for("reserve") == 2


def test_a_quiet_lane_lets_its_workers_go_one_step_in_a_cool_down(ec2):
    helms, now = steering.helms(), timezone.now()
    autoscaling.ask("spot", instances=5)

    sizes = []
    for minute in (0, 1, 4, 5, 6, 10):
        steering.steer(helms, now=now + timedelta(minutes=minute))
        sizes.append(asked_for("spot"))

    assert sizes == [3, 3, 2, 2, 2, 1]


def test_nobody_is_sent_away_while_a_deployment_waits_for_new_instances(ec2):
    autoscaling.ask("spot", instances=5)

    def held(parsed: dict[str, Any], **_: object) -> None:
        """As CloudFormation has it (`rolls_out` in deploy/aws/instances.py)."""
        for group in parsed["AutoScalingGroups"]:
            group["SuspendedProcesses"] = [{"ProcessName": "AlarmNotification"}]

    described = "after-call.auto-scaling.DescribeAutoScalingGroups"
    ec2.meta.events.register(described, held)
    try:
        steering.steer(steering.helms(), now=timezone.now())
    finally:
        ec2.meta.events.unregister(described, held)
    kept = asked_for("spot")
    steering.steer(steering.helms(), now=timezone.now())

    assert (kept, asked_for("spot")) == (5, 3)


def test_a_group_that_is_not_there_is_said_to_be_missing(ec2, settings):
    settings.WORKER_GROUPS = {"media": "nobody"}

    with pytest.raises(NotFound, match="nobody"):
        steering.steer(steering.helms(), now=timezone.now())


def test_more_than_auto_scaling_describes_at_once_are_found(ec2):
    names = [f"other-{number}" for number in range(100)]

    assert set(autoscaling.groups(["spot", *names])) == {"spot"}


def test_a_group_that_cannot_be_changed_is_an_error_in_our_words(ec2):
    with pytest.raises(Rejected):
        autoscaling.ask("nobody", instances=1)

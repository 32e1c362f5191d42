"""The figures of the processing tier: what they say, who may read them, how they are written."""

from datetime import timedelta
from math import inf

import pytest
from django.core.cache import cache
from django.utils import timezone

from processing import metrics, publishing
from processing.metrics import Gauge
from processing.models import Job, Worker
from tests.people import blob_of, job_of, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept():
    cache.delete("metrics")


@pytest.fixture
def now():
    return timezone.now()


def waiting(number: int, **fields: object) -> None:
    owner = person("alice")
    for each in range(number):
        job_of(blob_of(owner, f"{each}.jpg"), **fields)


def lane(name: str, now) -> metrics.Lane:
    return next(lane for lane in metrics.lanes(now) if lane.name == name)


def figures(now) -> dict[tuple[str, ...], float]:
    return {(gauge.name, *gauge.labels.values()): gauge.value for gauge in metrics.gauges(now)}


def a_worker(
    now, *, seen_seconds_ago: float = 0, lanes: tuple[str, ...] = ("interactive",)
) -> None:
    seen_at = now - timedelta(seconds=seen_seconds_ago)
    Worker.objects.create(
        name=f"host:{Worker.objects.count()}",
        lanes=list(lanes),
        slots=2,
        started_at=now - timedelta(hours=1),
        seen_at=seen_at,
    )


def test_a_quiet_site_has_figures_for_each_lane(now):
    said = figures(now)

    assert [said["jobs_waiting", lane] for lane in Job.Lane.values] == [0, 0, 0]
    assert said["clear_seconds", "media"] == 0


def test_the_backlog_its_age_and_the_workers_there_are(now):
    waiting(6, due_at=now - timedelta(seconds=40))
    a_worker(now)
    a_worker(now)

    said = figures(now)

    assert said["jobs_waiting", "interactive"] == 6
    assert said["oldest_job_seconds", "interactive"] == pytest.approx(40)
    assert said["workers", "interactive"] == 2
    assert said["backlog_per_worker", "interactive"] == 3
    # Half a second each, as assumed while none has ended, with four slots.
    assert said["clear_seconds", "interactive"] == pytest.approx(0.75)
    assert said["workers_desired", "interactive"] == 2


def test_what_a_dead_worker_had_waits_again(now):
    waiting(1, state=Job.State.RUNNING, lease_until=now - timedelta(seconds=1))

    load = lane("interactive", now).load

    assert (load.waiting, load.running) == (1, 0)


def test_what_runs_failed_or_is_to_be_tried_later_is_told_apart(now):
    owner = person("alice")
    later = now + timedelta(minutes=1)
    job_of(blob_of(owner, "runs.jpg"), state=Job.State.RUNNING, lease_until=later)
    job_of(blob_of(owner, "failed.jpg"), state=Job.State.FAILED, ended_at=now)
    job_of(blob_of(owner, "later.jpg"), due_at=later)

    said = figures(now)

    for name, number in [("running", 1), ("failed", 1), ("later", 1), ("waiting", 0)]:
        assert said[f"jobs_{name}", "interactive"] == number, name
    assert said["oldest_job_seconds", "interactive"] == 0


def test_nobody_clears_a_backlog_without_workers(now):
    waiting(1, due_at=now)
    a_worker(now, seen_seconds_ago=61)
    a_worker(now, lanes=("media", "bulk"))

    said = figures(now)

    assert said["clear_seconds", "interactive"] == inf
    assert said["workers", "interactive"] == 0
    assert said["workers_desired", "interactive"] == 1


def test_durations_are_those_of_the_last_minutes_by_kind(now):
    owner = person("alice")
    for number, seconds in enumerate([1, 2, 3]):
        job_of(
            blob_of(owner, f"{number}.jpg"),
            state=Job.State.DONE,
            started_at=now - timedelta(seconds=seconds),
            ended_at=now,
        )
    hour = timedelta(hours=1)
    job_of(
        blob_of(owner, "old.jpg"),
        state=Job.State.DONE,
        started_at=now - 2 * hour,
        ended_at=now - hour,
    )

    said = figures(now)

    assert said["jobs_done_lately", "prepare"] == 3
    assert said["job_seconds", "prepare", "0.5"] == pytest.approx(2)
    assert said["job_seconds", "prepare", "0.95"] == pytest.approx(2.9)
    assert lane("interactive", now).load.job_seconds == pytest.approx(2)


def test_however_many_jobs_there_are_the_questions_are_as_many(now, django_assert_max_num_queries):
    waiting(5)

    with django_assert_max_num_queries(9):
        metrics.gauges(now)


def test_the_text_is_what_prometheus_reads():
    said = publishing.as_text(
        [
            Gauge("jobs", "All\nof them.", 3, {"lane": 'a"b\\c\nd'}),
            Gauge("clear_seconds", "How long.", inf, {"lane": "bulk", "kind": "x"}),
            Gauge("jobs", "All\nof them.", 0.25),
        ]
    )

    assert said.splitlines() == [
        "# HELP mediashare_clear_seconds How long.",
        "# TYPE mediashare_clear_seconds gauge",
        'mediashare_clear_seconds{lane="bulk",kind="x"} +Inf',
        r"# HELP mediashare_jobs All\nof them.",
        "# TYPE mediashare_jobs gauge",
        r'mediashare_jobs{lane="a\"b\\c\nd"} 3',
        "mediashare_jobs 0.25",
    ]
    assert said.endswith("\n")


def test_the_figures_are_for_whoever_has_the_token(client, settings):
    settings.METRICS_TOKEN = "secret"

    for header in [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer "}]:
        assert client.get("/metrics", headers=header).status_code == 401, header

    answer = client.get("/metrics", headers={"Authorization": "Bearer secret"})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert b'mediashare_jobs_waiting{lane="interactive"} 0\n' in answer.content


def test_without_a_token_in_the_settings_there_is_no_such_page(client, settings):
    settings.METRICS_TOKEN = ""

    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_the_database_is_asked_once_for_many_who_ask(client, settings, django_assert_num_queries):
    settings.METRICS_TOKEN = "secret"
    header = {"Authorization": "Bearer secret"}
    first = client.get("/metrics", headers=header)

    with django_assert_num_queries(0):
        again = client.get("/metrics", headers=header)

    assert again.content == first.content


def test_workers_that_died_without_a_word_are_forgotten(now):
    a_worker(now)
    a_worker(now, seen_seconds_ago=61)

    Worker.objects.gone(now).delete()

    assert Worker.objects.count() == 1

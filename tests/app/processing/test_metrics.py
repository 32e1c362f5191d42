"""The figures of the processing tier: what they say, who may read them, how they are written."""

from datetime import timedelta
from math import inf

import pytest
from django.core.cache import cache
from django.utils import timezone

from processing import metrics, publishing, tasks
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
    now,
    *,
    seen_seconds_ago: float = 0,
    left_seconds_ago: float | None = None,
    lanes: tuple[str, ...] = ("interactive",),
    slots: int = 2,
) -> None:
    """A worker that has been there for an hour."""
    left_at = None if left_seconds_ago is None else now - timedelta(seconds=left_seconds_ago)
    Worker.objects.create(
        name=f"host:{Worker.objects.count()}",
        lanes=list(lanes),
        slots=slots,
        started_at=now - timedelta(hours=1),
        seen_at=now - timedelta(seconds=seen_seconds_ago),
        left_at=left_at,
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
    assert said["workers_desired", "interactive"] == 1


def test_what_a_dead_worker_had_waits_again(now):
    waiting(1, state=Job.State.RUNNING, lease_until=now - timedelta(seconds=70))

    load = lane("interactive", now).load

    assert (load.waiting, load.running) == (1, 0)
    assert load.oldest_seconds == pytest.approx(70)


def test_the_oldest_is_the_oldest_of_all_that_could_begin(now):
    owner = person("alice")
    job_of(
        blob_of(owner, "abandoned.jpg"),
        state=Job.State.RUNNING,
        lease_until=now - timedelta(seconds=10),
    )
    job_of(blob_of(owner, "waits.jpg"), due_at=now - timedelta(seconds=20))
    job_of(blob_of(owner, "later.jpg"), due_at=now + timedelta(seconds=30))

    assert lane("interactive", now).load.oldest_seconds == pytest.approx(20)


def test_nobody_is_wanted_for_what_is_not_due(now):
    waiting(50, lane="media", due_at=now + timedelta(seconds=1))

    said = figures(now)

    assert said["jobs_later", "media"] == 50
    for name in ("backlog_per_worker", "clear_seconds", "workers_desired"):
        assert said[name, "media"] == 0, name


def test_large_workers_are_counted_by_their_slots(now):
    waiting(80, due_at=now)
    a_worker(now, slots=16)

    said = figures(now)

    # 40 seconds of work.
    assert said["clear_seconds", "interactive"] == pytest.approx(2.5)
    assert said["workers_desired", "interactive"] == 1


def test_a_fleet_that_shrank_does_not_shrink_again_at_once(now):
    for _ in range(6):
        a_worker(now)
    a_worker(now, left_seconds_ago=130)

    assert lane("interactive", now).fleet.workers == 6
    assert figures(now)["workers_desired", "interactive"] == 6

    later = now + timedelta(seconds=55)
    assert lane("interactive", later).fleet.seconds_since_change == pytest.approx(185)
    assert figures(later)["workers_desired", "interactive"] == 3


def test_a_death_is_a_change_of_the_fleet_too(now):
    a_worker(now)
    a_worker(now, seen_seconds_ago=90)

    fleet = lane("interactive", now).fleet

    # That it died was known a minute after its last word.
    assert (fleet.workers, fleet.slots) == (1, 2)
    assert fleet.seconds_since_change == pytest.approx(30)


def test_what_others_do_is_no_change_of_a_lanes_fleet(now):
    a_worker(now)
    a_worker(now, lanes=("bulk",), left_seconds_ago=5)

    assert lane("interactive", now).fleet.seconds_since_change == pytest.approx(3600)


def test_a_fleet_at_work_is_not_shrunk_below_its_jobs(now):
    for _ in range(4):
        a_worker(now)
    waiting(3, state=Job.State.RUNNING, lease_until=now + timedelta(seconds=60))

    assert figures(now)["workers_desired", "interactive"] == 3


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


def test_workers_that_are_long_gone_are_forgotten(now):
    a_worker(now)
    a_worker(now, seen_seconds_ago=301, left_seconds_ago=300)
    a_worker(now, seen_seconds_ago=3600)

    tasks.forget_workers()

    assert sorted(Worker.objects.values_list("name", flat=True)) == ["host:0", "host:1"]

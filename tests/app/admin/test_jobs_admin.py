"""Who runs the site sees how each lane is doing, finds any job, and acts on thousands."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from mediashare.accounts.models import User
from processing import actions, outbox, overview
from processing.admin import filters
from processing.models import Job
from processing.reasons import WORKER_DIED
from tests.people import person, uploaded

JOBS = "/admin/processing/job/"
DEAD = "/admin/processing/job/dead-letters/"


@pytest.fixture(autouse=True)
def no_broker(monkeypatch):
    monkeypatch.setattr(outbox, "ring", lambda lane: None)


@pytest.fixture
def carol(client: Client, db) -> Client:
    """She runs the site."""
    client.force_login(person("carol", is_staff=True, is_superuser=True))
    return client


def asked_for(owner: User, *names: str, **fields: object) -> list[Job]:
    jobs = [actions.request_processing(blob=uploaded(owner, name).blob) for name in names]
    Job.objects.filter(pk__in=[job.pk for job in jobs]).update(**fields)
    return jobs


def shown(carol: Client, **query: str) -> list[Job]:
    answer = carol.get(JOBS, query)
    assert answer.status_code == 200
    return list(answer.context["cl"].result_list)


def test_each_lane_says_how_it_is_doing(carol):
    alice = person("alice")
    asked_for(alice, "one.jpg", "two.jpg")
    asked_for(alice, "bad.jpg", state="failed")
    asked_for(alice, "good.jpg", state="done", ended_at=timezone.now())

    lane = carol.get(JOBS).context["lanes"][0]

    assert (lane.lane, *(count.number for count in lane[1:5])) == ("interactive", 2, 0, 1, 1)
    assert lane.oldest is not None


def test_counting_stops_where_it_makes_no_difference(carol, monkeypatch):
    monkeypatch.setattr(overview, "MOST", 2)
    monkeypatch.setattr(filters, "MOST_COUNTED", 2)
    asked_for(person("alice"), "one.jpg", "two.jpg", "three.jpg")

    answer = carol.get(JOBS)

    assert str(answer.context["lanes"][0].waiting) == "2+"
    assert answer.context["cl"].result_count == 2


def test_the_list_asks_the_same_however_many_jobs_there_are(carol):
    alice = person("alice")

    def statements() -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            carol.get(JOBS)
        return [query["sql"] for query in captured]

    asked_for(alice, "one.jpg")
    few = statements()
    asked_for(alice, *(f"{number}.jpg" for number in range(30)))

    assert len(statements()) == len(few)
    counts = [sql for sql in few if "COUNT(" in sql and '"processing_job"' in sql]
    assert counts
    assert all("LIMIT" in sql for sql in counts)


@pytest.mark.parametrize("by", ["job", "blob", "item", "owner", "start of owner", "worker"])
def test_a_job_is_found_by_what_one_has_at_hand(carol, by):
    item = uploaded(person("alice"), "beach.jpg")
    job = actions.request_processing(blob=item.blob)
    Job.objects.update(worker="host:7")
    asked_for(person("bob"), "his.jpg")
    at_hand = {
        "job": job.pk,
        "blob": item.blob_id,
        "item": item.pk,
        "owner": "alice@example.org",
        "start of owner": "ali",
        "worker": "host:7",
    }

    assert shown(carol, q=str(at_hand[by])) == [job]


@pytest.mark.parametrize("age", ["hour", "day", "week", "older"])
def test_jobs_are_narrowed_by_their_age(carol, age):
    asked_for(person("alice"), "new.jpg")
    [old] = asked_for(
        person("bob"), "old.jpg", created_at=timezone.now() - filters.AGES["week"] * 2
    )

    assert (old in shown(carol, age=age)) == (age == "older")
    assert len(shown(carol, age=age)) == 1


def test_jobs_are_narrowed_by_who_works_at_them(carol):
    [job] = asked_for(person("alice"), "one.jpg", state="running", worker="host:7")
    asked_for(person("bob"), "two.jpg", state="running", worker="host:8")

    assert shown(carol, worker="host:7") == [job]


@pytest.mark.parametrize(
    ("action", "before", "after"),
    [("retry", "failed", "waiting"), ("cancel", "waiting", "cancelled")],
)
def test_an_action_changes_all_that_the_list_is_narrowed_to(carol, action, before, after):
    asked_for(person("alice"), *(f"{number}.jpg" for number in range(5)), state=before)
    asked_for(person("bob"), "his.jpg", state="done")
    first = Job.objects.filter(state=before)[0]
    chosen = {"action": action, "select_across": "1", "_selected_action": str(first.pk)}

    answer = carol.post(f"{JOBS}?state__exact={before}", chosen, follow=True)

    assert answer.status_code == 200
    assert Job.objects.filter(state=after).count() == 5


def test_a_job_says_how_long_it_waited_and_ran(carol):
    [job] = asked_for(person("alice"), "one.jpg", started_at=timezone.now(), detail="Traceback")

    text = carol.get(reverse("admin:processing_job_change", args=[job.pk])).content.decode()

    assert "Traceback" in text
    assert "style=" not in text


def test_another_broker_is_said_to_keep_no_dead_letters(carol):
    asked_for(person("alice"), "bomb.jpg", state="failed", reason=WORKER_DIED, worker="host:9")

    text = carol.get(DEAD).content.decode()

    assert "This broker keeps no dead letters" in text
    assert "host:9" in text
    assert carol.post(DEAD, {"act": "drop", "queue": "any", "sure": "yes"}).status_code == 404


def test_sqs_that_does_not_answer_is_said_so(carol, settings):
    settings.CELERY_BROKER_URL = "sqs://"
    settings.SQS_QUEUE_URLS = ["http://127.0.0.1:9/000000000000/nowhere"]

    assert "SQS does not answer" in carol.get(DEAD).content.decode()


def test_staff_without_the_right_to_see_jobs_sees_no_letters(client, db):
    client.force_login(person("erin", is_staff=True))

    assert client.get(DEAD).status_code == 403

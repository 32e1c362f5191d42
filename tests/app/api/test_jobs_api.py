"""Jobs in the API: listed, looked at, tried again and cancelled by their owner."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from albums.models import Item
from processing import actions, outbox
from processing.models import Job
from tests.people import person, uploaded

JOBS = "/api/v1/jobs"


@pytest.fixture(autouse=True)
def no_broker(monkeypatch):
    monkeypatch.setattr(outbox, "ring", lambda lane: None)


@pytest.fixture
def hers(alice, client: Client) -> Client:
    client.force_login(alice)
    return client


def asked_for(owner, *names: str) -> list[Job]:
    items = [uploaded(owner, name) for name in names]
    return [actions.request_processing(blob=item.blob) for item in items]


def item_of(job: Job) -> str:
    return str(Item.objects.get(blob=job.blob_id).pk)


def test_jobs_are_listed_with_their_items_the_newest_first(hers, alice):
    first, second = asked_for(alice, "one.jpg", "two.jpg")
    asked_for(person("bob"), "his.jpg")

    results = hers.get(JOBS).json()["results"]

    assert [found["id"] for found in results] == [str(second.pk), str(first.pk)]
    assert results[0]["item"] == item_of(second)
    assert results[0]["doing"] == "Making pictures"
    assert results[1]["time_left"] == "waiting, next in line"


def test_jobs_are_filtered_by_state_kind_and_item(hers, alice):
    first, second = asked_for(alice, "one.jpg", "two.jpg")
    Job.objects.filter(pk=second.pk).update(state="failed", reason="Because.")

    def ids(query: str) -> list[str]:
        return [found["id"] for found in hers.get(f"{JOBS}?{query}").json()["results"]]

    assert ids("state=failed") == [str(second.pk)]
    assert len(ids("state=failed&state=waiting")) == 2
    assert ids("kind=film") == []
    assert ids(f"item={item_of(first)}") == [str(first.pk)]
    assert hers.get(f"{JOBS}?state=asleep").status_code == 400


def test_one_job_is_cancelled_and_tried_again(hers, alice):
    [job] = asked_for(alice, "one.jpg")

    cancelled = hers.post(f"{JOBS}/{job.pk}/cancellation").json()
    again = hers.post(f"{JOBS}/{job.pk}/retry").json()

    assert (cancelled["state"], again["state"]) == ("cancelled", "waiting")
    assert "cancelled" in cancelled["reason"]


def test_all_are_cancelled_and_tried_again(hers, alice):
    asked_for(alice, "one.jpg", "two.jpg")
    asked_for(person("bob"), "his.jpg")

    assert hers.post(f"{JOBS}/cancellations").json() == {"jobs": 2}
    assert hers.post(f"{JOBS}/cancellations").json() == {"jobs": 0}
    assert hers.post(f"{JOBS}/retries").json() == {"jobs": 2}
    assert Job.objects.filter(state="waiting").count() == 3


def test_many_jobs_cost_what_a_few_do(hers, alice):
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            hers.get(JOBS)
        return len(captured)

    asked_for(alice, "one.jpg", "two.jpg")
    few = cost()
    asked_for(alice, *(f"{number}.jpg" for number in range(20)))

    assert cost() == few

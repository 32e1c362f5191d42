"""The two questions a load balancer and a supervisor ask."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from redis.exceptions import ConnectionError as CacheIsAway


@pytest.mark.django_db
def test_a_ready_process_says_so(client: Client):
    answer = client.get("/readyz")

    assert (answer.status_code, answer.content) == (200, b"ready\n")


def test_a_living_process_says_so_without_asking_the_database(client: Client):
    # No django_db mark: a query here would fail the test.
    assert client.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_without_its_cache_a_process_is_not_ready_and_keeps_the_reason_to_itself(
    client: Client, monkeypatch: pytest.MonkeyPatch
):
    def refuse(*args, **kwargs):
        raise CacheIsAway("secret-host refused")

    monkeypatch.setattr(cache, "set", refuse)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert b"secret-host" not in answer.content
    assert connection.is_usable()

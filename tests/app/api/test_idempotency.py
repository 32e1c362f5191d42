"""A creating request that is sent twice with one key has one effect and one answer."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from mediashare.api import idempotency, tasks
from mediashare.api.models import IdempotentAnswer
from mediashare.storage.models import Upload
from tests.people import person
from tests.uploading import Sender, client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("buckets")]

CONTENT = b"photo"
KEY = {"HTTP_IDEMPOTENCY_KEY": "8e03978e-40d5-43dd-bc93-6894a57f9324"}


def test_the_same_request_has_the_same_answer_but_for_its_secrets(alice):
    client = client_of(alice)

    first = Sender(client, CONTENT).begin(**KEY)
    second = Sender(client, CONTENT).begin(**KEY)

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert second.json() == {**first.json(), "credentials": None}
    assert Upload.objects.count() == 1


def test_no_secret_is_kept(alice):
    first = Sender(client_of(alice), CONTENT).begin(**KEY).json()

    kept = str(IdempotentAnswer.objects.get().body)
    assert first["credentials"]["secret_access_key"] not in kept


def test_what_is_kept_of_a_body_cannot_be_guessed_without_the_sites_key(alice, settings):
    settings.SECRET_KEY = "one"
    Sender(client_of(alice), CONTENT).begin(**KEY)
    settings.SECRET_KEY = "two"
    Sender(client_of(person("bob")), CONTENT).begin(**KEY)

    kept = IdempotentAnswer.objects.values_list("fingerprint", flat=True)
    assert len(set(kept)) == 2


def test_another_request_with_the_same_key_is_refused(alice):
    client = client_of(alice)
    Sender(client, CONTENT).begin(**KEY)

    response = Sender(client, CONTENT, name="other.jpg").begin(**KEY)

    assert response.status_code == 422
    assert response.json()["type"] == "/problems/idempotency-key-reused"
    assert Upload.objects.count() == 1


def test_the_key_of_somebody_else_is_another_key(alice):
    Sender(client_of(alice), CONTENT).begin(**KEY)

    response = Sender(client_of(person("bob")), CONTENT).begin(**KEY)

    assert response.status_code == 201
    assert Upload.objects.count() == 2


def test_a_refusal_is_not_kept_so_the_key_may_be_used_again(alice, settings):
    client = client_of(alice)
    settings.UPLOAD_MAX_BYTES = 1
    assert Sender(client, CONTENT).begin(**KEY).status_code == 413

    settings.UPLOAD_MAX_BYTES = 10
    assert Sender(client, CONTENT).begin(**KEY).status_code == 201


@pytest.mark.parametrize("key", ["", "é", "a" * 256])
def test_an_unusable_key_is_refused(alice, key):
    response = Sender(client_of(alice), CONTENT).begin(HTTP_IDEMPOTENCY_KEY=key)

    assert response.status_code == 400
    assert response.json()["type"] == "/problems/idempotency-key-unusable"


@pytest.mark.django_db(transaction=True)
def test_a_request_whose_twin_is_under_way_is_asked_to_wait(alice, monkeypatch):
    clients = [client_of(alice), client_of(alice)]
    inside, may_go = threading.Event(), threading.Event()
    keep = idempotency._keep

    def keep_slowly(*args):
        inside.set()
        assert may_go.wait(10)
        keep(*args)

    def begin_slowly():
        try:
            return Sender(clients[0], CONTENT).begin(**KEY)
        finally:
            connection.close()

    monkeypatch.setattr(idempotency, "_keep", keep_slowly)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(begin_slowly)
        assert inside.wait(10)
        second = Sender(clients[1], CONTENT).begin(**KEY)
        may_go.set()

    assert first.result().status_code == 201
    assert second.status_code == 409
    assert second.headers["Retry-After"] == "1"
    assert second.json()["type"] == "/problems/request-under-way"


def test_answers_are_forgotten_after_a_day(alice):
    Sender(client_of(alice), CONTENT).begin(**KEY)
    IdempotentAnswer.objects.update(created_at=timezone.now() - timedelta(hours=25))

    tasks.forget_answers()

    assert not IdempotentAnswer.objects.exists()


def test_answers_are_kept_for_a_day(alice):
    Sender(client_of(alice), CONTENT).begin(**KEY)

    assert idempotency.forget_old_answers(now=timezone.now() + timedelta(hours=23)) == 0

"""Transports, as Celery is told of them."""

from typing import Any

from mediashare import celery


def configured(settings, **values: object) -> dict[str, Any]:
    for name, value in values.items():
        setattr(settings, name, value)
    return celery.configuration()


def test_queues_in_sqs_are_known_by_their_addresses(settings):
    url = "https://sqs.eu-central-1.amazonaws.com/123456789012/mediashare-media"
    options = configured(settings, CELERY_BROKER_URL="sqs://", SQS_QUEUE_URLS=[url])[
        "broker_transport_options"
    ]

    assert options["predefined_queues"] == {"mediashare-media": {"url": url}}
    assert options["is_secure"]


def test_a_stand_in_for_sqs_without_tls_is_reached_without_tls(settings):
    url = "http://127.0.0.1:4566/000000000000/mediashare-media"
    options = configured(settings, CELERY_BROKER_URL="sqs://k:s@h", SQS_QUEUE_URLS=[url])[
        "broker_transport_options"
    ]

    assert not options["is_secure"]


def test_other_brokers_get_nothing_of_sqs(settings):
    options = configured(settings, CELERY_BROKER_URL="redis://127.0.0.1/0")[
        "broker_transport_options"
    ]

    assert options["visibility_timeout"] == settings.SQS_VISIBILITY_SECONDS
    assert "predefined_queues" not in options

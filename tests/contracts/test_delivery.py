"""Addresses that pages carry, on the real server."""

from datetime import timedelta

import httpx
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from mediashare.aws import s3
from mediashare.storage import delivery

KEY = "renditions/5f0c/image-320-v1.jpg"
ORIGINAL = "originals/alice/1/original"


@pytest.fixture
def rendition(buckets) -> str:
    """A rendition as workers save it."""
    return str(default_storage.save(KEY, ContentFile(b"small picture")))


@pytest.fixture
def original(buckets) -> str:
    body = b"<script>alert(1)</script>"
    s3.put(bucket=buckets.originals, key=ORIGINAL, body=body, content_type="text/html")
    return ORIGINAL


def test_a_rendition_is_served_and_may_be_kept_for_ever(rendition):
    answer = httpx.get(delivery.rendition_url(rendition))

    assert answer.content == b"small picture"
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"


def test_a_part_of_a_rendition_can_be_asked_for_as_players_do(rendition):
    answer = httpx.get(delivery.rendition_url(rendition), headers={"Range": "bytes=0-4"})

    assert (answer.status_code, answer.content) == (206, b"small")


def test_an_original_is_downloaded_under_its_name_and_never_shown(original):
    answer = httpx.get(delivery.original_url(original, name="Fête & more.html"))

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename*=utf-8''F%C3%AAte%20%26%20more.html"
    )


def test_without_a_signature_nothing_is_served(rendition, original):
    for url in (delivery.rendition_url(rendition), delivery.original_url(original, name="a")):
        assert httpx.get(url.partition("?")[0]).status_code == 403


def test_a_tampered_address_is_refused(rendition, original):
    url = delivery.original_url(original, name="a")

    tampered = [
        delivery.rendition_url(rendition).replace("image-320", "image-640"),
        url.replace("octet-stream", "xhtml"),
        url.replace("attachment", "inline"),
        url.replace("X-Amz-Expires=", "X-Amz-Expires=1"),
    ]

    assert [httpx.get(each).status_code for each in tampered] == [403] * 4


def test_an_address_is_refused_when_its_time_is_over(rendition, settings):
    life = timedelta(seconds=settings.DELIVERY_WINDOW_SECONDS * 1.5)

    late = httpx.get(delivery.rendition_url(rendition, now=timezone.now() - life))

    assert late.status_code == 403


def test_an_address_from_the_last_moment_of_the_window_before_is_still_served(rendition, settings):
    half = timedelta(seconds=settings.DELIVERY_WINDOW_SECONDS / 2)

    answer = httpx.get(delivery.rendition_url(rendition, now=timezone.now() - half))

    assert answer.status_code == 200

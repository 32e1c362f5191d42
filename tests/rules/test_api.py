"""Every endpoint that makes something can be asked twice, and every endpoint has a limit."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver
from rest_framework.response import Response

from mediashare.api.idempotency import idempotent

# Why these need no Idempotency-Key: asking them again already has one effect.
REPEATABLE = {
    "UploadCredentials": "makes nothing that stays",
    "UploadParts": "makes nothing that stays",
    "UploadCompletion": "an upload ends once; asking again gives its item",
    "ArchiveRetries": "an archive is under way or not",
    "SimilarBest": "what is in the trash is not put there again",
    "SimilarDistinction": "two photos are told apart once",
    "ItemRestoration": "an item is out of the trash or not",
    "AlbumRestoration": "an album is out of the trash or not",
    "Retry": "a job waits or not",
    "Cancellation": "a job is cancelled or not",
    "Retries": "what waits already is not tried again",
    "Cancellations": "what is cancelled already is not cancelled again",
}


def api_views() -> Iterator[tuple[str, Any]]:
    """Address and class of each endpoint under /api/v1."""

    def walk(found: list[URLPattern | URLResolver], before: str) -> Iterator[tuple[str, Any]]:
        for each in found:
            path = before + str(each.pattern)
            if isinstance(each, URLResolver):
                yield from walk(each.url_patterns, path)
            elif path.startswith("api/v1/") and "schema" not in path:
                yield path, getattr(each.callback, "cls", None)

    yield from walk(get_resolver().url_patterns, "")


def test_there_are_endpoints_to_look_at():
    assert len(list(api_views())) > 10


@pytest.mark.parametrize(("path", "view"), list(api_views()))
def test_what_makes_something_honours_an_idempotency_key(path, view):
    post = getattr(view, "post", None)
    if post is None or view.__name__ in REPEATABLE:
        return

    decorated = idempotent()(Response).__code__
    assert post.__code__ is decorated, f"POST {path} is not @idempotent"


@pytest.mark.parametrize(("path", "view"), list(api_views()))
def test_every_endpoint_has_a_limit(path, view, settings):
    rates = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]

    assert getattr(view, "throttle_scope", None) in rates, f"{path} names no throttle_scope"

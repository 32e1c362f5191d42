"""Attempts are counted in the cache, and one test must not use up another's."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _uncounted_attempts() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()
